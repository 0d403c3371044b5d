/** The room of letters that wait to be sent. A row says what a letter is about; it holds no token and no text. */
import { randomUUID } from 'node:crypto'
import type { Kysely, Selectable, SelectQueryBuilder } from 'kysely'
import type { CanonicalEmail } from '../email.ts'
import type { UserId } from '../user.ts'
import { BATCH } from './batch.ts'
import type { Schema } from './schema.ts'

/** What a letter is about. */
export interface OutboxEntry {
  /** The kind of letter; `none` for a row that stands where a letter might have, so that both cost the same. */
  readonly kind: string
  readonly userId: UserId | null
  /** The stored address that it goes to, as written. */
  readonly email: string
  /** The canonical form of the address that it is about. */
  readonly key: CanonicalEmail
  /** What else the letter is to say. */
  readonly facts: Readonly<Record<string, string | number>>
}

/** A letter that waits, or was given up. */
export interface StoredOutboxEntry extends OutboxEntry {
  readonly id: string
  readonly createdAt: Date
  readonly tries: number
  /** When it is sent, or tried again. */
  readonly dueAt: Date
  readonly givenUpAt: Date | null
  /** Why the last try failed; null before the first. */
  readonly reason: string | null
}

type Row = Selectable<Schema['outbox']>

/** Letters that wait, by when they are due. */
export class OutboxTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** Puts a letter in, due at once. */
  async add({ kind, userId, email, key, facts }: OutboxEntry, createdAt: Date): Promise<void> {
    await this.#db
      .insertInto('outbox')
      .values({
        id: randomUUID(),
        kind,
        user_id: userId,
        email,
        email_key: key,
        domain: kind === 'none' ? '' : key.slice(key.indexOf('@') + 1),
        facts: JSON.stringify(facts),
        created_at: createdAt.getTime(),
        due_at: createdAt.getTime(),
        claimed_until: 0,
        tries: 0,
      })
      .execute()
  }

  /** Whether anything is due that nobody has claimed. Only reads, so it may be asked often. */
  async isDue(now: Date): Promise<boolean> {
    return (await this.#due(now).limit(1).executeTakeFirst()) !== undefined
  }

  /**
   * Claims a letter that is due, for so long: nobody else gets it before. First those that were not tried yet, so that letters which
   * fail again and again hold up no others; and none to the domains that are busy. One statement, so that of racing senders one
   * wins; what a sender leaves that dies, the next one gets when the claim ends.
   */
  async claim(now: Date, claimMs: number, busy: readonly string[]): Promise<StoredOutboxEntry | null> {
    let due = this.#due(now).orderBy('tries').orderBy('due_at').limit(1)
    if (busy.length > 0) due = due.where('domain', 'not in', busy)
    const row = await this.#db
      .updateTable('outbox')
      .set(({ eb }) => ({ claimed_until: now.getTime() + claimMs, tries: eb('tries', '+', 1) }))
      .where('id', 'in', due)
      .where('claimed_until', '<=', now.getTime()) // once more: two that race on PostgreSQL have both read the same row
      .returningAll()
      .executeTakeFirst()
    return row === undefined ? null : entryFrom(row)
  }

  /** A letter of this kind that waits and is about an address, or null. */
  async findWaiting(kind: string, key: CanonicalEmail): Promise<StoredOutboxEntry | null> {
    const row = await this.#waiting(kind).where('email_key', '=', key).limit(1).executeTakeFirst()
    return row === undefined ? null : entryFrom(row)
  }

  /** The letters of this kind that wait for a person. */
  async listWaiting(kind: string, userId: UserId): Promise<readonly StoredOutboxEntry[]> {
    return (await this.#waiting(kind).where('user_id', '=', userId).execute()).map(entryFrom)
  }

  /** Whether a letter waits still: a deed may have taken it back while it was claimed. */
  async isThere(id: string): Promise<boolean> {
    return (await this.#db.selectFrom('outbox').select('id').where('id', '=', id).executeTakeFirst()) !== undefined
  }

  /** Takes back the letters of these kinds that wait for a person. */
  async removeAll(userId: UserId, kinds: readonly string[]): Promise<void> {
    await this.#db.deleteFrom('outbox').where('user_id', '=', userId).where('kind', 'in', kinds).execute()
  }

  /** Takes back the letters of these kinds that wait and are about an address. */
  async removeOf(key: CanonicalEmail, kinds: readonly string[]): Promise<void> {
    await this.#db.deleteFrom('outbox').where('email_key', '=', key).where('kind', 'in', kinds).execute()
  }

  /** Takes away what was sent, content and all. */
  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom('outbox').where('id', '=', id).execute()
  }

  /** Puts a letter off that could not be sent. */
  async postpone(id: string, dueAt: Date, reason: string): Promise<void> {
    await this.#db
      .updateTable('outbox')
      .set({ due_at: dueAt.getTime(), claimed_until: 0, reason })
      .where('id', '=', id)
      .execute()
  }

  /** Keeps a record of a letter that was given up: its kind, its person, when and why; no address, and nothing of what it said. */
  async giveUp(id: string, givenUpAt: Date, reason: string): Promise<void> {
    await this.#db
      .updateTable('outbox')
      .set({ given_up_at: givenUpAt.getTime(), reason, email: '', email_key: '', facts: '{}' })
      .where('id', '=', id)
      .execute()
  }

  /** Up to `most` letters that wait or were given up, the latest first. */
  async list(most: number): Promise<readonly StoredOutboxEntry[]> {
    const rows = await this.#db
      .selectFrom('outbox')
      .selectAll()
      .where('kind', '!=', 'none')
      .orderBy('created_at', 'desc')
      .limit(most)
      .execute()
    return rows.map(entryFrom)
  }

  /** Throws all letters away that wait, and all records. */
  async clear(): Promise<void> {
    await this.#db.deleteFrom('outbox').execute()
  }

  /** Forgets some of the records of letters that were given up before this instant. */
  async removeGivenUp(before: Date): Promise<number> {
    const old = this.#db.selectFrom('outbox').select('id').where('given_up_at', '<', before.getTime())
    const result = await this.#db
      .deleteFrom('outbox')
      .where('id', 'in', old.orderBy('given_up_at').limit(BATCH))
      .executeTakeFirst()
    return Number(result.numDeletedRows)
  }

  /** Asks for the ids of letters that are due and that nobody has claimed. */
  #due(now: Date): SelectQueryBuilder<Schema, 'outbox', Pick<Row, 'id'>> {
    return this.#db
      .selectFrom('outbox')
      .select('id')
      .where('due_at', '<=', now.getTime())
      .where('claimed_until', '<=', now.getTime())
      .where('given_up_at', 'is', null)
  }

  /** Asks for the letters of this kind that wait. */
  #waiting(kind: string): SelectQueryBuilder<Schema, 'outbox', Row> {
    return this.#db.selectFrom('outbox').selectAll().where('kind', '=', kind).where('given_up_at', 'is', null)
  }
}

/** The row as an entry. */
function entryFrom(row: Row): StoredOutboxEntry {
  return {
    id: row.id,
    kind: row.kind,
    userId: row.user_id as UserId | null,
    email: row.email,
    key: row.email_key as CanonicalEmail,
    facts: JSON.parse(row.facts) as OutboxEntry['facts'],
    createdAt: new Date(row.created_at),
    tries: row.tries,
    dueAt: new Date(row.due_at),
    givenUpAt: row.given_up_at === null ? null : new Date(row.given_up_at),
    reason: row.reason,
  }
}
