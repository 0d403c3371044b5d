/** The room of the record: what happened, when, to whom and from where. Entries are added and read, never changed. */
import type { Insertable, Kysely, Selectable, SelectQueryBuilder } from 'kysely'
import type { UserId } from '../user.ts'
import type { Schema } from './schema.ts'

/** An entry as it is added. */
export interface AuditEntry {
  /** Random: no entry can be there twice. */
  readonly uid: string
  readonly at: Date
  /** Such as `login.failed`. */
  readonly event: string
  /** Whose account it is about; null where nobody is. */
  readonly userId: UserId | null
  /** The email that was typed, as a keyed hash; null where none was. */
  readonly subject: string | null
  /** The address that the request came from. */
  readonly source: string | null
  /** In words of ours. */
  readonly device: string | null
  /** The User-Agent as it was sent, cut short. */
  readonly agent: string | null
  readonly requestId: string | null
  readonly sessionId: string | null
  readonly method: string | null
  /** For how many acts the entry stands. */
  readonly times: number
  readonly facts: Readonly<Record<string, string | number | boolean>>
}

/** An entry with what vouches for it. */
export interface SealedEntry extends AuditEntry {
  readonly mac: string
  readonly keyId: string
}

/** An entry as it is stored. */
export interface StoredEntry extends SealedEntry {
  /** Counts up in the order of adding. */
  readonly id: number
}

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
    if (events !== undefined) query = query.where('event', 'in', events)
    if (since !== undefined) query = query.where('at', '>=', since.getTime())
    if (until !== undefined) query = query.where('at', '<', until.getTime())
    return query
  }
}

/** An entry as a row. */
function rowFrom(entry: SealedEntry): Insertable<Schema['audit']> {
  return {
    uid: entry.uid,
    at: entry.at.getTime(),
    event: entry.event,
    user_id: entry.userId,
    subject: entry.subject,
    source: entry.source,
    device: entry.device,
    agent: entry.agent,
    request_id: entry.requestId,
    session_id: entry.sessionId,
    method: entry.method,
    times: entry.times,
    facts: JSON.stringify(entry.facts),
    mac: entry.mac,
    key_id: entry.keyId,
  }
}

/** A row as an entry. Whoever changed it by hand may have left anything there: that shows as something else, and stops nobody. */
export function entryFrom(row: Selectable<Schema['audit']>): StoredEntry {
  return {
    id: row.id,
    uid: textFrom(row.uid) ?? '',
    at: instantFrom(row.at),
    event: textFrom(row.event) ?? '',
    userId: row.user_id as UserId | null,
    subject: textFrom(row.subject),
    source: textFrom(row.source),
    device: textFrom(row.device),
    agent: textFrom(row.agent),
    requestId: textFrom(row.request_id),
    sessionId: textFrom(row.session_id),
    method: textFrom(row.method),
    times: row.times,
    facts: factsFrom(row.facts),
    mac: textFrom(row.mac) ?? '',
    keyId: textFrom(row.key_id) ?? '',
  }
}

/** A column as text; what is none is shown as what it is. */
function textFrom(value: string | null): string | null {
  return value === null || typeof value === 'string' ? value : JSON.stringify(value)
}

/** A column as an instant; what is none as the first of all. */
function instantFrom(value: number): Date {
  return new Date(Number.isSafeInteger(value) && Math.abs(value) < 8.64e15 ? value : 0)
}

/** The facts as they were written; any other text as the one fact that it is. */
function factsFrom(text: string): StoredEntry['facts'] {
  try {
    const facts: unknown = JSON.parse(text)
    const isOurs = typeof facts === 'object' && facts !== null && JSON.stringify(facts) === text
    return isOurs ? (facts as StoredEntry['facts']) : { unreadable: text }
  } catch {
    return { unreadable: text }
  }
}
