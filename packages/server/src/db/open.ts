/** From an address to a database and the keys that belong to it. */
import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { KeyRing, makeSecret } from '../crypto/token.ts'
import { isPostgres } from '../database-address.ts'
import { DatabaseUnavailable, SettingsError } from '../errors.ts'
import { openSqlite } from './dialects/sqlite.ts'
import type { PoolLimits } from './dialects/postgres-pool.ts'
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
}

const LIMITS: PoolLimits = { size: 10, connectSeconds: 5, statementSeconds: 10 }

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
export async function openEngine(url: string, { secrets = [], limits = LIMITS }: OpenOptions): Promise<Opened> {
  const [newest, ...older] = secrets
  const given = newest === undefined ? null : new KeyRing([newest, ...older])
  if (!isPostgres(url)) return openFile(pathFrom(url), given)
  if (given === null)
    throw new SettingsError('BIENVENUE_SECRET: is needed, for all services on one PostgreSQL share it.')
  const { openPostgres } = await import('./dialects/postgres.ts') // here, so that SQLite need not load the driver
  return { engine: openPostgres(url, limits), keys: given }
}

/** Opens a file of SQLite, with the keys that were given, or else those beside it. */
function openFile(path: string, given: KeyRing | null): Opened {
  const engine = openSqlite(path)
  try {
    return { engine, keys: given ?? keysBeside(path) }
  } catch (error) {
    void engine.close()
    throw error
  }
}

/** The whole path in an address, so that SQLite never reads it as a URI of its own. */
function pathFrom(url: string): string {
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
  const path = `${databasePath}.secret`
  try {
    if (!existsSync(path)) writeOnce(path, makeSecret())
    const secret = readFileSync(path, 'utf8').trim()
    if (secret.length >= 43) return secret
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    const what = `the secret beside the database, ${path}, cannot be made or read (${code})`
    throw new DatabaseUnavailable(what, { cause: error })
  }
  throw new DatabaseUnavailable(
    `the secret beside the database, ${path}, is damaged; restore it, or remove it to end all sessions and make another`,
  )
}

/** Writes a file unless someone else was first, so that nobody ever reads half of it. */
function writeOnce(path: string, content: string): void {
  const draft = `${path}.${randomUUID()}`
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, `${content}\n`)
    fsyncSync(file)
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    closeSync(file)
    unlinkSync(draft)
  }
}
