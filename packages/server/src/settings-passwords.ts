/** The settings of passwords. */
import { z } from 'zod'
import { both, list, setting, webAddress, wholeNumber } from './setting.ts'
import type { Room } from './setting.ts'

/** Passwords: how they are hashed, and which are taken. */
export const passwords = {
  hash: setting(
    z.enum(['bcrypt', 'argon2id']),
    'The kind of hash that new passwords get. Hashes of the other kind, or of another cost, still count, and are renewed at the next login.',
    { classic: 'bcrypt', hardened: 'argon2id' },
    { weaker: 'less' },
  ),
  bcryptCost: setting(
    wholeNumber(10, 15),
    'The cost of bcrypt: one more doubles the work (OWASP asks for 10 at the least).',
    both(12),
    { unit: 'powers of two', weaker: 'less' },
  ),
  argon2MemoryMiB: setting(
    wholeNumber(19, 256),
    'The memory that one argon2id hash fills (OWASP asks for 19 at the least).',
    both(64),
    { unit: 'MiB', weaker: 'less' },
  ),
  argon2Passes: setting(
    wholeNumber(2, 10),
    'How often argon2id passes over its memory (OWASP asks for 2 at the least).',
    both(3),
    { unit: 'passes', weaker: 'less' },
  ),
  argon2Lanes: setting(wholeNumber(1, 4), 'Into how many lanes argon2id splits its memory.', both(1), {
    unit: 'lanes',
  }),
  minimumLength: setting(
    wholeNumber(1, 64),
    'The shortest password that is taken.',
    { classic: 1, hardened: 15 },
    { unit: 'code points', floor: true },
  ),
  maximumBytes: setting(
    wholeNumber(64, 1024),
    'The longest password that is taken. Bcrypt takes 72 bytes at the most, whatever stands here.',
    both(1024),
    { unit: 'bytes of UTF-8' },
  ),
  threads: setting(
    wholeNumber(1, 16),
    'How many passwords are hashed at the same time, outside the process of the service. No more than there are cores.',
    both(2),
    { unit: 'threads' },
  ),
  queueSeconds: setting(
    wholeNumber(1, 30),
    'How long a password may wait for its turn to be hashed; when the queue is longer, the answer is 503.',
    both(5),
    { unit: 'seconds' },
  ),
  hashingLanes: setting(
    z.boolean(),
    'Whether known devices and live sessions, logins, resets and registrations wait for their hash in lanes of their own, fair by source, so that a flood of strangers stops nobody who is known. No: all wait in one queue.',
    { classic: false, hardened: true },
    { floor: true },
  ),
  refuseCommon: setting(
    z.boolean(),
    'Whether passwords are refused that many people have, or that are made of the words of this service.',
    { classic: false, hardened: true },
    { floor: true },
  ),
  contextWords: setting(
    list,
    'Further words that a password may not be made of, such as the name of the organisation. The name of the host and of the product, and the email, are always among them.',
    both([]),
  ),
  breachUrl: setting(
    webAddress.nullable(),
    'A range query service that knows passwords from breaches, such as https://api.pwnedpasswords.com/range/. It is sent five letters of a hash, never the password. None: the list that the service brings decides alone.',
    both(null),
  ),
} as const satisfies Room
