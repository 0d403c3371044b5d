/** A table in an SQLite file that somebody else made, and may have made to harm us: it is read, and nothing in it is run. */
import { closeSync, existsSync, openSync, readSync, realpathSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { SQLOutputValue } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { UnreadableSource } from '../../moving/record.ts'
import { LONGEST_BYTES, noTable } from '../foreign/table.ts'
import type { ForeignRow, ForeignTable, Wanted } from '../foreign/table.ts'
import { outageFrom } from './sqlite-outages.ts'

const HEADER = 'SQLite format 3\0'
const WAL_VERSION = 2
const VERSION_AT = 18 // of the header: 2 where there is a write-ahead log
const BUSY_MS = 5000
const PAGE = 1000
const MOST_NAMED = 5
const LIKE = `select name from pragma_table_list as t where schema = 'main' and type = 'table' and not exists (
  select 1 from json_each(?) as c where c.value not in (select i.name from pragma_table_info(t.name) as i)) order by name limit ?`
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
export function openSqliteTable(path: string, wanted: Wanted): ForeignTable {
  if (!isSqliteFile(path)) throw new UnreadableSource(`${path} is no database of SQLite`)
  return explained(path, () => {
    const address = addressOf(path)
    const file = new DatabaseSync(address, { readOnly: true, timeout: BUSY_MS, allowExtension: false })
    try {
      file.exec(DEFENCES)
      return tableOf(file, { path, isAtRest: address.searchParams.has('immutable') }, wanted)
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
 * The address of a file. One that has a write-ahead log by its header, but neither that nor its index beside it, nobody has open: read as
 * what does not change, it needs no files beside it, and its folder may be read-only. An empty log is one that somebody goes on with.
 */
function addressOf(path: string): URL {
  const url = pathToFileURL(realpathSync(path))
  if (headerOf(path)[VERSION_AT] === WAL_VERSION && !isOpened(path)) url.searchParams.set('immutable', '1')
  return url
}

/** Whether a log or its index is beside a file, or beside what a link leads to, where SQLite keeps them. */
function isOpened(path: string): boolean {
  return ['-wal', '-shm'].some((end) => existsSync(`${realpathSync(path)}${end}`))
}

/** A file that is read, and whether as one that nobody has open, and that does not change. */
interface Source {
  readonly path: string
  readonly isAtRest: boolean
}

/** The table of this name, if it is one that holds rows of its own. */
function tableOf(file: DatabaseSync, source: Source, wanted: Wanted): ForeignTable {
  const [{ path }, { name }] = [source, wanted]
  const tables = file
    .prepare('pragma main.table_list')
    .all()
    .filter(({ schema }) => schema === 'main')
  if (tables.some((table) => table['name'] === 'kysely_migration'))
    throw new UnreadableSource(`${path} is a database of this service; \`bienvenue db copy\` moves it`)
  const found = tables.find((table) => String(table['name']).toLowerCase() === name.toLowerCase())
  if (found === undefined) throw noTable(path, wanted, tablesLike(file, wanted.like ?? []))
  if (found['type'] !== 'table' || found['wr'] !== 0)
    throw new UnreadableSource(`${name} in ${path} is no plain table with rows by number`)
  const table = String(found['name'])
  const all = file.prepare('select name, hidden from pragma_table_xinfo(?)').all(table)
  const taken = new Set(all.map((row) => String(row['name']).toLowerCase()))
  const columns = all.filter(({ hidden }) => hidden === 0).map((row) => String(row['name'])) // without generated ones, which would run
  const number = ['rowid', '_rowid_', 'oid'].find((each) => !taken.has(each))
  if (number === undefined) throw new UnreadableSource(`${name} in ${path} hides the numbers of its rows`)
  return {
    columns: new Set(columns),
    total: stateOf(file, table).total,
    rows: (names) => rowsOf(file, source, { table, number, names }),
    close: async () => {
      file.close()
      return Promise.resolve()
    },
  }
}

/** Tables that have all of these columns, a few of them. */
function tablesLike(file: DatabaseSync, columns: readonly string[]): readonly string[] {
  const rows = file.prepare(LIKE).all(JSON.stringify(columns), MOST_NAMED)
  return rows.map((row) => String(row['name']))
}

/** What is read of a table. */
interface Reading {
  readonly table: string
  readonly number: string
  readonly names: readonly string[]
}

/** The rows by their numbers, a page at a time: whoever writes to the file meanwhile is not held up. */
function* rowsOf(file: DatabaseSync, source: Source, { table, number, names }: Reading): Generator<ForeignRow> {
  const { path } = source
  const bounded = names.map((name, index) => `${boundedValue(quoted(name))} as value_${String(index)}`)
  const text = `select ${[`${number} as place`, ...bounded].join(', ')} from ${quoted(table)} where ${number} > ? order by ${number} limit ?`
  const page = explained(path, () => file.prepare(text))
  page.setReadBigInts(true)
  const before = explained(path, () => stateOf(file, table))
  for (let [after, count] = [FIRST, 0]; ;) {
    const from = after
    const rows = explained(path, () => page.all(from, PAGE))
    if (source.isAtRest && isOpened(path))
      throw new UnreadableSource(`${path}: a program has opened it meanwhile; import once more`)
    count += rows.length
    for (const row of rows) {
      const values = names.map((name, index) => [name, valueFrom(row[`value_${String(index)}`])] as const)
      yield { place: Number(row['place']), values: Object.fromEntries(values) }
    }
    const last = rows.at(-1)?.['place']
    if (typeof last !== 'bigint') {
      refuseLost(path, before, { ...explained(path, () => stateOf(file, table)), total: count })
      return
    }
    after = last
  }
}

/** How many rows a table has, and a number that becomes another when others write to the file. */
interface State {
  readonly version: unknown
  readonly total: number
}

/** The state of a table as it is now. */
function stateOf(file: DatabaseSync, table: string): State {
  const version = file.prepare('pragma data_version').get()?.['data_version']
  const counted = file.prepare(`select count(*) as total from ${quoted(table)}`).get()
  return { version, total: Number(counted?.['total'] ?? 0) }
}

/** Refuses a file of which fewer or more rows were read than it has, though nobody wrote to it: people would be lost without a word. */
function refuseLost(path: string, before: State, read: State): void {
  if (read.version !== before.version || read.total === before.total) return
  const words = `${String(read.total)} of ${String(before.total)} rows could be read`
  throw new UnreadableSource(`${path}: ${words}; the file is damaged, or was made to mislead`)
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
