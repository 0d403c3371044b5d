/**
 * The text of a stored hash, taken apart and put together. It is a derivation and its digest; a wrapped one is argon2id over the digest
 * of a weaker derivation, which stands before it: `$wrapped$l=16$md5-saltfirst$c2FsdA$argon2id$…`. Pure.
 */
import { readBase64, readBcrypt64, writeBase64, writeBcrypt64 } from './base64.ts'
import { isAffordable, isDigestLength, isWeak } from './derivation-bounds.ts'
import { readDerivation, writeDerivation } from './derivation.ts'
import type { Derivation } from './derivation.ts'

/** A hash in the form in which it is stored: `$2b$12$…` or `$argon2id$v=19$…`, salt and cost included. */
export type PasswordHash = string & { readonly __type: 'PasswordHash' }

/** A derivation, and what came out for the password. */
export interface Derived {
  readonly derivation: Derivation
  readonly digest: Buffer
}

/** A stored hash: how to make a digest, and which it must be. `inner` comes first, where there is one: its digest is then the password. */
export interface StoredHash extends Derived {
  readonly inner: { readonly derivation: Derivation; readonly length: number } | null
}

/** A digest that is too weak to be stored. Both are text: `$md5-saltfirst$c2FsdA` and base64. */
export interface LegacyHash {
  readonly derivation: string
  readonly digest: string
}

const PLAIN = /^(\$.+)\$([A-Za-z0-9+/]+)$/
const BCRYPT = /^(.*\$2.\$\d\d\$.{22})(.{31})$/
const WRAPPED = /^\$wrapped\$l=([1-9]\d{0,2})(\$.+)(\$argon2id\$v=19\$.+)$/

/** Characters of the longest text that is looked at; the longest hash that there is has some 500. */
export const LONGEST_HASH = 1024

/** The parts of the text of a hash that is not wrapped, whatever it costs; null for any other text. */
export function readDerived(text: string): Derived | null {
  if (text.length > LONGEST_HASH) return null
  const [, bcrypt, bcryptDigest = ''] = BCRYPT.exec(text) ?? []
  const [, plain, plainDigest = ''] = PLAIN.exec(text) ?? []
  const derivation = readDerivation(bcrypt ?? plain ?? '')
  const digest = bcrypt === undefined ? readBase64(plainDigest, 'plain') : readBcrypt64(bcryptDigest)
  return derivation === null || digest === null ? null : { derivation, digest }
}

/**
 * The parts of a hash that may be checked: its cost is in bounds, and it is not weak unless it is wrapped. (Weak ones of the kinds that
 * our settings know, bcrypt and argon2id, are checked bare if they stand there already: only an import wraps them.)
 */
export function readStoredHash(text: string): StoredHash | null {
  const wrapped = readWrapped(text)
  if (wrapped !== null) return wrapped
  const derived = readDerived(text)
  if (derived === null || !isSound(derived.derivation, derived.digest.length)) return null
  return isOfTodaysKinds(derived.derivation) || !isWeak(derived.derivation) ? { ...derived, inner: null } : null
}

/** The parts of a wrapped hash. */
function readWrapped(text: string): StoredHash | null {
  const [, length = '', inside = '', outside = ''] = text.length > LONGEST_HASH ? [] : (WRAPPED.exec(text) ?? [])
  const [derivation, outer] = [readDerivation(inside), readDerived(outside)]
  if (derivation === null || outer === null) return null
  if (!isWeak(derivation) || isWeak(outer.derivation)) return null
  if (!isSound(derivation, Number(length)) || !isSound(outer.derivation, outer.digest.length)) return null
  return { ...outer, inner: { derivation, length: Number(length) } }
}

/** Whether a derivation is in its bounds and can give a digest of this length. */
function isSound(derivation: Derivation, length: number): boolean {
  return isAffordable(derivation) && isDigestLength(derivation, length)
}

/** Whether our own settings could have made it, at some cost. */
function isOfTodaysKinds(derivation: Derivation): boolean {
  if (derivation.name === 'bcrypt') return derivation.over === 'password'
  return derivation.name === 'argon2' && derivation.type === 'argon2id' && derivation.version === 19
}

/** The text of a hash. */
export function writeDerived({ derivation, digest }: Derived): PasswordHash {
  const end = derivation.name === 'bcrypt' ? writeBcrypt64(digest) : `$${writeBase64(digest, 'plain')}`
  return `${writeDerivation(derivation)}${end}` as PasswordHash
}

/** A weak digest as text, for a hasher to wrap. */
export function legacyHash({ derivation, digest }: Derived): LegacyHash {
  return { derivation: writeDerivation(derivation), digest: writeBase64(digest, 'plain') }
}

/** The text of a weak digest that argon2id was made over. */
export function writeWrapped({ derivation, digest }: LegacyHash, argon2id: PasswordHash): PasswordHash {
  return `$wrapped$l=${Buffer.from(digest, 'base64').length}${derivation}${argon2id}` as PasswordHash
}
