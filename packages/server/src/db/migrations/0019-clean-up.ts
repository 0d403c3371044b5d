/** What clearing away needs in large tables: an index for each question that it asks, and who is at it. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Makes the table `claims`, and indexes on letters that were given up and on failures by how many there were. */
export const cleanUp: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('claims')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('until_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createIndex('outbox_given_up_at')
      .on('outbox')
      .column('given_up_at')
      .where('given_up_at' as never, 'is not', null) // those that wait are not looked for by it
      .execute()
    await db.schema
      .createIndex('streaks_failures')
      .ifNotExists() // so that it can be made beforehand, where making it would hold others up: docs/operating.md
      .on('streaks')
      .columns(['failures', 'last_at'])
      .execute()
  },
}
