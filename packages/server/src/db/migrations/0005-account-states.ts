/** What an account may be beyond being there: disabled, an admin's, or on its way to being deleted. Each an instant, or null for no. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Adds the states to the table `users`. */
export const accountStates: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const column of ['disabled_at', 'admin_at', 'delete_at'])
      await db.schema.alterTable('users').addColumn(column, 'bigint').execute()
    await db.schema.createIndex('users_delete_at').on('users').column('delete_at').execute()
  },
}
