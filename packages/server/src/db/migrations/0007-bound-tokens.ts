/** One-time tokens that are bound to an address, with or without a person. Those from before are not: they end here, an hour early at the most. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Makes the table `tokens` anew. */
export const boundTokens: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.dropTable('tokens').execute()
    await db.schema
      .createTable('tokens')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('purpose', 'text', (column) => column.notNull())
      .addColumn('mac', 'text', (column) => column.notNull())
      .addColumn('key_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'bigint', (column) => column.references('users.id').onDelete('cascade'))
      .addColumn('email_key', 'text', (column) => column.notNull())
      .addColumn('new_email', 'text')
      .addColumn('mailed_at', 'bigint')
      .addColumn('sent_at', 'bigint')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute()
    for (const name of ['user_id', 'email_key', 'expires_at'])
      await db.schema.createIndex(`tokens_${name}`).on('tokens').column(name).execute()
  },
}
