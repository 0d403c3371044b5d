/** A hasher for tests that are not about hashing: hashes in the real forms, made in microseconds. */
import { createHash, randomBytes } from 'node:crypto'
import type { Hasher } from '../../src/crypto/hasher.ts'
import type { Argon2idKind, HashKind, PasswordHash } from '../../src/crypto/password-hash.ts'
import { writeWrapped } from '../../src/crypto/stored-hash.ts'
import type { LegacyHash } from '../../src/crypto/stored-hash.ts'

/** Text of exactly this length over letters that all hash forms share. */
function digits(text: string, length: number): string {
  return createHash('sha512').update(text).digest('hex').slice(0, length)
}

/** Has the form of this kind, to its last letter (which must leave no stray bits), and nothing of its strength. */
function cheapHash(password: string, kind: HashKind, salt: string): string {
  if (kind.name === 'bcrypt') return `$2b$${String(kind.cost).padStart(2, '0')}$${salt}e${digits(salt + password, 30)}a`
  return `$argon2id$v=19$m=${String(kind.memoryKiB)},t=${String(kind.passes)},p=${String(kind.lanes)}$${salt}A$${digits(salt + password, 42)}A`
}

/** Hashes at once, in this process. It counts what it is asked, for tests that look at how much work an answer cost. */
export class CheapHasher implements Hasher {
  hashed = 0
  verified = 0
  /** No hash is handed out before so many were asked for: makes requests meet where a slow hash would. */
  holdUntil = 0
  readonly #held: (() => void)[] = []

  async hash(password: string, kind: HashKind): Promise<PasswordHash> {
    this.hashed++
    if (this.hashed < this.holdUntil) await new Promise<void>((resolve) => this.#held.push(resolve))
    for (const release of this.#held.splice(0)) release()
    return cheapHash(password, kind, randomBytes(11).toString('hex').slice(1)) as PasswordHash
  }

  async verify(password: string, hash: string): Promise<boolean> {
    this.verified++
    const bcrypt = /^\$2b\$(\d\d)\$(.{21})/.exec(hash)
    if (bcrypt !== null)
      return Promise.resolve(cheapHash(password, { name: 'bcrypt', cost: Number(bcrypt[1]) }, bcrypt[2] ?? '') === hash)
    const [, m = '', t = '', p = '', salt = ''] =
      /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d)\$([^$]{21})/.exec(hash) ?? []
    const kind = { name: 'argon2id', memoryKiB: Number(m), passes: Number(t), lanes: Number(p) } as const
    return Promise.resolve(cheapHash(password, kind, salt) === hash)
  }

  async wrap(legacy: LegacyHash, kind: Argon2idKind): Promise<PasswordHash> {
    return writeWrapped(legacy, await this.hash(legacy.digest, kind))
  }

  async refuseWhenFull(): Promise<void> {
    return Promise.resolve()
  }

  async close(): Promise<void> {
    return Promise.resolve()
  }
}
