/**
 * The record of what happened, the seals over it, and where it begins after older entries were let go. Entries name people by id
 * without a reference: what somebody did is kept for a while after they are gone.
 */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Engine } from '../engine.ts'

/** Makes the tables `audit`, `seals` and `checkpoints`. */
export const audit = (addId: Engine['addId']): Migration => ({
  async up(db: Kysely<unknown>): Promise<void> {
    await addId(db.schema.createTable('audit'))
      .addColumn('uid', 'text', (column) => column.notNull().unique())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('event', 'text', (column) => column.notNull())
      .addColumn('user_id', 'bigint')
      .addColumn('subject', 'text')
      .addColumn('source', 'text')
      .addColumn('device', 'text')
      .addColumn('agent', 'text')
      .addColumn('request_id', 'text')
      .addColumn('session_id', 'text')
      .addColumn('method', 'text')
      .addColumn('times', 'bigint', (column) => column.notNull())
      .addColumn('facts', 'text', (column) => column.notNull())
      .addColumn('mac', 'text', (column) => column.notNull())
      .addColumn('key_id', 'text', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('audit_at').on('audit').column('at').execute()
    await db.schema.createIndex('audit_user_id').on('audit').columns(['user_id', 'id']).execute()
    await db.schema.createIndex('audit_subject').on('audit').columns(['subject', 'id']).execute()
    await db.schema
      .createTable('seals')
      .addColumn('seq', 'bigint', (column) => column.primaryKey())
      .addColumn('audit_id', 'bigint', (column) => column.notNull().unique())
      .addColumn('mac', 'text', (column) => column.notNull())
      .addColumn('key_id', 'text', (column) => column.notNull())
      .addColumn('sealed_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('checkpoints')
      .addColumn('seq', 'bigint', (column) => column.primaryKey())
      .addColumn('chain', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('mac', 'text', (column) => column.notNull())
      .addColumn('key_id', 'text', (column) => column.notNull())
      .execute()
  },
})
