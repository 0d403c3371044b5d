/** Counters: how often something happened in a stretch of time. What is counted is named by a keyed hash, so no address lies about. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Makes the table `limits`. */
export const limits: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('limits')
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('window_start', 'bigint', (column) => column.notNull())
      .addColumn('hits', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('limits_pk', ['key', 'window_start'])
      .execute()
    await db.schema.createIndex('limits_window_start').on('limits').column('window_start').execute()
  },
}
