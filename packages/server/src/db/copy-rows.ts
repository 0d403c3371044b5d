/** The rows of a whole table: in pages in the order of its key, as canonical text, and summed up. */
import { createHash } from 'node:crypto'
import { setImmediate as letOthersGo } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import { DatabaseUnavailable } from '../errors.ts'
import type { Row, Snapshot } from './house.ts'
import type { Schema } from './schema.ts'
import { TABLES } from './tables.ts'
import type { Holds, Table } from './tables.ts'

/** How many rows a table has, and the checksum of them all. */
export interface TableSum {
  readonly rows: number
  /** SHA-256, in hexadecimal, over each row as a JSON array of its values and a line feed, in the order of the key. */
  readonly sha256: string
}

const PAGE = 2000
const REPLACEMENT = '\ufffd' // what is read where the bytes of a text are not UTF-8; a text may also really hold it

/** The rows of a table, page by page. However large it is, one page is in memory. */
export async function* pagesOf(from: Pick<Snapshot, 'kysely' | 'rows'>, table: Table): AsyncGenerator<readonly Row[]> {
  const key = sql.join(table.key.map((name) => sql.ref(name)))
  const columns = sql.join(table.columns.map((name) => sql.ref(name)))
  let after = sql``
  for (;;) {
    const query = sql`select ${columns} from ${sql.table(table.name)} ${after} order by ${key} limit ${PAGE}`
    const rows = await from.rows(query.compile(from.kysely))
    if (rows.length > 0) yield rows
    const last = rows.at(-1)
    if (rows.length < PAGE || last === undefined) return
    after = sql`where (${key}) > (${sql.join(keyOf(table, last))})`
    await letOthersGo() // signals too: reading a file never waits by itself
  }
}

/** Sums rows up as they pass. */
export class Summing {
  readonly #hash = createHash('sha256')
  #rows = 0

  /** Takes the next rows. */
  add(rows: readonly Row[]): void {
    this.#hash.update(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    this.#rows += rows.length
  }

  /** The sum of all of them. */
  end(): TableSum {
    return { rows: this.#rows, sha256: this.#hash.digest('hex') }
  }
}

/** How many rows each table has. */
export async function countRows(kysely: Kysely<Schema>): Promise<ReadonlyMap<keyof Schema, number>> {
  const counts = new Map<keyof Schema, number>()
  for (const { name } of TABLES) {
    const { rows } = await sql<{ readonly count: number }>`select count(*) as count from ${sql.table(name)}`.execute(
      kysely,
    )
    counts.set(name, rows[0]?.count ?? 0)
  }
  return counts
}

/**
 * Looks whether every database can hold these rows as they are.
 * @throws {DatabaseUnavailable} naming the first that cannot be, with its table, key and column, but not what it holds.
 */
export async function refuseUnfit(from: Pick<Snapshot, 'kysely'>, table: Table, rows: readonly Row[]): Promise<void> {
  for (const row of rows)
    for (const [index, value] of row.entries()) {
      const wrong = wrongWith(value, table.holds[index] ?? 'text') ?? (await brokenText(from, table, row, index))
      if (wrong === null) continue
      const where = table.key.map((name, place) => `${name} ${JSON.stringify(keyOf(table, row)[place])}`).join(', ')
      throw new DatabaseUnavailable(
        `the row of ${table.name} with ${where} cannot be copied: its ${table.columns[index] ?? ''} ${wrong}; correct it, or remove the row`,
      )
    }
}

/** What is wrong with a value; null when nothing is. SQLite lets any column hold anything. */
function wrongWith(value: unknown, holds: Holds): string | null {
  if (value === null) return null
  if (holds === 'number') return Number.isSafeInteger(value) ? null : 'is no whole number'
  if (typeof value !== 'string') return 'is no text'
  return value.includes('\0') ? 'holds the sign NUL, which PostgreSQL cannot store' : null
}

/** What is wrong with a text that may have been read otherwise than it is stored: asked for as it was read, it is not found. */
async function brokenText(
  { kysely }: Pick<Snapshot, 'kysely'>,
  table: Table,
  row: Row,
  index: number,
): Promise<string | null> {
  const value = row[index]
  if (typeof value !== 'string' || !value.includes(REPLACEMENT)) return null
  const key = sql.join(table.key.map((name) => sql.ref(name)))
  const column = sql.ref(table.columns[index] ?? '')
  const same = sql`(${key}) = (${sql.join(keyOf(table, row))}) and ${column} = ${value}`
  const { rows } = await sql`select 1 as found from ${sql.table(table.name)} where ${same}`.execute(kysely)
  return rows.length > 0 ? null : 'is no text in UTF-8'
}

/** The values of a row's key. */
function keyOf({ key, columns }: Table, row: Row): readonly unknown[] {
  return key.map((name) => row[columns.indexOf(name)])
}
