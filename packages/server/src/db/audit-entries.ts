/** Entries of the record, and the rows that they are stored as. */
import type { Insertable, Selectable } from 'kysely'
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

/** An entry as a row. */
export function rowFrom(entry: SealedEntry): Insertable<Schema['audit']> {
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
