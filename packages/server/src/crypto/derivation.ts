/**
 * How a password becomes a digest: the function, its cost and its salt. Pure: nothing here is slow. Its text is what stands before the
 * digest in a stored hash, such as `$pbkdf2-sha256$i=600000$c2FsdHNhbHQ`.
 */
import { readBase64, readBcrypt64, writeBase64, writeBcrypt64 } from './base64.ts'

/** One round of a fast hash: of salt and password, of password and salt, or HMAC with the salt as its key. */
export interface Digest {
  readonly name: 'digest'
  readonly digest: 'md5' | 'sha1' | 'sha256' | 'sha512'
  readonly salting: 'saltfirst' | 'saltlast' | 'hmac'
  readonly salt: Buffer
}

/** PBKDF2 with HMAC (RFC 8018). */
export interface Pbkdf2 {
  readonly name: 'pbkdf2'
  readonly digest: 'sha1' | 'sha256' | 'sha512'
  readonly rounds: number
  readonly salt: Buffer
}

/**
 * Scrypt (RFC 7914), where N is 2 to the power of `ln`. `nfkc` normalises the password first, as Better Auth does. `firebase` uses what
 * comes out as the key of AES-256-CTR, as Firebase does, and its digest is the key stream.
 */
export interface Scrypt {
  readonly name: 'scrypt'
  readonly variant: 'plain' | 'nfkc' | 'firebase'
  readonly ln: number
  readonly r: number
  readonly p: number
  readonly salt: Buffer
}

/** Bcrypt, of the password or of a digest of it that is short enough: SHA-256 or, with the text of the salt as its key, HMAC-SHA-256. */
export interface Bcrypt {
  readonly name: 'bcrypt'
  readonly over: 'password' | 'sha256-hex' | 'sha256-base64' | 'hmac-base64'
  readonly cost: number
  readonly salt: Buffer
}

/** Argon2 (RFC 9106) of version 1.3 (19), or 1.0 (16). */
export interface Argon2 {
  readonly name: 'argon2'
  readonly type: 'argon2d' | 'argon2i' | 'argon2id'
  readonly version: 16 | 19
  readonly memoryKiB: number
  readonly passes: number
  readonly lanes: number
  readonly salt: Buffer
}

/** A way from a password to a digest. */
export type Derivation = Digest | Pbkdf2 | Scrypt | Bcrypt | Argon2

/** What a derivation is called: its function, with all that makes another function of it. */
export function schemeOf(derivation: Derivation): string {
  switch (derivation.name) {
    case 'digest':
      return `${derivation.digest}-${derivation.salting}`
    case 'pbkdf2':
      return `pbkdf2-${derivation.digest}`
    case 'scrypt':
      return derivation.variant === 'plain' ? 'scrypt' : `scrypt-${derivation.variant}`
    case 'bcrypt':
      return derivation.over === 'password' ? 'bcrypt' : `bcrypt-${derivation.over}`
    case 'argon2':
      return derivation.type
  }
}

/** The text of a derivation. Bcrypt's is bcrypt's own, behind a mark where it is not of the password itself. */
export function writeDerivation(derivation: Derivation): string {
  const salt = writeBase64(derivation.salt, 'plain')
  switch (derivation.name) {
    case 'digest':
      return `$${schemeOf(derivation)}$${salt}`
    case 'pbkdf2':
      return `$${schemeOf(derivation)}$i=${derivation.rounds}$${salt}`
    case 'scrypt':
      return `$${schemeOf(derivation)}$ln=${derivation.ln},r=${derivation.r},p=${derivation.p}$${salt}`
    case 'bcrypt': {
      const mark = derivation.over === 'password' ? '' : `$${schemeOf(derivation)}`
      return `${mark}$2b$${String(derivation.cost).padStart(2, '0')}$${writeBcrypt64(derivation.salt)}`
    }
    case 'argon2': {
      const { type, version, memoryKiB, passes, lanes } = derivation
      return `$${type}$v=${version}$m=${memoryKiB},t=${passes},p=${lanes}$${salt}`
    }
  }
}

