/** Every statement that this process sends to a database, for tests that compare what answers cost. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import pg from 'pg'
import { isPostgres } from '../../src/database-address.ts'

const GREETING = 'select current_setting' // of a new connection: when there is one is chance
const LOOK = 'pragma wal_checkpoint' // how long the log is, asked from time to time

/** Hears of a statement: its text, and the values that are not in it. */
type Note = (sql: string, values: readonly unknown[]) => void

/** Notes each statement until the returned function is called. */
export function noteStatements(url: string, note: Note): () => void {
  return isPostgres(url) ? notePostgres(note) : noteSqlite(note)
}

/** Node tells of each statement that SQLite runs, with its values in it. */
function noteSqlite(note: Note): () => void {
  const listener = (message: unknown): void => {
    const { sql } = message as { readonly sql: string }
    if (!sql.startsWith(LOOK)) note(sql, [])
  }
  subscribe('sqlite.db.query', listener)
  return () => unsubscribe('sqlite.db.query', listener)
}

/** The driver tells nobody, so its one way to send a statement is watched. */
function notePostgres(note: Note): () => void {
  const { value: query } = Object.getOwnPropertyDescriptor(pg.Client.prototype, 'query') as { readonly value: Query }
  const put = (value: Query): void => void Object.defineProperty(pg.Client.prototype, 'query', { value })
  put(function (this: unknown, first, ...rest) {
    const text = typeof first === 'string' ? first : first.text
    if (!text.startsWith(GREETING)) note(text, (rest[0] ?? []) as readonly unknown[])
    return query.call(this, first, ...rest)
  })
  return () => {
    put(query)
  }
}

type Query = (this: unknown, first: string | { readonly text: string }, ...rest: readonly unknown[]) => unknown
