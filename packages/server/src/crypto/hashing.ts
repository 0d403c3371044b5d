/** Making and checking password hashes: the slow work itself, done by the hashing process. */
import { hash as argon2Hash, verify as argon2Verify } from '@node-rs/argon2'
import { hash as bcryptHash, verify as bcryptVerify } from '@node-rs/bcrypt'
import { fits, kindOf } from './password-hash.ts'
import type { HashKind, PasswordHash } from './password-hash.ts'

/** One piece of work for a hasher. */
export type HashJob =
  | { readonly do: 'hash'; readonly password: string; readonly kind: HashKind }
  | { readonly do: 'verify'; readonly password: string; readonly hash: string }

/** Hashes with a fresh salt of 128 bits. (Of argon2 the library makes argon2id unless told otherwise.) */
export async function hashPassword(password: string, kind: HashKind): Promise<PasswordHash> {
  if (!fits(password, kind)) throw new RangeError('a password must fit its kind of hash whole')
  if (kind.name === 'bcrypt') return (await bcryptHash(password, kind.cost)) as PasswordHash
  const { memoryKiB, passes, lanes } = kind
  return (await argon2Hash(password, {
    memoryCost: memoryKiB,
    timeCost: passes,
    parallelism: lanes,
    outputLen: 32,
  })) as PasswordHash
}

/** Whether this is the password of the hash. One that cannot be (too long for bcrypt) costs the same work and is wrong. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const kind = kindOf(hash)
  if (kind === null) return false
  if (kind.name === 'argon2id') return (await argon2Verify(hash, password).catch(() => false)) && fits(password, kind)
  const right = await bcryptVerify(fits(password, kind) ? password : '', hash)
  return right && fits(password, kind)
}

/** Does one piece of work. */
export async function work(job: HashJob): Promise<PasswordHash | boolean> {
  return job.do === 'hash' ? hashPassword(job.password, job.kind) : verifyPassword(job.password, job.hash)
}
