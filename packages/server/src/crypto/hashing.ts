/** Making and checking password hashes: the slow work itself, done by the hashing process. */
import { hash as argon2Hash } from '@node-rs/argon2'
import { hash as bcryptHash } from '@node-rs/bcrypt'
import { timingSafeEqual } from 'node:crypto'
import { derive } from './derive.ts'
import { fits, kindOf } from './password-hash.ts'
import type { Argon2idKind, HashKind } from './password-hash.ts'
import { readStoredHash, writeWrapped } from './stored-hash.ts'
import type { LegacyHash, PasswordHash } from './stored-hash.ts'

/** One piece of work for a hasher. */
export type HashJob =
  | { readonly do: 'hash'; readonly password: string; readonly kind: HashKind }
  | { readonly do: 'verify'; readonly password: string; readonly hash: string }
  | { readonly do: 'wrap'; readonly legacy: LegacyHash; readonly kind: Argon2idKind }

/** Hashes with a fresh salt of 128 bits. */
export async function hashPassword(password: string, kind: HashKind): Promise<PasswordHash> {
  if (!fits(password, kind)) throw new RangeError('a password must fit its kind of hash whole')
  if (kind.name === 'bcrypt') return (await bcryptHash(password, kind.cost)) as PasswordHash
  return argon2idHash(password, kind)
}

/**
 * Wraps a weak digest from elsewhere: argon2id over it, with a fresh salt. Who steals that has to pay for argon2id at each guess.
 * @throws {Error} for a digest that could not be checked later, such as one that is not weak.
 */
export async function wrapHash(legacy: LegacyHash, kind: Argon2idKind): Promise<PasswordHash> {
  const wrapped = writeWrapped(legacy, await argon2idHash(Buffer.from(legacy.digest, 'base64'), kind))
  if (kindOf(wrapped) === null) throw new RangeError('only a weak hash within its bounds is wrapped')
  return wrapped
}

/** Argon2id with a fresh salt. (Of argon2 the library makes argon2id unless told otherwise.) */
async function argon2idHash(
  secret: string | Buffer,
  { memoryKiB, passes, lanes }: Argon2idKind,
): Promise<PasswordHash> {
  return (await argon2Hash(secret, {
    memoryCost: memoryKiB,
    timeCost: passes,
    parallelism: lanes,
    outputLen: 32,
  })) as PasswordHash
}

/** Whether this is the password of the hash. One that cannot be (too long for bcrypt) costs the same work and is wrong. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [stored, kind] = [readStoredHash(hash), kindOf(hash)]
  if (stored === null || kind === null) return false
  const { derivation, digest, inner } = stored
  const isWhole = fits(password, kind)
  const given = isWhole ? password : ''
  const secret = inner === null ? given : await derive(given, inner.derivation, inner.length)
  return timingSafeEqual(await derive(secret, derivation, digest.length), digest) && isWhole
}

/** Does one piece of work. */
export async function work(job: HashJob): Promise<PasswordHash | boolean> {
  switch (job.do) {
    case 'hash':
      return hashPassword(job.password, job.kind)
    case 'verify':
      return verifyPassword(job.password, job.hash)
    case 'wrap':
      return wrapHash(job.legacy, job.kind)
  }
}
