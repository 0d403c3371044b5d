/**
 * Which derivations are computed, and which are too weak to be stored as they are. A stored hash decides how much work its check is, so
 * both ends are bounded, at import and at each check. Pure. [hardened 28]
 */
import type { Argon2, Derivation, Digest, Scrypt } from './derivation.ts'

/** Up to 1.2 million rounds (Django 6) are in use, with room: each of these takes 0.3 to 0.4 s on the machine of docs/decisions/0023. */
const MOST_ROUNDS = { sha1: 2_000_000, sha256: 2_000_000, sha512: 500_000 } as const
const MOST_SCRYPT_BYTES = 128 * 2 ** 20 // in all lanes together, as much as OWASP asks for: 0.5 s
const MOST_ARGON2_KIB = 262_144
const MOST_ARGON2_WORK_KIB = 1_048_576 // memory times passes: 0.4 s
const [LONGEST_SALT, SHORTEST_DIGEST, LONGEST_DIGEST] = [128, 16, 128] // bytes

/** A tenth of what OWASP asks for: what is below buys an attacker too much. */
const FEWEST_ROUNDS = { sha1: 130_000, sha256: 60_000, sha512: 21_000 } as const
const LEAST_SCRYPT_BYTES = 16 * 2 ** 20
const LEAST_ARGON2_WORK_KIB = 4_096
const LEAST_BCRYPT_COST = 10
const SHORTEST_SALT = 8 // bytes

/** How many bytes one digest of each has. */
export const DIGEST_BYTES = { md5: 16, sha1: 20, sha256: 32, sha512: 64 } as const satisfies Record<
  Digest['digest'],
  number
>
const BCRYPT_DIGEST_BYTES = 23

/** Whether a derivation may be computed: no more work and memory than is allowed, and nothing that its function does not take. */
export function isAffordable(derivation: Derivation): boolean {
  if (derivation.salt.length > LONGEST_SALT) return false
  switch (derivation.name) {
    case 'digest':
      return true
    case 'pbkdf2':
      return derivation.rounds <= MOST_ROUNDS[derivation.digest]
    case 'scrypt':
      return isAffordableScrypt(derivation)
    case 'bcrypt':
      return derivation.cost >= 4 && derivation.cost <= 15
    case 'argon2':
      return isAffordableArgon2(derivation)
  }
}

/** Whether scrypt stays in its bounds; N below 2^(16 r) is its own. Large blocks are slower than their memory tells, so r has a bound too. */
function isAffordableScrypt({ ln, r, p }: Scrypt): boolean {
  return ln <= 17 && ln < 16 * r && r <= 32 && p <= 16 && scryptBytes(ln, r, p) <= MOST_SCRYPT_BYTES
}

/** Whether argon2 stays in its bounds. Those of argon2id are what our own settings allow, since such a hash may be ours. */
function isAffordableArgon2({ type, memoryKiB, passes, lanes, salt }: Argon2): boolean {
  const isOrderly =
    salt.length >= 8 && lanes <= 16 && memoryKiB >= 8 * lanes && memoryKiB <= MOST_ARGON2_KIB && passes <= 10
  return isOrderly && (type === 'argon2id' || memoryKiB * passes <= MOST_ARGON2_WORK_KIB)
}

/** Whether a digest of so many bytes can be what comes out. Short ones would let wrong passwords in by chance. */
export function isDigestLength(derivation: Derivation, bytes: number): boolean {
  if (derivation.name === 'bcrypt') return bytes === BCRYPT_DIGEST_BYTES
  if (derivation.name === 'digest') return bytes === DIGEST_BYTES[derivation.digest]
  const most = derivation.name === 'pbkdf2' ? DIGEST_BYTES[derivation.digest] : LONGEST_DIGEST // more of PBKDF2 is more work for us alone
  return bytes >= SHORTEST_DIGEST && bytes <= most
}

/** Whether passwords are found too cheaply by whoever steals the digests: such ones are stored wrapped in argon2id only. */
export function isWeak(derivation: Derivation): boolean {
  if (derivation.salt.length < SHORTEST_SALT) return true
  switch (derivation.name) {
    case 'digest':
      return true
    case 'pbkdf2':
      return derivation.rounds < FEWEST_ROUNDS[derivation.digest]
    case 'scrypt':
      return scryptBytes(derivation.ln, derivation.r, derivation.p) < LEAST_SCRYPT_BYTES
    case 'bcrypt':
      return derivation.cost < LEAST_BCRYPT_COST
    case 'argon2':
      return derivation.memoryKiB * derivation.passes < LEAST_ARGON2_WORK_KIB
  }
}

/** How much memory scrypt fills, lane by lane. */
function scryptBytes(ln: number, r: number, p: number): number {
  return 128 * 2 ** ln * r * p
}
