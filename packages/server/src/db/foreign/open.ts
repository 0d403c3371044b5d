/** Opens a table of somebody else's database by the database's address. */
import { isPostgres } from '../../database-address.ts'
import { openSqliteTable } from '../dialects/sqlite-foreign.ts'
import type { ForeignTable, Wanted } from './table.ts'

/**
 * A table of PostgreSQL, or of a file of SQLite; `like` are columns of such tables, where the operator can name another.
 * @throws {UnreadableSource} where it is no such table. @throws {DatabaseUnavailable} when PostgreSQL cannot be reached.
 */
export async function openForeignTable(
  address: string,
  name: string,
  like: Wanted['like'] = null,
): Promise<ForeignTable> {
  if (!isPostgres(address)) return openSqliteTable(address, { name, like })
  const { openPostgresTable } = await import('../dialects/postgres-foreign.ts') // here, so that SQLite need not load the driver
  return openPostgresTable(address, { name, like })
}
