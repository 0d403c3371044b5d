/** Devices are found by their id alone too: a browser that gets a fresh token takes along everybody who knows it by the old one. */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Makes an index on the ids of devices. */
export const deviceIds: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.createIndex('devices_id').on('devices').column('id').execute()
  },
}
