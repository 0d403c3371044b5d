/** People see the latest events of each kind, so that a flood of one kind hides no other: each kind is found by itself. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Makes an index on the kinds of events of a person. */
export const auditKinds: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.createIndex('audit_user_event').on('audit').columns(['user_id', 'event', 'id']).execute()
  },
}
