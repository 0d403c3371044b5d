/** The two ends of a move: from an address to a database that is read whole, or to an empty one that is filled. */
import { existsSync } from 'node:fs'
import type { Kysely } from 'kysely'
import { isPostgres } from '../database-address.ts'
import { DatabaseUnavailable, SettingsError } from '../errors.ts'
import { countRows } from './copy-rows.ts'
import { clearDraft, openSqliteDraft, openSqliteSnapshot } from './dialects/sqlite-house.ts'
import { openSqlite } from './dialects/sqlite.ts'
import type { Engine } from './engine.ts'
import { BESIDE } from './files.ts'
import type { Draft, Snapshot } from './house.ts'
import { findMissingMigrations, migrate } from './migrate.ts'
import { LIMITS, sqlitePath } from './open.ts'
import type { Schema } from './schema.ts'

/** Opens a database to read it as it is now. @throws {SettingsError} for an address of no known kind. */
export async function openSnapshot(url: string): Promise<Snapshot> {
  if (!isPostgres(url)) return openSqliteSnapshot(sqlitePath(url))
  const { openPostgresSnapshot } = await import('./dialects/postgres-house.ts')
  return openPostgresSnapshot(url)
}

/**
 * The same for a database that is to be copied: it must be of this release.
 * @throws {SettingsError} for one of a newer release. @throws {DatabaseUnavailable} for one of an older one, or that is none of this service.
 */
export async function openSource(url: string): Promise<Snapshot> {
  const snapshot = await openSnapshot(url)
  try {
    const missing = await findMissingMigrations(snapshot.kysely)
    if (missing?.length === 0) return snapshot
    throw new DatabaseUnavailable(
      missing === null
        ? 'nothing of this service is in the database that is to be copied: look whether --from, or else DATABASE_URL, names the right one'
        : `the database is of an older release: run \`bienvenue migrate\` on it first`,
    )
  } catch (error) {
    await snapshot.close()
    throw error
  }
}

/**
 * Makes the tables at this address, and opens them to be filled. There must be no row in them; of SQLite there must be no file.
 * @throws {SettingsError} for an address of no known kind. @throws {DatabaseUnavailable} where something is there, naming what.
 */
export async function openTarget(url: string): Promise<Draft> {
  return isPostgres(url) ? openServer(url) : openFile(sqlitePath(url))
}

/** A draft beside the file. */
async function openFile(path: string): Promise<Draft> {
  if (path === ':memory:') throw new SettingsError('DATABASE_URL: a database in memory would end with this command.')
  const there = ['', ...BESIDE].map((end) => `${path}${end}`).find((name) => existsSync(name))
  if (there !== undefined)
    throw new DatabaseUnavailable(
      `${there} is there already${await contentsOf(path)}; name a file with --to that is not there`,
    )
  const draft = `${path}.copying`
  clearDraft(draft)
  await migrated(openSqlite(draft))
  return openSqliteDraft(draft, path)
}

/** A transaction on the server. */
async function openServer(url: string): Promise<Draft> {
  const [{ openPostgres }, { openPostgresDraft }] = await Promise.all([
    import('./dialects/postgres.ts'),
    import('./dialects/postgres-house.ts'),
  ])
  const before = await openSnapshot(url)
  try {
    await refuseFilled(before.kysely) // before anything is done to it: it may be in use
  } finally {
    await before.close()
  }
  await migrated(openPostgres(url, LIMITS))
  const draft = await openPostgresDraft(url)
  try {
    await refuseFilled(draft.kysely) // once more: nobody else comes in from here on
    return draft
  } catch (error) {
    await draft.close()
    throw error
  }
}

/** Refuses a database in which something is. @throws {DatabaseUnavailable} naming it. @throws {SettingsError} for one of a newer release. */
async function refuseFilled(kysely: Kysely<Schema>): Promise<void> {
  const missing = await findMissingMigrations(kysely)
  if (missing === null) return
  const there = missing.length > 0 ? 'the tables of an older release' : holdings(await countRows(kysely))
  if (there !== null)
    throw new DatabaseUnavailable(`the database is not empty: it holds ${there}; name an empty one with --to`)
}

/** Makes the tables. */
async function migrated(engine: Engine): Promise<void> {
  try {
    await migrate(engine)
  } finally {
    await engine.close()
  }
}

/** What is in a file that is there, as far as it is one of ours. */
async function contentsOf(path: string): Promise<string> {
  try {
    const snapshot = openSqliteSnapshot(path)
    try {
      return `, and holds ${holdings(await countRows(snapshot.kysely)) ?? 'a database without rows'}`
    } finally {
      await snapshot.close()
    }
  } catch {
    return '' // none of ours, or none at all: it is there, and that is enough
  }
}

/** How many rows are where, in words; null where there are none. */
function holdings(counts: ReadonlyMap<string, number>): string | null {
  const words = [...counts].filter(([, count]) => count > 0).map(([name, count]) => `${name} (${String(count)})`)
  return words.length === 0 ? null : words.join(', ')
}
