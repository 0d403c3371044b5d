/** In which language a person is written to. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Adds the language to the table `users`. */
export const languages: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('users').addColumn('language', 'text').execute()
  },
}
