/** The settings of limits: how guessing and flooding are held off. */
import { z } from 'zod'
import { setting, wholeNumber } from './setting.ts'
import type { Room } from './setting.ts'

/** A number that counts in hardened; in classic limits are off as a whole, and it stands for what they would be. */
function count(hardened: number): { readonly classic: number; readonly hardened: number } {
  return { classic: hardened, hardened }
}

/** Limits on tries, by account, by source and by what is costly. */
export const limits = {
  on: setting(
    z.boolean(),
    'Whether tries and costly acts are limited at all.',
    { classic: false, hardened: true },
    { floor: true },
  ),
  accountTries: setting(
    wholeNumber(3, 50),
    'How many wrong passwords in a row an account takes from unknown devices before each further try waits twice as long as the one before.',
    count(20),
    { unit: 'tries', weaker: 'more' },
  ),
  longestWaitSeconds: setting(wholeNumber(1, 3600), 'How long such a try waits at the most.', count(60), {
    unit: 'seconds',
    weaker: 'less',
  }),
  stopAfterTries: setting(
    wholeNumber(10, 100),
    'After how many wrong passwords in a row from unknown devices the password stops working for them, until its owner sets another by a mailed link.',
    count(100),
    { unit: 'tries', weaker: 'more' },
  ),
  deviceTries: setting(
    wholeNumber(3, 20),
    'How many wrong passwords in a row a known device, or a live session, has of its own; after them it has one more each hour.',
    count(10),
    { unit: 'tries', weaker: 'more' },
  ),
  sourceFailures: setting(
    wholeNumber(5, 10_000),
    'How many refused logins one source may cause at once; they come back evenly within an hour.',
    count(50),
    { unit: 'logins', weaker: 'more' },
  ),
  sourceRegistrations: setting(
    wholeNumber(5, 10_000),
    'How many registrations one source may send at once; they come back evenly within an hour.',
    count(80),
    { unit: 'registrations', weaker: 'more' },
  ),
  sourceLetters: setting(
    wholeNumber(5, 10_000),
    'How many letters one source may ask for at once, to reset a password or to verify an email; they come back evenly within an hour.',
    count(80),
    { unit: 'letters', weaker: 'more' },
  ),
  personActs: setting(
    wholeNumber(1, 1000),
    'How many exports, how many changes of the email and how many of the password a person may ask for at once; they come back evenly within an hour.',
    count(10),
    { unit: 'acts', weaker: 'more' },
  ),
} as const satisfies Room
