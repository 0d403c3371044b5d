/** What a stored password hash says of itself, and which kinds and costs are allowed. Pure: nothing here is slow. */
import { randomBytes } from 'node:crypto'

/** A hash in the form in which it is stored: `$2b$12$…` or `$argon2id$v=19$…`, salt and cost included. */
export type PasswordHash = string & { readonly __type: 'PasswordHash' }

/** A kind of hash with its cost. */
export type HashKind =
  | { readonly name: 'bcrypt'; readonly cost: number }
  | { readonly name: 'argon2id'; readonly memoryKiB: number; readonly passes: number; readonly lanes: number }

/** Bcrypt reads this much of a password and silently drops the rest, so longer ones are refused (CVE-2025-22228). */
const BCRYPT_BYTES = 72
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$/ // not $2x$, which marks the hashes of a broken implementation
const ARGON2ID =
  /^\$argon2id\$v=19\$m=([1-9]\d{0,6}),t=([1-9]\d?),p=([1-9])\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

/**
 * The kind of a stored hash, or null for text that is none, or one whose cost is out of bounds.
 * Costs are bounded because a stored hash decides how much work its check is: m=4194304 took 3.4 GB and 8 s.
 */
export function kindOf(hash: string): HashKind | null {
  const cost = Number(BCRYPT.exec(hash)?.[1])
  if (cost >= 4 && cost <= 15) return { name: 'bcrypt', cost }
  const [, memory, time, parallelism, salt = '', digest = ''] = ARGON2ID.exec(hash) ?? []
  const [memoryKiB, passes, lanes] = [Number(memory), Number(time), Number(parallelism)]
  const isAllowed = memoryKiB >= 8 * lanes && memoryKiB <= 262_144 && passes <= 10 && lanes <= 4 // false for NaN
  return isAllowed && isPlainBase64(salt) && isPlainBase64(digest)
    ? { name: 'argon2id', memoryKiB, passes, lanes }
    : null
}

/** Whether this is base64 as it must be written. The libraries refuse stray bits at its end at once, and a quick answer tells. */
function isPlainBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64').replaceAll('=', '') === text
}

/** Whether two kinds are the same, cost included. */
export function isSameKind(one: HashKind, other: HashKind): boolean {
  return describeKind(one) === describeKind(other)
}

/** A kind as text, such as `bcrypt 12`, for comparing. */
function describeKind(kind: HashKind): string {
  return kind.name === 'bcrypt' ? `bcrypt ${kind.cost}` : `argon2id ${kind.memoryKiB} ${kind.passes} ${kind.lanes}`
}

/** Whether a password can be hashed whole by this kind. Bcrypt takes 72 bytes, and a NUL makes different passwords the same. */
export function fits(password: string, { name }: HashKind): boolean {
  if (!password.isWellFormed()) return false // it would be hashed as another text
  return name === 'argon2id' || (Buffer.byteLength(password) <= BCRYPT_BYTES && !password.includes('\0'))
}

/** A hash of this kind to which nobody knows the password: checking against it costs what checking a real one costs. */
export function decoyHash(kind: HashKind): PasswordHash {
  if (kind.name === 'bcrypt')
    return `$2b$${String(kind.cost).padStart(2, '0')}$${bcryptText(16)}${bcryptText(23)}` as PasswordHash
  const { memoryKiB, passes, lanes } = kind
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${lanes}$${plainBase64(16)}$${plainBase64(32)}` as PasswordHash
}

/** Random bytes in base64 without padding, as argon2 writes them. */
function plainBase64(bytes: number): string {
  return randomBytes(bytes).toString('base64').replaceAll('=', '')
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BCRYPT64 = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Random bytes in bcrypt's own alphabet. */
function bcryptText(bytes: number): string {
  return plainBase64(bytes).replace(/./g, (letter) => BCRYPT64.charAt(BASE64.indexOf(letter)))
}
