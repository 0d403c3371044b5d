/** Letters that wait to be sent, and those that were given up. No row holds a token: the sender makes it. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Makes the table `outbox`. */
export const outbox: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('outbox')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('user_id', 'bigint', (column) => column.references('users.id').onDelete('cascade'))
      .addColumn('email', 'text', (column) => column.notNull())
      .addColumn('email_key', 'text', (column) => column.notNull())
      .addColumn('domain', 'text', (column) => column.notNull())
      .addColumn('facts', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('due_at', 'bigint', (column) => column.notNull())
      .addColumn('claimed_until', 'bigint', (column) => column.notNull())
      .addColumn('tries', 'integer', (column) => column.notNull())
      .addColumn('given_up_at', 'bigint')
      .addColumn('reason', 'text')
      .execute()
    for (const name of ['email_key', 'user_id'])
      await db.schema.createIndex(`outbox_${name}`).on('outbox').column(name).execute()
    await db.schema
      .createIndex('outbox_waiting')
      .on('outbox')
      .columns(['tries', 'due_at'])
      .where('given_up_at' as never, 'is', null) // what was given up is in nobody's way
      .execute()
  },
}
