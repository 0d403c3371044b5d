/** The inbox for development: letters in the clear, where there is no mail server. Only classic writes here. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../engine.ts'

/** Makes the table `inbox`. */
export const inbox = (addId: Engine['addId']): Migration => ({
  async up(db: Kysely<unknown>): Promise<void> {
    await addId(db.schema.createTable('inbox'))
      .addColumn('recipient', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('html', 'text', (column) => column.notNull())
      .addColumn('sent_at', 'bigint', (column) => column.notNull())
      .execute()
  },
})
