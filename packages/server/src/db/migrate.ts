/** Brings a database to the state that this code expects: all or nothing, and never backwards. */
import { Migrator } from 'kysely/migration'
import { SettingsError } from '../errors.ts'
import type { Engine } from './engine.ts'
import { migrationsFor } from './migrations/index.ts'

/**
 * Runs what has not run yet, in one transaction, and resolves to the names of what ran.
 * @throws {SettingsError} when the database was made by a newer release: nobody knows what it holds.
 */
export async function migrate(engine: Engine): Promise<readonly string[]> {
  const migrations = migrationsFor(engine)
  const migrator = new Migrator({
    db: engine.kysely,
    provider: { getMigrations: async () => Promise.resolve(migrations) },
  })
  await refuseNewer(engine, Object.keys(migrations))
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error !== undefined) throw error instanceof Error ? error : new Error('the migration failed', { cause: error })
  return results.map(({ migrationName }) => migrationName)
}

/** Stops at a database that knows migrations that we do not. */
async function refuseNewer({ kysely }: Engine, ours: readonly string[]): Promise<void> {
  const tables = await kysely.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === 'kysely_migration')) return
  const journal = kysely.$extendTables<{ kysely_migration: { name: string } }>()
  const done = await journal.selectFrom('kysely_migration').select('name').orderBy('name', 'desc').execute()
  const newer = done.find(({ name }) => !ours.includes(name))
  if (newer === undefined) return
  throw new SettingsError(
    `DATABASE_URL: the database was made by a newer release (it knows ${newer.name}); run that release, or restore a backup from before it.`,
  )
}
