/** What a stored password hash says of itself, and which passwords its kind takes whole. Pure: nothing here is slow. */
import { randomBytes } from 'node:crypto'
import type { Derivation } from './derivation.ts'
import { readStoredHash, writeDerived } from './stored-hash.ts'
import type { PasswordHash } from './stored-hash.ts'

export type { PasswordHash } from './stored-hash.ts'

/** A kind of hash with its cost, such as new hashes have. */
export type HashKind = { readonly name: 'bcrypt'; readonly cost: number } | Argon2idKind

/** The kind that weak hashes from elsewhere are wrapped in. */
export interface Argon2idKind {
  readonly name: 'argon2id'
  readonly memoryKiB: number
  readonly passes: number
  readonly lanes: number
}

/** A kind of hash that only came along from elsewhere, and whether bcrypt reads its passwords as they are. */
export interface ForeignKind {
  readonly name: 'foreign'
  readonly isReadByBcrypt: boolean
}

/** Bcrypt reads this much of a password and silently drops the rest, so longer ones are refused (CVE-2025-22228). */
const BCRYPT_BYTES = 72

/**
 * The kind of a stored hash, or null for text that is none, or one whose cost is out of bounds.
 * Costs are bounded because a stored hash decides how much work its check is: m=4194304 took 3.4 GB and 8 s.
 */
export function kindOf(hash: string): HashKind | ForeignKind | null {
  const stored = readStoredHash(hash)
  if (stored === null) return null
  const first = stored.inner?.derivation ?? stored.derivation
  const ours = stored.inner === null ? ourKind(first) : null
  return ours ?? { name: 'foreign', isReadByBcrypt: first.name === 'bcrypt' && first.over === 'password' }
}

/** The kind of ours that a derivation is, or null. */
function ourKind(derivation: Derivation): HashKind | null {
  if (derivation.name === 'bcrypt' && derivation.over === 'password') return { name: 'bcrypt', cost: derivation.cost }
  if (derivation.name !== 'argon2' || derivation.type !== 'argon2id' || derivation.version !== 19) return null
  const { memoryKiB, passes, lanes } = derivation
  return { name: 'argon2id', memoryKiB, passes, lanes }
}

/** Whether two kinds are the same, cost included. */
export function isSameKind(one: HashKind | ForeignKind, other: HashKind): boolean {
  return describeKind(one) === describeKind(other)
}

/** A kind as text, such as `bcrypt 12`, for comparing. */
function describeKind(kind: HashKind | ForeignKind): string {
  if (kind.name === 'foreign') return 'foreign'
  return kind.name === 'bcrypt' ? `bcrypt ${kind.cost}` : `argon2id ${kind.memoryKiB} ${kind.passes} ${kind.lanes}`
}

/** Whether a password can be hashed whole by this kind. Bcrypt takes 72 bytes, and a NUL makes different passwords the same. */
export function fits(password: string, kind: HashKind | ForeignKind): boolean {
  if (!password.isWellFormed()) return false // it would be hashed as another text
  const isReadByBcrypt = kind.name === 'foreign' ? kind.isReadByBcrypt : kind.name === 'bcrypt'
  return !isReadByBcrypt || (Buffer.byteLength(password) <= BCRYPT_BYTES && !password.includes('\0'))
}

/** A hash of this kind to which nobody knows the password: checking against it costs what checking a real one costs. */
export function decoyHash(kind: HashKind): PasswordHash {
  const salt = randomBytes(16)
  if (kind.name === 'bcrypt')
    return writeDerived({
      derivation: { name: 'bcrypt', over: 'password', cost: kind.cost, salt },
      digest: randomBytes(23),
    })
  const { memoryKiB, passes, lanes } = kind
  const derivation = { name: 'argon2', type: 'argon2id', version: 19, memoryKiB, passes, lanes, salt } as const
  return writeDerived({ derivation, digest: randomBytes(32) })
}
