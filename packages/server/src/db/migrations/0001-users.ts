/** People: the email as written, its canonical form, and when it was verified. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../engine.ts'

/** Makes the table `users`. */
export const users = (addId: Engine['addId']): Migration => ({
  async up(db: Kysely<unknown>): Promise<void> {
    await addId(db.schema.createTable('users'))
      .addColumn('email', 'text', (column) => column.notNull())
      .addColumn('email_key', 'text', (column) => column.notNull().unique())
      .addColumn('email_verified_at', 'bigint')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute()
  },
})
