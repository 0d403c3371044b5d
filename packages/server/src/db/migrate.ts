/** Brings a database to the state that this code expects: all or nothing, and never backwards. */
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { DatabaseUnavailable, SettingsError } from '../errors.ts'
import type { Engine } from './engine.ts'
import { migrationsFor } from './migrations/index.ts'
import type { Schema } from './schema.ts'
import { TABLES } from './tables.ts'

/** The migrations that a database knows, the latest first; null where it has never had any. */
type Journal = readonly string[] | null

const NAMES: ReadonlySet<string> = new Set(TABLES.map(({ name }) => name))
/** Where PostgreSQL makes tables. */
const CURRENT_SCHEMA = sql<{ readonly name: string | null }>`select current_schema() as name`
const OWN_DATABASE =
  'give this service an empty database of its own; `bienvenue import` brings people from another program'

/**
 * Runs what has not run yet, in one transaction, and resolves to the names of what ran. Of several services that start together one does.
 * @throws {SettingsError} when the database was made by a newer release, as nobody knows what it holds, or by another program.
 * @throws {DatabaseUnavailable} when it must be in use already, and is not.
 */
export async function migrate(engine: Engine, mustExist = false): Promise<readonly string[]> {
  const migrations = migrationsFor(engine)
  const ours = Object.keys(migrations)
  const done = await journalOf(engine.kysely)
  if (done === null && mustExist)
    throw new DatabaseUnavailable(
      'DATABASE_URL: nothing of this service is in the database; `bienvenue serve` and `bienvenue migrate` put it there',
    )
  refuseNewer(done, ours)
  if (ours.every((name) => done?.includes(name))) return []
  return engine.changeTables(async (db) => {
    const known = await journalOf(db)
    refuseNewer(known, ours) // once more: it may have come to be while we waited
    if (known === null || known.length === 0) await refuseTaken(db)
    const migrator = new Migrator({ db, provider: { getMigrations: async () => Promise.resolve(migrations) } })
    const { error, results = [] } = await migrator.migrateToLatest()
    if (error !== undefined) throw error instanceof Error ? error : new Error('the migration failed', { cause: error })
    return results.map(({ migrationName }) => migrationName)
  })
}

/**
 * The migrations that a database still waits for; null where nothing of this service is in it.
 * @throws {SettingsError} when it was made by a newer release, or by another program.
 */
export async function findMissingMigrations(kysely: Kysely<Schema>): Promise<readonly string[] | null> {
  const ours = Object.keys(migrationsFor({ addId: (table) => table }))
  const done = await journalOf(kysely)
  refuseNewer(done, ours)
  return done === null ? null : ours.filter((name) => !done.includes(name))
}

/** Reads what the database knows. */
async function journalOf(kysely: Kysely<Schema>): Promise<Journal> {
  const tables = await kysely.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === 'kysely_migration')) return null
  const journal = kysely.$extendTables<{ kysely_migration: { name: string } }>()
  const done = await journal.selectFrom('kysely_migration').select('name').orderBy('name', 'desc').execute()
  return done.map(({ name }) => name)
}

/** Stops at a database that has tables of another program where ours would be: before there is anything of ours in it. */
async function refuseTaken(kysely: Kysely<Schema>): Promise<void> {
  const tables = await kysely.introspection.getTables()
  const hasSchemas = tables.some(({ schema }) => schema !== undefined)
  const place = hasSchemas ? (await CURRENT_SCHEMA.execute(kysely)).rows[0]?.name : undefined
  const taken = tables.filter(({ name, schema }) => schema === place && NAMES.has(name)).map(({ name }) => name)
  if (taken.length === 0) return
  throw new SettingsError(
    `DATABASE_URL: another program has tables in the database that are called as ours (${taken.join(', ')}); ${OWN_DATABASE}`,
  )
}

/** Stops at a database that knows migrations that we do not. */
function refuseNewer(done: Journal, ours: readonly string[]): void {
  const newer = done?.find((name) => !ours.includes(name))
  if (newer === undefined) return
  if (!ours.slice(0, 1).every((name) => done?.includes(name)))
    throw new SettingsError(
      `DATABASE_URL: the database is that of another program (it knows ${newer}, and nothing of this service); ${OWN_DATABASE}`,
    )
  throw new SettingsError(
    `DATABASE_URL: the database was made by a newer release (it knows ${newer}); run that release, or restore a backup from before it.`,
  )
}
