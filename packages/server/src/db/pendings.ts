/** The room of registrations that wait for their email to be verified. */
import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { CanonicalEmail } from '../email.ts'
import { BATCH } from './batch.ts'
import type { Schema } from './schema.ts'

/** A registration that waits. */
export interface Pending {
  readonly email: string
  readonly hash: string
}

const MOST_AT_AN_END = 10

/** Waiting registrations by address. */
export class PendingTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /**
   * Adds a registration. Of one address the first ten are kept and the last ten: each costs a hash when the link is followed, and
   * whoever comes in a crowd later pushes none of the first out. Who registers between two crowds is pushed out, and gets in by a reset.
   */
  async add({ email, hash }: Pending, key: CanonicalEmail, createdAt: Date, expiresAt: Date): Promise<void> {
    const values = { id: randomUUID(), email, email_key: key, hash }
    await this.#db
      .insertInto('pendings')
      .values({ ...values, created_at: createdAt.getTime(), expires_at: expiresAt.getTime() })
      .execute()
    const ofAddress = this.#db.selectFrom('pendings').select('id').where('email_key', '=', key).limit(MOST_AT_AN_END)
    await this.#db
      .deleteFrom('pendings')
      .where('email_key', '=', key)
      .where('id', 'not in', ofAddress.orderBy('created_at').orderBy('id'))
      .where('id', 'not in', ofAddress.orderBy('created_at', 'desc').orderBy('id', 'desc'))
      .execute()
  }

  /** The registrations of this address that still wait, the latest first. */
  async listLive(key: CanonicalEmail, now: Date): Promise<readonly Pending[]> {
    return this.#db
      .selectFrom('pendings')
      .select(['email', 'hash'])
      .where('email_key', '=', key)
      .where('expires_at', '>', now.getTime())
      .orderBy('created_at', 'desc')
      .execute()
  }

  /** Whether a registration of this address waits. */
  async isWaiting(key: CanonicalEmail, now: Date): Promise<boolean> {
    const row = await this.#db
      .selectFrom('pendings')
      .select('id')
      .where('email_key', '=', key)
      .where('expires_at', '>', now.getTime())
      .limit(1)
      .executeTakeFirst()
    return row !== undefined
  }

  /** Drops all registrations of this address. */
  async removeAll(key: CanonicalEmail): Promise<void> {
    await this.#db.deleteFrom('pendings').where('email_key', '=', key).execute()
  }

  /** Drops all registrations that wait. */
  async clear(): Promise<void> {
    await this.#db.deleteFrom('pendings').execute()
  }

  /** Forgets some of those that have waited too long: a few at a time, so that nobody waits for it. */
  async removeExpired(now: Date): Promise<number> {
    const expired = this.#db.selectFrom('pendings').select('id').where('expires_at', '<=', now.getTime())
    const result = await this.#db
      .deleteFrom('pendings')
      .where('id', 'in', expired.orderBy('expires_at').limit(BATCH))
      .executeTakeFirst()
    return Number(result.numDeletedRows)
  }
}
