/** The settings of accounts: people, logging in, sessions, and the links that are mailed. */
import { z } from 'zod'
import { both, setting, wholeNumber } from './setting.ts'
import type { Room } from './setting.ts'

/** People, and what strangers may learn of them. */
export const users = {
  tellExistence: setting(
    z.boolean(),
    'Whether answers tell that an email is registered, or is not.',
    { classic: true, hardened: false },
    { floor: true },
  ),
  verifyFirst: setting(
    z.boolean(),
    'Whether an account comes to be, and lets in, only once its email is verified.',
    { classic: false, hardened: true },
    { floor: true },
  ),
  pendingDays: setting(wholeNumber(1, 30), 'How long a registration waits for its email to be verified.', both(7), {
    unit: 'days',
    weaker: 'more',
  }),
  graceDays: setting(wholeNumber(1, 90), 'How long a person who deletes the account may change their mind.', both(7), {
    unit: 'days',
  }),
} as const satisfies Room

/** Logging in. */
export const login = {
  refusedAfterMilliseconds: setting(
    wholeNumber(0, 5000),
    'When a refused login is answered, counted from its arrival: then, or at the next multiple of it. Longer than the slowest hash takes, so that time does not tell whose it was.',
    { classic: 0, hardened: 1000 },
    { unit: 'milliseconds', floor: true },
  ),
  warnAfterTries: setting(
    wholeNumber(0, 100),
    'After how many refused logins in a row the owner gets a letter; 0 for none. Limits must be on.',
    { classic: 0, hardened: 10 },
    { unit: 'tries', weaker: 'more or 0' },
  ),
} as const satisfies Room

/** Known devices. */
export const devices = {
  known: setting(
    z.boolean(),
    'Whether browsers get a second cookie, __Host-device, by which an account knows them again, and its owner hears of a login from another.',
    { classic: false, hardened: true },
    { weaker: 'less' },
  ),
  days: setting(wholeNumber(1, 400), 'How long an unused device is known.', both(180), {
    unit: 'days',
    weaker: 'more',
  }),
} as const satisfies Room

/** Sessions and how long they last. */
export const sessions = {
  hours: setting(wholeNumber(1, 720), 'How long a session lasts at the most.', both(12), {
    unit: 'hours',
    weaker: 'more',
  }),
  idleMinutes: setting(wholeNumber(5, 43_200), 'How long a session lasts without being used.', both(60), {
    unit: 'minutes',
    weaker: 'more',
  }),
  rememberedDays: setting(
    wholeNumber(1, 30),
    'How long a session lasts at the most where the person asked to be remembered.',
    both(30),
    { unit: 'days', weaker: 'more' },
  ),
  rememberedIdleDays: setting(wholeNumber(1, 30), 'How long such a session lasts without being used.', both(7), {
    unit: 'days',
    weaker: 'more',
  }),
  noteUseMinutes: setting(
    wholeNumber(1, 60),
    'How often, at the most, the use of a session is written down.',
    both(5),
    { unit: 'minutes' },
  ),
  secureCookie: setting(
    z.boolean(),
    'Whether the cookie is named __Host-session_id and sent over https only.',
    { classic: false, hardened: true },
    { floor: true },
  ),
  freshMinutes: setting(
    wholeNumber(1, 60),
    'For how long after logging in people may do what asks for a fresh login: change the email, end sessions, export, delete.',
    both(15),
    { unit: 'minutes', weaker: 'more' },
  ),
} as const satisfies Room

/** Verifying an email. */
export const verification = {
  hours: setting(wholeNumber(1, 168), 'How long the link that verifies an email works, from its sending.', both(24), {
    unit: 'hours',
    weaker: 'more',
  }),
} as const satisfies Room

/** Changing the email. */
export const email = {
  hours: setting(
    wholeNumber(1, 168),
    'How long the link works that confirms a new email, from its sending.',
    both(24),
    { unit: 'hours', weaker: 'more' },
  ),
  undoDays: setting(
    wholeNumber(1, 30),
    'How long the link works that undoes a change of the email, sent to the old one.',
    both(7),
    { unit: 'days', weaker: 'less' },
  ),
} as const satisfies Room

/** Forgotten passwords. */
export const reset = {
  minutes: setting(
    wholeNumber(5, 1440),
    'How long a reset token works: in a letter from its sending, in a response from its making.',
    { classic: 60, hardened: 30 },
    { unit: 'minutes', weaker: 'more' },
  ),
  inResponse: setting(
    z.boolean(),
    'Whether the response holds the token, so that whoever asks may set the password. No: it goes to the owner by email.',
    { classic: true, hardened: false },
    { floor: true },
  ),
} as const satisfies Room
