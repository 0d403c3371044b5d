/** The room of the record: what happened, when, to whom and from where. Entries are added and read, never changed. */
import type { Kysely, SelectQueryBuilder } from 'kysely'
import type { UserId } from '../user.ts'
import { entryFrom, rowFrom } from './audit-entries.ts'
import type { SealedEntry, StoredEntry } from './audit-entries.ts'
import type { Schema } from './schema.ts'

/** Which entries are asked for. What is left out takes all. */
export interface AuditFilter {
  /** About one of these people, or one of these typed emails. */
  readonly about?: { readonly userId: UserId | null; readonly subjects: readonly string[] }
  readonly events?: readonly string[]
  /** At this instant or after it. */
  readonly since?: Date
  /** Before this instant. */
  readonly until?: Date
}

/** Entries, the latest last. */
export class AuditTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** Adds an entry. */
  async add(entry: SealedEntry): Promise<void> {
    await this.#db.insertInto('audit').values(rowFrom(entry)).execute()
  }

  /** Up to `most` entries of each of these kinds about a person, the latest first: a flood of one kind hides no other. */
  async listOf(userId: UserId, events: readonly string[], most: number): Promise<readonly StoredEntry[]> {
    const [first, ...others] = events.map((event) => this.#latestOf(userId, event, most))
    if (first === undefined) return []
    const ids = first.unionAll(others)
    const rows = await this.#db.selectFrom('audit').selectAll().where('id', 'in', ids).orderBy('id', 'desc').execute()
    return rows.map(entryFrom)
  }

  /** Up to `most` entries that are asked for, from this id on, the oldest first. */
  async list(filter: AuditFilter, fromId: number, most: number): Promise<readonly StoredEntry[]> {
    const rows = await this.#asked(filter).selectAll().where('id', '>=', fromId).orderBy('id').limit(most).execute()
    return rows.map(entryFrom)
  }

  /** Ids and sources of up to `most` entries that are asked for, before this id, the latest first. */
  async listBack(
    filter: AuditFilter,
    beforeId: number,
    most: number,
  ): Promise<readonly Pick<StoredEntry, 'id' | 'source'>[]> {
    return this.#asked(filter)
      .select(['id', 'source'])
      .where('id', '<', beforeId)
      .orderBy('id', 'desc')
      .limit(most)
      .execute()
  }

  /** The greatest id of all; 0 where there is no entry. */
  async findGreatestId(): Promise<number> {
    const row = await this.#db.selectFrom('audit').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst()
    return row?.id ?? 0
  }

  /** Whether there is an entry from before this instant. */
  async hasOlder(instant: Date): Promise<boolean> {
    const older = this.#db.selectFrom('audit').select('id').where('at', '<', instant.getTime())
    return (await older.orderBy('at').limit(1).executeTakeFirst()) !== undefined
  }

  /** Lets go of some of the entries that are older than this instant and were never sealed. */
  async removeUnsealed(before: Date, most: number): Promise<number> {
    const old = this.#db
      .selectFrom('audit')
      .select('id')
      .where('at', '<', before.getTime())
      .where((eb) => {
        const seal = eb.selectFrom('seals').select('seq').whereRef('seals.audit_id', '=', 'audit.id')
        return eb(seal, 'is', null) // looked up for each: for a join PostgreSQL may read all seals
      })
    const result = await this.#db
      .deleteFrom('audit')
      .where('id', 'in', old.orderBy('at').limit(most))
      .executeTakeFirst()
    return Number(result.numDeletedRows)
  }

  /** Asks for the ids of up to `most` entries of a kind about a person, the latest first. */
  #latestOf(userId: UserId, event: string, most: number): SelectQueryBuilder<Schema, never, { readonly id: number }> {
    const ofKind = this.#db.selectFrom('audit').select('id').where('user_id', '=', userId).where('event', '=', event)
    return this.#db.selectFrom(ofKind.orderBy('id', 'desc').limit(most).as('latest')).select('latest.id') // SQLite takes a limit in a union only within
  }

  /** The entries that a filter takes. */
  #asked({ about, events, since, until }: AuditFilter): SelectQueryBuilder<Schema, 'audit', object> {
    let query = this.#db.selectFrom('audit')
    if (about !== undefined)
      query = query.where((where) =>
        where.or([
          ...(about.userId === null ? [] : [where('user_id', '=', about.userId)]),
          ...(about.subjects.length === 0 ? [] : [where('subject', 'in', about.subjects)]),
        ]),
      )
    if (events !== undefined)
      query = query.where((where) => (events.length === 0 ? where.lit(false) : where('event', 'in', events))) // PostgreSQL takes no empty list
    if (since !== undefined) query = query.where('at', '>=', since.getTime())
    if (until !== undefined) query = query.where('at', '<', until.getTime())
    return query
  }
}
