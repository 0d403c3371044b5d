/** A table in somebody else's PostgreSQL, read as it is at one moment. */
import type { PoolClient } from 'pg'
import { DatabaseUnavailable, SettingsError } from '../../errors.ts'
import { UnreadableSource } from '../../moving/record.ts'
import { LONGEST_BYTES, noTable } from '../foreign/table.ts'
import type { ForeignRow, ForeignTable, Wanted } from '../foreign/table.ts'
import { outageFrom } from './postgres-outages.ts'
import { ConnectionPool } from './postgres-pool.ts'
import { parsePostgresUrl } from './postgres-url.ts'

const LIMITS = { size: 1, connectSeconds: 10, statementSeconds: 0 } as const // what is read between two pages may take its time to come in
const PAGE = 1000
/** However long hashing takes between two pages: each limit of time that this server knows, as far as it lets go of it. */
const PATIENT = `select pg_catalog.set_config(name, '0', true) from pg_catalog.pg_settings
  where name in ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')`
const SETUP = [
  'begin isolation level repeatable read read only',
  "set local search_path = ''",
  'set local datestyle = iso',
  "set local time zone 'UTC'",
  PATIENT,
]
/** Plain and partitioned tables of this name, the public one first. */
const TABLES = `select n.nspname as schema, c.relname as name from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and (n.nspname = $1 or $1 is null) and c.relname = $2
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by n.nspname = 'public' desc, n.nspname`
const COLUMNS = `select a.attname as name from pg_catalog.pg_attribute a
  where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum`
/** Plain tables that have all of these columns, a few of them. */
const LIKE = `select n.nspname as schema, c.relname as name from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and $1::text[] <@ array(select a.attname::text from pg_catalog.pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) order by n.nspname = 'public' desc, 1, 2 limit 5`

const KEY = `select a.attname as name from pg_catalog.pg_index i
  join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
  where i.indrelid = $1::regclass and i.indisprimary order by pg_catalog.array_position(i.indkey::int2[], a.attnum)`

/**
 * Connects, and opens a table as it is now, for reading alone: `users`, or `auth.users` where its schema is not `public`.
 * @throws {UnreadableSource} where there is no such table.
 */
export async function openPostgresTable(url: string, wanted: Wanted): Promise<ForeignTable> {
  const pool = await explained(async () => Promise.resolve(new ConnectionPool(parsePostgresUrl(url), LIMITS)))
  try {
    const reader = new Reader(pool, await explained(async () => pool.take()))
    return await reader.open(wanted)
  } catch (error) {
    await pool.end() // which waits for nobody: the connection was closed
    throw error
  }
}

/** One connection, in one transaction. */
class Reader {
  readonly #pool: ConnectionPool
  readonly #client: PoolClient

  /** Takes a connection over. */
  constructor(pool: ConnectionPool, client: PoolClient) {
    this.#pool = pool
    this.#client = client
  }

  /** Begins to read a table. */
  async open(wanted: Wanted): Promise<ForeignTable> {
    try {
      for (const statement of SETUP) await this.#query(statement)
      const [table = '', schema = null] = wanted.name.split('.').reverse()
      const [found] = await this.#query(TABLES, [schema, table])
      if (found === undefined) throw noTable('the database', wanted, await this.#tablesLike(wanted.like ?? []))
      const name = `${quoted(found['schema'])}.${quoted(found['name'])}`
      const columns = (await this.#query(COLUMNS, [name])).map((row) => String(row['name']))
      const key = (await this.#query(KEY, [name])).map((row) => quoted(row['name']))
      const [count] = await this.#query(`select count(*) as total from ${name}`)
      const order = key.length === 0 ? 'ctid' : key.join(', ')
      return {
        columns: new Set(columns),
        total: Number(count?.['total'] ?? 0),
        rows: (names) => this.#rows(name, order, names),
        close: async () => this.#close(),
      }
    } catch (error) {
      this.#pool.closeOne(this.#client)
      throw error
    }
  }

  /** Tables that have all of these columns, a few of them. */
  async #tablesLike(columns: readonly string[]): Promise<readonly string[]> {
    const rows = await this.#query(LIKE, [[...columns]])
    return rows.map(({ schema, name }) => (schema === 'public' ? String(name) : `${String(schema)}.${String(name)}`))
  }

  /** The rows in their order, a page at a time. */
  async *#rows(table: string, order: string, names: readonly string[]): AsyncGenerator<ForeignRow> {
    const values = names.map((name) => `${boundedText(quoted(name))} as ${quoted(name)}`).join(', ')
    await this.#query(`declare moving no scroll cursor for select ${values} from ${table} order by ${order}`)
    let place = 0
    for (;;) {
      const rows = await this.#query(`fetch ${String(PAGE)} from moving`)
      for (const row of rows) yield { place: ++place, values: row }
      if (rows.length < PAGE) break
    }
    await this.#query('close moving')
  }

  /** Closes the connection, which ends the transaction. */
  async #close(): Promise<void> {
    this.#pool.closeOne(this.#client)
    await this.#pool.end()
  }

  /** Runs a statement. @throws {UnreadableSource} where it fails. */
  async #query(text: string, parameters: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
    const answer = async (): Promise<readonly Record<string, unknown>[]> =>
      (await this.#client.query<Record<string, unknown>>(text, [...parameters])).rows
    return explained(answer)
  }
}

/** A value as text, or where it is too long for one a text that says as much. */
function boundedText(column: string): string {
  const most = String(LONGEST_BYTES)
  return `case when octet_length(${column}::text) > ${most} then repeat('?', ${most} + 1) else ${column}::text end`
}

/** A name as SQL quotes it. */
function quoted(name: unknown): string {
  return `"${String(name).replaceAll('"', '""')}"`
}

/** Does something with that database; what goes wrong with it is said of it, and not of ours. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const outage = outageFrom(error)
    const isOutage = outage instanceof DatabaseUnavailable || outage instanceof SettingsError
    if (!isOutage) throw outage
    throw new UnreadableSource(`the source: ${outage.message.replace('DATABASE_URL: ', '')}`, { cause: error })
  }
}
