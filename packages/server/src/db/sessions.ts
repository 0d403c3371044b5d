/** The room of sessions. What is stored of one does not let anyone in. */
import type { Kysely } from 'kysely'
import type { StoredToken, TokenMac } from '../crypto/token.ts'
import type { User, UserId } from '../user.ts'
import type { Hot } from './engine.ts'
import type { Schema } from './schema.ts'
import { USER_COLUMNS, userFrom } from './users.ts'

/** A session as it is stored, with its person. It may have expired: `isLive` tells. */
export interface StoredSession extends StoredToken {
  readonly user: User
  readonly createdAt: Date
  readonly usedAt: Date
  /** How long it may lie unused, in milliseconds. */
  readonly idleMs: number
  readonly expiresAt: Date
}

/** Whether a session still counts: neither past its end nor unused for too long. [ASVS 7.3.1, 7.3.2] */
export function isLive({ usedAt, idleMs, expiresAt }: StoredSession, now: Date): boolean {
  return now < expiresAt && now.getTime() < usedAt.getTime() + idleMs
}

const BATCH = 100 // more than come to be between two calls, so none are left in the long run

/** Sessions by the id in their token, and by person. */
export class SessionTable {
  readonly #db: Kysely<Schema>
  readonly #findRow

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>, hot: Hot) {
    this.#db = db
    this.#findRow = hot(() =>
      db
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.user_id')
        .select([
          'mac',
          'key_id',
          'sessions.created_at as started_at',
          'used_at',
          'idle_ms',
          'expires_at',
          ...USER_COLUMNS,
        ])
        .where('sessions.id', '=', '')
        .compile(),
    )
  }

  /** Adds a session of this person. */
  async add(
    userId: UserId,
    { id, mac, keyId }: StoredToken,
    times: Pick<StoredSession, 'createdAt' | 'idleMs' | 'expiresAt'>,
  ): Promise<void> {
    const createdAt = times.createdAt.getTime()
    await this.#db
      .insertInto('sessions')
      .values({
        id,
        mac,
        key_id: keyId,
        user_id: userId,
        created_at: createdAt,
        used_at: createdAt,
        idle_ms: times.idleMs,
        expires_at: times.expiresAt.getTime(),
      })
      .execute()
  }

  /** The session of this id, or null. The hot query: each request of a signed-in person asks it. */
  async find(id: string): Promise<StoredSession | null> {
    const row = await this.#findRow(id)
    if (row === undefined) return null
    return {
      id,
      mac: row.mac as TokenMac,
      keyId: row.key_id,
      user: userFrom(row),
      createdAt: new Date(row.started_at),
      usedAt: new Date(row.used_at),
      idleMs: row.idle_ms,
      expiresAt: new Date(row.expires_at),
    }
  }

  /** Notes that the session was used. */
  async touch(id: string, usedAt: Date): Promise<void> {
    await this.#db.updateTable('sessions').set({ used_at: usedAt.getTime() }).where('id', '=', id).execute()
  }

  /** Ends a session: true for the one request that did, false for all others. */
  async remove(id: string): Promise<boolean> {
    const row = await this.#db.deleteFrom('sessions').where('id', '=', id).returning('id').executeTakeFirst()
    return row !== undefined
  }

  /** Ends all sessions of a person. */
  async removeAll(userId: UserId): Promise<void> {
    await this.#db.deleteFrom('sessions').where('user_id', '=', userId).execute()
  }

  /** Forgets some of the sessions that have come to their end, whoever's they are: a few at a time, so that nobody waits for it. */
  async removeExpired(now: Date): Promise<void> {
    const expired = this.#db.selectFrom('sessions').select('id').where('expires_at', '<=', now.getTime()).limit(BATCH)
    await this.#db.deleteFrom('sessions').where('id', 'in', expired).execute()
  }
}
