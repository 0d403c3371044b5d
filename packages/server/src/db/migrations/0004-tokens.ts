/** One-time tokens, each for one purpose and one person. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Makes the table `tokens`. */
export const tokens: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('tokens')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('purpose', 'text', (column) => column.notNull())
      .addColumn('mac', 'text', (column) => column.notNull())
      .addColumn('key_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'bigint', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('tokens_user_id').on('tokens').column('user_id').execute()
    await db.schema.createIndex('tokens_expires_at').on('tokens').column('expires_at').execute()
  },
}
