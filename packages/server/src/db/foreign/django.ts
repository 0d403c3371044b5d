/** A database of Django. */
import { DJANGO_COLUMNS, djangoRecord } from '../../moving/django.ts'
import type { ImportSource } from '../../moving/record.ts'
import { openForeignTable } from './open.ts'
import { ForeignSource } from './source.ts'

/**
 * The accounts in a table of Django, in a file of SQLite or in PostgreSQL.
 * @throws {UnreadableSource} where it is no such table. @throws {DatabaseUnavailable} when PostgreSQL cannot be reached.
 */
export async function openDjango(address: string, table: string): Promise<ImportSource> {
  const needed = ['email', 'password']
  const shape = { form: 'django', columns: DJANGO_COLUMNS, needed, recordFrom: djangoRecord }
  return new ForeignSource(await openForeignTable(address, table, needed), shape)
}
