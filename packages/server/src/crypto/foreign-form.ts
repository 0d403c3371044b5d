/** What the forms of hashes from elsewhere have in common: how one is described, and how its parts become a derivation. */
import { oneOf } from './derivation.ts'
import type { Digest, Scrypt } from './derivation.ts'
import type { Derived } from './stored-hash.ts'

/** What a hash of a known form says; null where its parts are not well-formed, or a reason for people why such hashes are not taken. */
export type ForeignReading = Derived | string | null

/** A form: the text that it claims as its own, quick to try on any text, and how the groups of that are read. */
export interface ForeignForm {
  readonly pattern: RegExp
  readonly read: (...groups: string[]) => ForeignReading
}

/** One round of a fast hash, called by its name. */
export function fromDigest(
  name: string,
  salting: Digest['salting'],
  salt: Buffer,
  digest: Buffer | null,
): Derived | null {
  const known = oneOf(['md5', 'sha1', 'sha256', 'sha512'], name)
  if (known === null || digest === null) return null
  return { derivation: { name: 'digest', digest: known, salting, salt }, digest }
}

/** PBKDF2 with so many rounds, in decimal. */
export function fromPbkdf2(name: string, rounds: string, salt: Buffer | null, digest: Buffer | null): Derived | null {
  const known = oneOf(['sha1', 'sha256', 'sha512'], name)
  const count = readNumber(rounds)
  if (known === null || count === null || salt === null || digest === null) return null
  return { derivation: { name: 'pbkdf2', digest: known, rounds: count, salt }, digest }
}

/** Scrypt with these costs, the first of which is the logarithm of N. */
export function fromScrypt(
  variant: Scrypt['variant'],
  [ln, r, p]: readonly (number | null)[],
  salt: Buffer | null,
  digest: Buffer | null,
): Derived | null {
  if (!ln || !r || !p || salt === null || digest === null) return null
  return { derivation: { name: 'scrypt', variant, ln, r, p, salt }, digest }
}

/** The logarithm of a power of two in decimal; null for any other text. */
export function readPower(text: string): number | null {
  const ln = Math.log2(readNumber(text) ?? 0)
  return Number.isInteger(ln) ? ln : null
}

/** A whole number above zero as it must be written: no sign, no zero before it; null for any other text. */
export function readNumber(text: string): number | null {
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : null
}
