/** Registrations whose email is not verified yet: rows of their own, several for one address, none of them an account. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Makes the table `pendings`. */
export const pendings: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('pendings')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('email', 'text', (column) => column.notNull())
      .addColumn('email_key', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('pendings_email_key').on('pendings').columns(['email_key', 'created_at']).execute()
    await db.schema.createIndex('pendings_expires_at').on('pendings').column('expires_at').execute()
  },
}