const NUMBER = '([1-9]\\d{0,9})' // no zero before it, no sign, and none that could overflow
const SALT = '([A-Za-z0-9+/]*)'
const DIGEST = new RegExp(`^\\$([a-z0-9]+)-([a-z]+)\\$${SALT}$`)
const PBKDF2 = new RegExp(`^\\$pbkdf2-([a-z0-9]+)\\$i=${NUMBER}\\$${SALT}$`)
const SCRYPT = new RegExp(`^\\$scrypt(?:-([a-z]+))?\\$ln=${NUMBER},r=${NUMBER},p=${NUMBER}\\$${SALT}$`)
const BCRYPT = /^(?:\$bcrypt-([a-z0-9-]+))?\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})$/ // not $2x$, which marks the hashes of a broken implementation
const ARGON2 = new RegExp(`^\\$(argon2[a-z]+)\\$v=(16|19)\\$m=${NUMBER},t=${NUMBER},p=${NUMBER}\\$${SALT}$`)

/** The derivation of which this is the text, whatever it costs; null for any other text. */
export function readDerivation(text: string): Derivation | null {
  return readDigest(text) ?? readPbkdf2(text) ?? readScrypt(text) ?? readBcrypt(text) ?? readArgon2(text)
}

/** Reads `$sha1-saltfirst$c2FsdA`. */
function readDigest(text: string): Digest | null {
  const [, name, order, given = ''] = DIGEST.exec(text) ?? []
  const digest = oneOf(['md5', 'sha1', 'sha256', 'sha512'], name)
  const salting = oneOf(['saltfirst', 'saltlast', 'hmac'], order)
  const salt = readBase64(given, 'plain')
  return digest === null || salting === null || salt === null ? null : { name: 'digest', digest, salting, salt }
}

/** Reads `$pbkdf2-sha256$i=600000$c2FsdHNhbHQ`. */
function readPbkdf2(text: string): Pbkdf2 | null {
  const [, name, rounds, given = ''] = PBKDF2.exec(text) ?? []
  const digest = oneOf(['sha1', 'sha256', 'sha512'], name)
  const salt = readBase64(given, 'plain')
  return digest === null || salt === null ? null : { name: 'pbkdf2', digest, rounds: Number(rounds), salt }
}

/** Reads `$scrypt$ln=16,r=8,p=1$c2FsdHNhbHQ`. */
function readScrypt(text: string): Scrypt | null {
  const [found, name = 'plain', ln, r, p, given = ''] = SCRYPT.exec(text) ?? []
  const variant = oneOf(['plain', 'nfkc', 'firebase'], name)
  const salt = readBase64(given, 'plain')
  if (found === undefined || variant === null || salt === null) return null
  return { name: 'scrypt', variant, ln: Number(ln), r: Number(r), p: Number(p), salt }
}

/** Reads `$2b$12$` and 22 letters of salt. */
function readBcrypt(text: string): Bcrypt | null {
  const [found, name = 'password', cost, given = ''] = BCRYPT.exec(text) ?? []
  const over = oneOf(['password', 'sha256-hex', 'sha256-base64', 'hmac-base64'], name)
  const salt = readBcrypt64(given)
  return found === undefined || over === null || salt === null
    ? null
    : { name: 'bcrypt', over, cost: Number(cost), salt }
}

/** Reads `$argon2id$v=19$m=65536,t=3,p=1$c2FsdHNhbHQ`. */
function readArgon2(text: string): Argon2 | null {
  const [, name, version, memory, passes, lanes, given = ''] = ARGON2.exec(text) ?? []
  const type = oneOf(['argon2d', 'argon2i', 'argon2id'], name)
  const salt = readBase64(given, 'plain')
  if (type === null || salt === null) return null
  return {
    name: 'argon2',
    type,
    version: version === '16' ? 16 : 19,
    memoryKiB: Number(memory),
    passes: Number(passes),
    lanes: Number(lanes),
    salt,
  }
}

/** The one of these words that a text is, or null. */
export function oneOf<Word extends string>(words: readonly Word[], text: string | undefined): Word | null {
  return words.find((word) => word === text) ?? null
}
