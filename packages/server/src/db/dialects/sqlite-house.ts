/** Moving house with SQLite: a file read as it is at one moment, and a draft beside the file that it will be. */
import { existsSync, realpathSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { DatabaseUnavailable } from '../../errors.ts'
import { handOver, publishFile } from '../../files.ts'
import { kindOf, removeDatabase } from '../files.ts'
import type { Draft, Row, Snapshot } from '../house.ts'
import type { Schema } from '../schema.ts'
import type { Table } from '../tables.ts'
import { damageIn, strangersIn } from './sqlite-alone.ts'
import { NodeSqliteDialect, SqliteFile } from './sqlite.ts'
import { isBusy, translated } from './sqlite-outages.ts'

const BUSY_MS = 5000
const ROWS_AT_ONCE = 50
const CACHE_KIB = 65_536
const GREATEST = Number.MAX_SAFE_INTEGER - 1 // a greater number could not be read as it is

/** What is made once the rows are there: an index that grows row by row, in no order, is written again and again. */
interface Index {
  readonly name: string
  readonly sql: string
}

/** Opens a file that is there, to be read as it is now. It is not written to. @throws {DatabaseUnavailable} where it cannot be read. */
export function openSqliteSnapshot(path: string): Snapshot {
  if (!existsSync(path)) throw new DatabaseUnavailable(`there is no database ${path}`)
  return translated(() => {
    const isInUse = isHeldByOthers(realpathSync(path)) // SQLite keeps its log beside what a link leads to
    const file = new DatabaseSync(path, { timeout: BUSY_MS })
    try {
      file.exec('pragma query_only = on')
      file.exec('begin')
      file.prepare('select name from sqlite_schema limit 1').get() // what is read from here on is of this moment
    } catch (error) {
      file.close()
      throw error
    }
    const findDamage = async (): Promise<readonly string[]> => Promise.resolve(translated(() => damageIn(file)))
    const findStrangers = async (): Promise<readonly string[]> => Promise.resolve(translated(() => strangersIn(file)))
    return { ...reading(file), findDamage, findStrangers, isInUse, close: async () => closed(file) }
  }, path)
}

/** Whether others have a file open. Whoever closes it last takes its log away, also one that a program left that was killed. */
function isHeldByOthers(path: string): boolean {
  if (!existsSync(`${path}-wal`)) return false
  const file = new DatabaseSync(path, { timeout: BUSY_MS })
  try {
    file.prepare('select name from sqlite_schema limit 1').get()
  } finally {
    file.close()
  }
  return existsSync(`${path}-wal`)
}

/** Opens the draft of a file: a database that has its tables, and no rows. Nobody else can open it from now on. */
export function openSqliteDraft(draft: string, path: string): Draft {
  return translated(() => {
    const file = new DatabaseSync(draft, { timeout: BUSY_MS, enableForeignKeyConstraints: false })
    file.exec('pragma locking_mode = exclusive')
    for (const mode of ['delete', 'off']) file.exec(`pragma journal_mode = ${mode}`) // a draft that is cut off is thrown away
    file.exec('pragma synchronous = off')
    file.exec(`pragma cache_size = -${String(CACHE_KIB)}`)
    file.exec('begin exclusive')
    const indexes = takeIndexes(file)
    return {
      ...reading(file),
      add: adding(file),
      finish: async (nextIds) => {
        translated(() => {
          finish(file, indexes, nextIds)
        })
        return Promise.resolve()
      },
      publish: async () => {
        translated(() => {
          file.exec('commit')
          file.close()
          handOver(draft, path)
          publishFile(draft, path)
        })
        return Promise.resolve()
      },
      close: async () => {
        await closed(file)
        removeDatabase(draft)
      },
    }
  })
}

/**
 * Removes what a copy that was cut off has left.
 * @throws {DatabaseUnavailable} where another is at work on it, or it is something else than the beginning of a database.
 */
export function clearDraft(draft: string): void {
  const kind = translated(() => kindOf(draft), draft)
  if (kind === null) return
  if (kind === 'other') throw new DatabaseUnavailable(`${draft} is there, and is no draft: move it away, and try again`)
  let file: DatabaseSync | null = null
  try {
    file = new DatabaseSync(draft, { timeout: 0 })
    const opened = file
    translated(() => {
      opened.exec('begin exclusive')
    })
  } catch (error) {
    if (isBusy(error)) throw new DatabaseUnavailable(`another command is at work on ${draft}`, { cause: error })
  } finally {
    file?.close()
  }
  removeDatabase(draft)
}

/** Closes a file, unless it is closed already. */
async function closed(file: DatabaseSync): Promise<void> {
  if (file.isOpen) file.close()
  return Promise.resolve()
}

/** What both ends can do. */
function reading(file: DatabaseSync): Pick<Snapshot, 'kysely' | 'rows' | 'nextIds'> {
  const prepared = new Map<string, StatementSync>()
  return {
    kysely: new Kysely<Schema>({ dialect: new NodeSqliteDialect(new SqliteFile(file)) }),
    rows: async ({ sql, parameters }) => {
      const statement = prepared.get(sql) ?? file.prepare(sql)
      prepared.set(sql, statement)
      statement.setReturnArrays(true)
      return Promise.resolve(translated(() => statement.all(...(parameters as SQLInputValue[])) as unknown as Row[]))
    },
    nextIds: async () => {
      const rows = file.prepare(`select name, min(seq, ${String(GREATEST)}) as seq from sqlite_sequence`).all()
      return Promise.resolve(new Map(rows.map(({ name, seq }) => [String(name), Number(seq) + 1])))
    },
  }
}

/** Takes the indexes away. Those of keys and of what is there only once stay. */
function takeIndexes(file: DatabaseSync): readonly Index[] {
  const query = "select name, sql from sqlite_schema where type = 'index' and sql is not null"
  const indexes = file.prepare(query).all() as unknown as readonly Index[]
  for (const { name } of indexes) file.exec(`drop index "${name}"`)
  return indexes
}

/** Adds rows: many by one statement, and one by one those that are left over. */
function adding(file: DatabaseSync): Draft['add'] {
  const prepared = new Map<Table, { readonly many: StatementSync; readonly one: StatementSync }>()
  return async (table, rows) => {
    const { many, one } = prepared.get(table) ?? {
      many: file.prepare(insertion(table, ROWS_AT_ONCE)),
      one: file.prepare(insertion(table, 1)),
    }
    prepared.set(table, { many, one })
    const whole = rows.length - (rows.length % ROWS_AT_ONCE)
    translated(() => {
      for (let start = 0; start < whole; start += ROWS_AT_ONCE)
        many.run(...(rows.slice(start, start + ROWS_AT_ONCE).flat() as SQLInputValue[]))
      for (const row of rows.slice(whole)) one.run(...(row as SQLInputValue[]))
    })
    return Promise.resolve()
  }
}

/** The statement that adds so many rows. */
function insertion({ name, columns }: Table, count: number): string {
  const row = `(${columns.map(() => '?').join(', ')})`
  const names = columns.map((column) => `"${column}"`).join(', ')
  return `insert into "${name}" (${names}) values ${Array.from({ length: count }, () => row).join(', ')}`
}

/** Makes what is made at the end. */
function finish(file: DatabaseSync, indexes: readonly Index[], nextIds: ReadonlyMap<string, number>): void {
  for (const { sql } of indexes) file.exec(sql)
  const [missing] = file.prepare('pragma foreign_key_check').all()
  if (missing !== undefined)
    throw new DatabaseUnavailable(`a row of ${String(missing['table'])} belongs to a person who is not there`)
  file.exec('delete from sqlite_sequence')
  const insert = file.prepare('insert into sqlite_sequence (name, seq) values (?, ?)')
  for (const [name, next] of nextIds) if (next > 1) insert.run(name, next - 1)
}
