/** Addresses of databases on the command line, and what is said of the keys of one. */
import { resolve } from 'node:path'
import { isPostgres } from '../database-address.ts'
import type { KeyUse } from '../db/key-use.ts'
import { sqlitePath } from '../db/open.ts'
import { DatabaseUnavailable, SettingsError } from '../errors.ts'
import { readSecrets } from '../settings-secrets.ts'
import type { Settings } from '../settings.ts'
import { holdsPassword, masked } from '../settings-words.ts'
import { UsageError } from './explain.ts'

/**
 * The address that an option names: as it is, or `env:NAME` for what a variable of the environment holds.
 * @throws {UsageError} for a password in it, which the process list would show, and for a variable that is not set.
 */
export function addressFrom(flag: string, given: string): string {
  const name = /^env:(.+)$/s.exec(given)?.[1]
  if (name !== undefined) {
    const value = process.env[name]
    if (value === undefined || value === '') throw new UsageError(`${flag}: there is no ${name} in the environment`)
    return value
  }
  if (!holdsPassword(given)) return given
  throw new UsageError(
    `${flag}: holds a password, which would show in the process list; put the address into the environment, and say ${flag} env:NAME`,
  )
}

/** An address as people may see it: without a password, and with the whole path of a file. */
export function shownAddress(url: string): string {
  return masked(url).replace(/^sqlite:(?!:)(.*)$/s, (_, path: string) => `sqlite:${resolve(path)}`)
}

/** Lets what is wrong with an address, or with the database there, bear the name of the option that it came from. */
export async function under<T>(flag: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DatabaseUnavailable)
      throw new DatabaseUnavailable(`${flag}: ${error.message}`, { cause: error })
    if (!(error instanceof SettingsError)) throw error
    throw new SettingsError(error.message.replace(/^DATABASE_URL:/, `${flag}:`))
  }
}

/** The secrets of the service that uses the database at an address, as they are set; none where it keeps its own. */
export function secretsFor(settings: Settings, url: string): readonly string[] {
  return readSecrets({ ...settings, database: { ...settings.database, url } })
}

/**
 * The file of SQLite at an address, for a part of the command that is for files alone.
 * @throws {UsageError} for PostgreSQL, naming the program that does the same there, and for a database in memory.
 */
export function fileAt(url: string, part: string, instead: string): string {
  if (isPostgres(url))
    throw new UsageError(`db ${part} is for SQLite; for PostgreSQL there is ${instead} (docs/moving-house.md)`)
  const path = sqlitePath(url)
  if (path === ':memory:') throw new UsageError(`db ${part} is for a file; this database is in memory`)
  return path
}

/** A key with what it guards, as words: `sessions 3, devices 1`. */
export function guardedBy({ rows }: KeyUse): string {
  return Object.entries(rows)
    .map(([table, count]) => `${table} ${String(count)}`)
    .join(', ')
}

/** A warning for each key whose secret is not known. */
export function keyWarnings(keys: readonly KeyUse[]): readonly string[] {
  return keys
    .filter(({ isKnown }) => !isKnown)
    .map(
      (key) =>
        `the secret of the key ${key.id} was not given, so what it guards counts no more (${guardedBy(key)}). If it is still in use, give both: BIENVENUE_SECRET=new,old`,
    )
}
