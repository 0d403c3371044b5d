/** A table in an SQLite file that somebody else made, and may have made to harm us: it is read, and nothing in it is run. */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SQLOutputValue } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { UnreadableSource } from '../../moving/record.ts'
import { LONGEST_BYTES } from '../foreign/table.ts'
import type { ForeignRow, ForeignTable } from '../foreign/table.ts'
import { outageFrom } from './sqlite-outages.ts'

const HEADER = 'SQLite format 3\0'
const WAL_VERSION = 2
const VERSION_AT = 18 // of the header: 2 where there is a write-ahead log
const BUSY_MS = 5000
const PAGE = 1000
const FIRST = -(2n ** 63n)
/** No function, view or virtual table in the file's schema runs, no page is believed as it is, and nothing is written. */
const DEFENCES =
  'pragma trusted_schema = off; pragma cell_size_check = on; pragma query_only = on; pragma mmap_size = 0'

/** Whether a file is one of SQLite. @throws {UnreadableSource} where it cannot be read. */
export function isSqliteFile(path: string): boolean {
  return headerOf(path).toString('latin1', 0, HEADER.length) === HEADER
}

/**
 * Opens a table of a file, for reading alone.
 * @throws {UnreadableSource} for a file that is none of SQLite or is damaged, and one without such a table.
 */
export function openSqliteTable(path: string, name: string): ForeignTable {
  if (!isSqliteFile(path)) throw new UnreadableSource(`${path} is no database of SQLite`)
  return explained(path, () => {
    const file = new DatabaseSync(addressOf(path), { readOnly: true, timeout: BUSY_MS, allowExtension: false })
    try {
      file.exec(DEFENCES)
      return tableOf(file, path, name)
    } catch (error) {
      file.close()
      throw error
    }
  })
}

/** The beginning of a file. */
function headerOf(path: string): Buffer {
  const header = Buffer.alloc(VERSION_AT + 1)
  try {
    const file = openSync(path, 'r')
    try {
      readSync(file, header, 0, header.length, 0)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    throw new UnreadableSource(`${path} cannot be read (${code})`)
  }
  return header
}

/**
 * The address of a file. One that has a write-ahead log by its header, but none beside it, nobody has open: read as what does not change,
 * it needs no files beside it, and its folder may be read-only.
 */
function addressOf(path: string): URL {
  const url = pathToFileURL(resolve(path))
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false })
  const isAtRest = headerOf(path)[VERSION_AT] === WAL_VERSION && (log === undefined || log.size === 0)
  if (isAtRest) url.searchParams.set('immutable', '1')
  return url
}

/** The table of this name, if it is one that holds rows of its own. */
function tableOf(file: DatabaseSync, path: string, name: string): ForeignTable {
  const tables = file
    .prepare('pragma main.table_list')
    .all()
    .filter(({ schema }) => schema === 'main')
  if (tables.some((table) => table['name'] === 'kysely_migration'))
    throw new UnreadableSource(`${path} is a database of this service; \`bienvenue db copy\` moves it`)
  const found = tables.find((table) => String(table['name']).toLowerCase() === name.toLowerCase())
  if (found === undefined) throw new UnreadableSource(`${path} has no table ${name}`)
  if (found['type'] !== 'table' || found['wr'] !== 0)
    throw new UnreadableSource(`${name} in ${path} is no plain table with rows by number`)
  const table = String(found['name'])
  const columns = file
    .prepare('select name from pragma_table_info(?)')
    .all(table)
    .map((row) => String(row['name'])) // without generated ones
  const number = ['rowid', '_rowid_', 'oid'].find((each) => !columns.some((column) => column.toLowerCase() === each))
  if (number === undefined) throw new UnreadableSource(`${name} in ${path} hides the numbers of its rows`)
  const total = Number(file.prepare(`select count(*) as total from ${quoted(table)}`).get()?.['total'] ?? 0)
  return {
    columns: new Set(columns),
    total,
    rows: (names) => rowsOf(file, path, { table, number, names }),
    close: async () => {
      file.close()
      return Promise.resolve()
    },
  }
}

/** What is read of a table. */
interface Reading {
  readonly table: string
  readonly number: string
  readonly names: readonly string[]
}

/** The rows by their numbers, a page at a time: whoever writes to the file meanwhile is not held up. */
function* rowsOf(file: DatabaseSync, path: string, { table, number, names }: Reading): Generator<ForeignRow> {
  const bounded = names.map((name, index) => `${boundedValue(quoted(name))} as value_${String(index)}`)
  const text = `select ${[`${number} as place`, ...bounded].join(', ')} from ${quoted(table)} where ${number} > ? order by ${number} limit ?`
  const page = explained(path, () => file.prepare(text))
  page.setReadBigInts(true)
  for (let after = FIRST; ;) {
    const from = after
    const rows = explained(path, () => page.all(from, PAGE))
    for (const row of rows) {
      const values = names.map((name, index) => [name, valueFrom(row[`value_${String(index)}`])] as const)
      yield { place: Number(row['place']), values: Object.fromEntries(values) }
    }
    const last = rows.at(-1)?.['place']
    if (typeof last !== 'bigint') return
    after = last
  }
}

/** A value, or where it is too long for one a text that says as much: SQLite knows the length without reading it. */
function boundedValue(column: string): string {
  return `case when octet_length(${column}) > ${String(LONGEST_BYTES)} then printf('%.*c', ${String(LONGEST_BYTES + 1)}, '?') else ${column} end`
}

/** A value, with numbers as such. */
function valueFrom(value: SQLOutputValue | undefined): unknown {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
}

/** A name as SQL quotes it. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Does something with a file; what goes wrong with it is said of it. */
function explained<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const outage = outageFrom(error)
    if (outage === error || !(outage instanceof Error)) throw error
    throw new UnreadableSource(`${path}: ${outage.message}`, { cause: error })
  }
}
