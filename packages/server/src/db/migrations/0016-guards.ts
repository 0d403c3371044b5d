/** What holds guessing and flooding off: failures in a row, and budgets that fill up again. What is counted is named by a keyed hash. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Makes the tables `streaks` and `budgets`. */
export const guards: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('streaks')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('failures', 'bigint', (column) => column.notNull())
      .addColumn('last_at', 'bigint', (column) => column.notNull())
      .addColumn('until_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('streaks_last_at').on('streaks').column('last_at').execute()
    await db.schema
      .createTable('budgets')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('whole_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('budgets_whole_at').on('budgets').column('whole_at').execute()
  },
}
