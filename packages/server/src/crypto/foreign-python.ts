/** Hashes as Django, Werkzeug (Flask) and passlib write them, beside what is in the form of the PHC or of bcrypt. */
import { readBase64, readHex } from './base64.ts'
import type { Digest } from './derivation.ts'
import { fromDigest, fromPbkdf2, fromScrypt, readNumber, readPower } from './foreign-form.ts'
import type { ForeignForm } from './foreign-form.ts'
import { readDerived } from './stored-hash.ts'

/** Django, whose salts are text. */
const DJANGO: readonly ForeignForm[] = [
  {
    pattern: /^pbkdf2_(sha1|sha256)\$([^$]*)\$([^$]*)\$([^$]*)$/,
    read: (name = '', rounds = '', salt = '', hash = '') =>
      fromPbkdf2(name, rounds, Buffer.from(salt), readBase64(hash, 'padded')),
  },
  {
    pattern: /^scrypt\$([^$]*)\$([^$]*)\$([^$]*)\$([^$]*)\$([^$]*)$/,
    read: (N = '', salt = '', r = '', p = '', hash = '') =>
      fromScrypt('plain', [readPower(N), readNumber(r), readNumber(p)], Buffer.from(salt), readBase64(hash, 'padded')),
  },
  { pattern: /^bcrypt_sha256\$(.*)$/, read: (hash = '') => readDerived(`$bcrypt-sha256-hex${hash}`) },
  { pattern: /^!/, read: () => 'the account has no password, as Django marks it' },
]

/** Werkzeug, whose salts are text too, and whose digests are hexadecimal; among them the forms that Django shares. */
const WERKZEUG: readonly ForeignForm[] = [
  {
    pattern: /^pbkdf2:([^:$]*):([^$]*)\$([^$]*)\$([^$]*)$/,
    read: (name = '', rounds = '', salt = '', hash = '') => fromPbkdf2(name, rounds, Buffer.from(salt), readHex(hash)),
  },
  {
    pattern: /^scrypt:([^:$]*):([^:$]*):([^:$]*)\$([^$]*)\$([^$]*)$/,
    read: (N = '', r = '', p = '', salt = '', hash = '') =>
      fromScrypt('plain', [readPower(N), readNumber(r), readNumber(p)], Buffer.from(salt), readHex(hash)),
  },
  {
    pattern: /^(md5|sha1|sha256|sha512)\$([^$]*)\$([^$]*)$/,
    read: (name = '', salt = '', hash = '') =>
      fromDigest(name, saltingOf(name, salt), Buffer.from(salt), readHex(hash)),
  },
  { pattern: /^plain\$/, read: () => 'it is a password and no hash' },
]

/**
 * Werkzeug makes an HMAC with the salt as its key, Django puts the salt first. Django never wrote SHA-2, and its salts have 5, 12 or 22
 * letters, Werkzeug's 8 or 16. A password without a salt is the same in both.
 */
function saltingOf(name: string, salt: string): Digest['salting'] {
  const isWerkzeug = name === 'sha256' || name === 'sha512' || salt.length === 8 || salt.length === 16
  return isWerkzeug && salt !== '' ? 'hmac' : 'saltfirst'
}

/** Passlib. */
const PASSLIB: readonly ForeignForm[] = [
  {
    pattern: /^\$pbkdf2(?:-(?=sha))?(|sha256|sha512)\$(\d+)\$([^$]*)\$([^$]*)$/,
    read: (name, rounds = '', salt = '', hash = '') =>
      fromPbkdf2(name || 'sha1', rounds, readBase64(salt, 'adapted'), readBase64(hash, 'adapted')), // it leaves `-sha1` out
  },
  {
    pattern: /^\$bcrypt-sha256\$v=2,t=(2[aby]),r=(\d\d?)\$([^$]*)\$([^$]*)$/,
    read: (mark = '', cost = '', salt = '', hash = '') =>
      readDerived(`$bcrypt-hmac-base64$${mark}$${cost.padStart(2, '0')}$${salt}${hash}`),
  },
  {
    pattern: /^\$bcrypt-sha256\$(2[aby]),(\d\d?)\$([^$]*)\$([^$]*)$/,
    read: (mark = '', cost = '', salt = '', hash = '') =>
      readDerived(`$bcrypt-sha256-base64$${mark}$${cost.padStart(2, '0')}$${salt}${hash}`),
  },
]

/** All of them. */
export const PYTHON_FORMS: readonly ForeignForm[] = [...DJANGO, ...WERKZEUG, ...PASSLIB]
