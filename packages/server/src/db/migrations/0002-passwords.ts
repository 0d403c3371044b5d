/** Password hashes, apart from people, so that what describes a person holds no secret. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Makes the table `passwords`. */
export const passwords: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('passwords')
      .addColumn('user_id', 'bigint', (column) => column.primaryKey().references('users.id').onDelete('cascade'))
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('set_at', 'bigint', (column) => column.notNull())
      .execute()
  },
}
