/** Brings a database to the state that this code expects: all or nothing, and never backwards. */
import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { DatabaseUnavailable, SettingsError } from '../errors.ts'
import type { Engine } from './engine.ts'
import { migrationsFor } from './migrations/index.ts'
import type { Schema } from './schema.ts'

/** The migrations that a database knows, the latest first; null where it has never had any. */
type Journal = readonly string[] | null

/**
 * Runs what has not run yet, in one transaction, and resolves to the names of what ran. Of several services that start together one does.
 * @throws {SettingsError} when the database was made by a newer release: nobody knows what it holds.
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
    refuseNewer(await journalOf(db), ours) // once more: it may have come to be while we waited
    const migrator = new Migrator({ db, provider: { getMigrations: async () => Promise.resolve(migrations) } })
    const { error, results = [] } = await migrator.migrateToLatest()
    if (error !== undefined) throw error instanceof Error ? error : new Error('the migration failed', { cause: error })
    return results.map(({ migrationName }) => migrationName)
  })
}

/**
 * The migrations that a database still waits for; null where nothing of this service is in it.
 * @throws {SettingsError} when it was made by a newer release.
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

/** Stops at a database that knows migrations that we do not. */
function refuseNewer(done: Journal, ours: readonly string[]): void {
  const newer = done?.find((name) => !ours.includes(name))
  if (newer === undefined) return
  throw new SettingsError(
    `DATABASE_URL: the database was made by a newer release (it knows ${newer}); run that release, or restore a backup from before it.`,
  )
}
