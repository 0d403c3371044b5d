/** Opens a table of somebody else's database by the database's address. */
import { isPostgres } from '../../database-address.ts'
import { openSqliteTable } from '../dialects/sqlite-foreign.ts'
import type { ForeignTable } from './table.ts'

/**
 * A table of PostgreSQL, or of a file of SQLite.
 * @throws {UnreadableSource} where it is no such table. @throws {DatabaseUnavailable} when PostgreSQL cannot be reached.
 */
export async function openForeignTable(address: string, table: string): Promise<ForeignTable> {
  if (!isPostgres(address)) return openSqliteTable(address, table)
  const { openPostgresTable } = await import('../dialects/postgres-foreign.ts') // here, so that SQLite need not load the driver
  return openPostgresTable(address, table)
}
