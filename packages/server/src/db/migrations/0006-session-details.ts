/** By what people recognise their sessions: a device in a few fixed words, and roughly where it was. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Adds the details to the table `sessions`. */
export const sessionDetails: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const name of ['device', 'place']) {
      await db.schema
        .alterTable('sessions')
        .addColumn(name, 'text', (column) => column.notNull().defaultTo(`an unknown ${name}`))
        .execute()
    }
  },
}
