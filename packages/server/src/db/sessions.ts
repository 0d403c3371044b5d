/** The room of sessions. What is stored of one does not let anyone in. */
import type { Kysely } from 'kysely'
import type { StoredToken, TokenMac } from '../crypto/token.ts'
import type { User, UserId } from '../user.ts'
import { USER_COLUMNS, userFrom } from './accounts.ts'
import { BATCH } from './batch.ts'
import type { Hot } from './engine.ts'
import type { Schema } from './schema.ts'

/** A session as it is stored, with its person. It may have expired: `isLive` tells. */
export interface StoredSession extends StoredToken {
  readonly user: User
  readonly createdAt: Date
  readonly usedAt: Date
  /** How long it may lie unused, in milliseconds. */
  readonly idleMs: number
  readonly expiresAt: Date
}

/** By what a person recognises a session: a device in a few fixed words, and roughly where it was. */
export interface SessionDetails {
  readonly device: string
  readonly place: string
}

/** A session as it is listed to its person. */
export interface ListedSession extends SessionDetails {
  readonly id: string
  readonly createdAt: Date
  readonly usedAt: Date
  readonly expiresAt: Date
}

/** Whether a session still counts: neither past its end nor unused for too long. [ASVS 7.3.1, 7.3.2] */
export function isLive({ usedAt, idleMs, expiresAt }: StoredSession, now: Date): boolean {
  return now < expiresAt && now.getTime() < usedAt.getTime() + idleMs
}

const COLUMNS = ['mac', 'key_id', 'sessions.created_at as started_at', 'used_at', 'idle_ms', 'expires_at'] as const
const MOST_OF_A_PERSON = 500

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
        .select([...COLUMNS, ...USER_COLUMNS])
        .where('sessions.id', '=', '')
        .where('disabled_at', 'is', null) // with the session itself, so that a disabled person is out with the next request [ASVS 8.3.2]
        .where('delete_at', 'is', null)
        .compile(),
    )
  }

  /** Adds a session of this person. The five hundred that were used last are kept. [ASVS 7.1.2] */
  async add(
    userId: UserId,
    { id, mac, keyId }: StoredToken,
    times: Pick<StoredSession, 'createdAt' | 'idleMs' | 'expiresAt'>,
    details: Partial<SessionDetails> = {},
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
        ...details,
      })
      .execute()
    const older = this.#db.selectFrom('sessions').select('id').where('user_id', '=', userId)
    await this.#db
      .deleteFrom('sessions')
      .where('id', 'in', older.orderBy('used_at', 'desc').limit(1_000_000).offset(MOST_OF_A_PERSON))
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

  /** Notes that the session was used, and from where if that is known. */
  async touch(id: string, usedAt: Date, seen: Partial<SessionDetails> = {}): Promise<void> {
    await this.#db
      .updateTable('sessions')
      .set({ used_at: usedAt.getTime(), ...seen })
      .where('id', '=', id)
      .execute()
  }

  /** From where a session was seen last, in words of ours; null for one that has ended. */
  async findSeen(id: string): Promise<SessionDetails | null> {
    const query = this.#db.selectFrom('sessions').select(['device', 'place']).where('id', '=', id)
    return (await query.executeTakeFirst()) ?? null
  }

  /** Ends a session: true for the one request that did, false for all others. */
  async remove(id: string): Promise<boolean> {
    const row = await this.#db.deleteFrom('sessions').where('id', '=', id).returning('id').executeTakeFirst()
    return row !== undefined
  }

  /** The live sessions of a person, the one that was used last first. */
  async list(userId: UserId, now: Date): Promise<readonly ListedSession[]> {
    const rows = await this.#db
      .selectFrom('sessions')
      .select(['id', 'created_at', 'used_at', 'expires_at', 'device', 'place'])
      .where('user_id', '=', userId)
      .where('expires_at', '>', now.getTime())
      .where(({ eb }) => eb(eb('used_at', '+', eb.ref('idle_ms')), '>', now.getTime()))
      .orderBy('used_at', 'desc')
      .execute()
    return rows.map(({ id, created_at: createdAt, used_at: usedAt, expires_at: expiresAt, device, place }) => ({
      id,
      device,
      place,
      createdAt: new Date(createdAt),
      usedAt: new Date(usedAt),
      expiresAt: new Date(expiresAt),
    }))
  }

  /** Whether a session is there still, and its person's account in use. */
  async isThere(userId: UserId, id: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .select('sessions.id')
      .where('sessions.id', '=', id)
      .where('users.id', '=', userId)
      .where('disabled_at', 'is', null)
      .where('delete_at', 'is', null)
      .executeTakeFirst()
    return row !== undefined
  }

  /** Ends one session of this person: false when they have none of this id. [ASVS 8.2.2] */
  async removeOf(userId: UserId, id: string): Promise<boolean> {
    const session = this.#db.deleteFrom('sessions').where('id', '=', id).where('user_id', '=', userId)
    return (await session.returning('id').executeTakeFirst()) !== undefined
  }

  /** Ends all sessions of a person, but for this one where one is named. Returns how many. */
  async removeAll(userId: UserId, except: string | null = null): Promise<number> {
    let sessions = this.#db.deleteFrom('sessions').where('user_id', '=', userId)
    if (except !== null) sessions = sessions.where('id', '!=', except)
    return Number((await sessions.executeTakeFirst()).numDeletedRows)
  }

  /** Ends all sessions of everybody. Returns how many. */
  async removeEverybodys(): Promise<number> {
    return Number((await this.#db.deleteFrom('sessions').executeTakeFirst()).numDeletedRows)
  }

  /** How many sessions each key guards, by the key's id. */
  async countByKey(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#db
      .selectFrom('sessions')
      .select(({ fn }) => ['key_id', fn.countAll<number>().as('sessions')])
      .groupBy('key_id')
      .execute()
    return new Map(rows.map((row) => [row.key_id, row.sessions]))
  }

  /** Forgets some of the sessions that have come to their end, whoever's they are: a few at a time, so that nobody waits for it. */
  async removeExpired(now: Date): Promise<number> {
    const expired = this.#db.selectFrom('sessions').select('id').where('expires_at', '<=', now.getTime())
    const result = await this.#db
      .deleteFrom('sessions')
      .where('id', 'in', expired.orderBy('expires_at').limit(BATCH))
      .executeTakeFirst()
    return Number(result.numDeletedRows)
  }
}
