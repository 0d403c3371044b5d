/** From an address to a database and the keys that belong to it. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { KeyRing, makeSecret } from '../crypto/token.ts'
import { isPostgres } from '../database-address.ts'
import { DatabaseUnavailable, SettingsError } from '../errors.ts'
import { writeOnce } from '../files.ts'
import { openSqlite } from './dialects/sqlite.ts'
import type { PoolLimits } from './dialects/postgres-pool.ts'
import type { OnTrouble } from './dialects/sqlite-checkpoints.ts'
import type { Engine } from './engine.ts'

/** What the storage gets from outside. */
export interface OpenOptions {
  /** The secrets of the service, newest first. Without any, SQLite keeps one of its own beside the file. */
  readonly secrets?: readonly string[]
  /** The clock, for tests that move it. */
  readonly now?: () => Date
  /** How much of PostgreSQL one service takes; ten connections if left out. */
  readonly limits?: PoolLimits
  /** Whether the database must be in use already: for whoever looks into one, a new empty one would be a wrong answer. */
  readonly mustExist?: boolean
  /** Who hears of what goes wrong with the file where no request waits for it; nobody if left out. */
  readonly onTrouble?: OnTrouble
}

/** How much of PostgreSQL is taken where nobody says otherwise. */
export const LIMITS: PoolLimits = { size: 10, connectSeconds: 5, statementSeconds: 10 }

/** An open database, and the keys that belong to it. */
export interface Opened {
  readonly engine: Engine
  readonly keys: KeyRing
}

/**
 * Opens the database at this address, with its keys.
 * @throws {SettingsError} for an address of no known kind, and for PostgreSQL without a secret.
 * @throws {DatabaseUnavailable} when it cannot be opened.
 */
export async function openEngine(url: string, options: OpenOptions): Promise<Opened> {
  const { secrets = [], limits = LIMITS, onTrouble } = options
  const [newest, ...older] = secrets
  const given = newest === undefined ? null : new KeyRing([newest, ...older])
  if (!isPostgres(url)) return openFile(sqlitePath(url), given, onTrouble)
  if (given === null)
    throw new SettingsError('BIENVENUE_SECRET: is needed, for all services on one PostgreSQL share it.')
  const { openPostgres } = await import('./dialects/postgres.ts') // here, so that SQLite need not load the driver
  return { engine: openPostgres(url, limits), keys: given }
}

/** Opens a file of SQLite, with the keys that were given, or else those beside it. */
function openFile(path: string, given: KeyRing | null, onTrouble?: OnTrouble): Opened {
  const engine = openSqlite(path, onTrouble)
  try {
    return { engine, keys: given ?? keysBeside(path) }
  } catch (error) {
    void engine.close()
    throw error
  }
}

/** The whole path in an address, so that SQLite never reads it as a URI of its own. @throws {SettingsError} where it holds none. */
export function sqlitePath(url: string): string {
  const path = /^sqlite:(?<path>.*\S.*)$/s.exec(url)?.groups?.['path']
  if (path === undefined || /^(?:file:|\/\/)|\0/.test(path)) throw new SettingsError(refusal())
  return path === ':memory:' ? path : resolve(path)
}

/** Why an address cannot be used. It is not repeated: it may hold a password. */
function refusal(): string {
  const path = 'sqlite:PATH, such as sqlite:bienvenue.db or sqlite:/var/lib/bienvenue/bienvenue.db'
  return `DATABASE_URL: must be ${path}, or postgres://USER:PASSWORD@HOST:5432/DATABASE.`
}

/** The keys from the secret that is kept beside a file. A database in memory has keys that end with it. */
function keysBeside(path: string): KeyRing {
  return new KeyRing([path === ':memory:' ? makeSecret() : secretBeside(path)])
}

/** The secret beside the file, made at the first start: readable by its owner alone, whole or not at all, and one for all who start at once. */
function secretBeside(databasePath: string): string {
  return findSecretBeside(databasePath) ?? madeBeside(databasePath)
}

/** The file of the secret that is kept beside a database. */
export function secretFileOf(databasePath: string): string {
  return `${databasePath}.secret`
}

/** The secret beside a file, or null where there is none. @throws {DatabaseUnavailable} where it cannot be read, or is damaged. */
export function findSecretBeside(databasePath: string): string | null {
  const path = secretFileOf(databasePath)
  const secret = onSecret(path, () => (existsSync(path) ? readFileSync(path, 'utf8').trim() : null))
  if (secret === null || secret.length >= 43) return secret
  throw new DatabaseUnavailable(
    `the secret beside the database, ${path}, is damaged; restore it, or remove it to end all sessions and make another`,
  )
}

/** A fresh secret beside a file, or the one that somebody else was first to make. */
function madeBeside(databasePath: string): string {
  const path = secretFileOf(databasePath)
  onSecret(path, () => {
    writeOnce(path, makeSecret())
  })
  return findSecretBeside(databasePath) ?? secretBeside(databasePath)
}

/** Does something with the file of a secret; what fails is an outage in plain words. */
function onSecret<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    const what = `the secret beside the database, ${path}, cannot be made or read (${code})`
    throw new DatabaseUnavailable(what, { cause: error })
  }
}
