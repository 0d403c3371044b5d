/** Single files of SQLite: copied while others write, checked, and held so that nobody else has them open. */
import { closeSync, openSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { DatabaseUnavailable } from '../../errors.ts'
import type { Schema } from '../schema.ts'
import { TABLES } from '../tables.ts'
import { NodeSqliteDialect, SqliteFile } from './sqlite.ts'
import { isBusy, outageFrom, translated } from './sqlite-outages.ts'

const BUSY_MS = 5000
const PAGES_AT_ONCE = 1000
const MOST_FINDINGS = 20
const OF_READING: ReadonlySet<number> = new Set([5, 11, 26]) // locked, damaged, not a database
/** The tables of this service, and those in which its migrations are noted. */
const OURS: ReadonlySet<string> = new Set([
  ...TABLES.map(({ name }) => name),
  ...['kysely_migration', 'kysely_migration_lock'],
])

/**
 * Copies a database, as it is now, into a new file that its owner alone can read. Others may write meanwhile. `tell` hears which share is
 * done, from 0 to 1; where it throws, the copy ends. The new file is complete by itself: it is not in the mode that needs a log beside it.
 * @throws {DatabaseUnavailable} for what is wrong with the database, or with the copy, which is called `what`.
 */
export async function copyLiveFile(
  path: string,
  { copy, what }: { readonly copy: string; readonly what: string },
  tell: (share: number) => void,
): Promise<void> {
  const source = translated(() => new DatabaseSync(path, { timeout: BUSY_MS }), path)
  try {
    translated(() => {
      source.exec('pragma query_only = on')
      source.exec('begin') // within a transaction the copy is of one moment, and does not begin anew at each write of others
      source.prepare('select name from sqlite_schema limit 1').get()
    }, path)
    translated(() => {
      closeSync(openSync(copy, 'wx', 0o600))
    }, what)
    await backup(source, copy, {
      rate: PAGES_AT_ONCE,
      progress: ({ totalPages, remainingPages }) => {
        tell(1 - remainingPages / totalPages)
      },
    })
    const made = translated(() => new DatabaseSync(copy), what)
    try {
      translated(() => {
        made.exec('pragma journal_mode = delete')
      }, what)
    } finally {
      made.close()
    }
  } catch (error) {
    throw outageFrom(error, isOfReading(error) ? path : what)
  } finally {
    source.close()
  }
}

/** Whether an error in the middle of a copy can only be of what is read. */
function isOfReading(error: unknown): boolean {
  return OF_READING.has(((error as { readonly errcode?: number }).errcode ?? 0) % 256)
}

/** What SQLite finds wrong with an open file; nothing where it is whole. */
export function damageIn(file: DatabaseSync): readonly string[] {
  const rows = file.prepare(`pragma integrity_check(${String(MOST_FINDINGS)})`).all()
  return rows.map((row) => String(Object.values(row)[0])).filter((text) => text !== 'ok')
}

/** What is in an open file and was not put there by this service: triggers and views, of which we have none, and tables. */
export function strangersIn(file: DatabaseSync): readonly string[] {
  const rows = file.prepare('select type, name, sql from sqlite_schema order by type, name').all()
  return rows.filter((row) => !isOurs(row)).map(({ type, name }) => `${String(type)} ${String(name)}`)
}

/** Whether a part of a schema is one of ours: a plain table by its name, or an index. */
function isOurs({ type, name, sql }: Readonly<Record<string, unknown>>): boolean {
  const isNamed = OURS.has(String(name)) || String(name).startsWith('sqlite_')
  return type === 'index' || (type === 'table' && isNamed && /^create table\b/i.test(String(sql)))
}

/** What SQLite finds wrong with a file that nobody else uses. @throws {DatabaseUnavailable} for `what` where it is no database. */
export function findDamage(path: string, what?: string): readonly string[] {
  return onFile(path, damageIn, what)
}

/** What is in a file that nobody else uses, and was not put there by this service. */
export function findStrangers(path: string): readonly string[] {
  return onFile(path, strangersIn)
}

/** Does something with a file that is opened for that alone. */
function onFile<T>(path: string, work: (file: DatabaseSync) => T, what?: string): T {
  return translated(() => {
    const file = new DatabaseSync(path)
    try {
      return work(file)
    } finally {
      file.close()
    }
  }, what)
}

/** Lets somebody look into a file that nobody else uses. */
export async function lookInto<T>(path: string, look: (kysely: Kysely<Schema>) => Promise<T>): Promise<T> {
  const file = translated(() => new DatabaseSync(path))
  try {
    file.exec('pragma query_only = on')
    return await look(new Kysely<Schema>({ dialect: new NodeSqliteDialect(new SqliteFile(file)) }))
  } finally {
    file.close()
  }
}

/**
 * Holds a file so that nobody else can use it, and resolves to what lets go of it again. Each program that has a file open in the mode of a
 * service, idle or not, holds a lock that keeps others from leaving that mode. What was in the log is then in the file, and the log is gone.
 * @throws {DatabaseUnavailable} where somebody has it open, or where it is damaged, so that nobody can tell.
 */
export function holdAlone(path: string): () => void {
  const file = translated(() => new DatabaseSync(path, { timeout: 0 }))
  try {
    translated(() => {
      file.exec('pragma locking_mode = exclusive')
      file.exec('pragma journal_mode = delete')
      file.exec('begin exclusive')
    })
  } catch (error) {
    file.close()
    if (isBusy(error))
      throw new DatabaseUnavailable(`a service, or another program, has ${path} open: stop it, and try again`, {
        cause: error,
      })
    throw new DatabaseUnavailable(
      `${path} is damaged, so nobody can tell who uses it: stop the service, move it away`,
      {
        cause: error,
      },
    )
  }
  return () => {
    file.close()
  }
}
