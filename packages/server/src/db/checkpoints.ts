/** The room of the checkpoint: where the audit begins, once older entries were let go. */
import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** Where the audit begins. */
export interface StoredCheckpoint {
  /** The number of the last seal that was let go. */
  readonly seq: number
  /** That seal, with which the chain goes on. */
  readonly chain: string
  /** When it had been made. */
  readonly at: Date
  readonly mac: string
  readonly keyId: string
}

/** The checkpoint: one, or none. */
export class CheckpointTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** The latest one, or null where nothing was let go yet. */
  async find(): Promise<StoredCheckpoint | null> {
    const row = await this.#db.selectFrom('checkpoints').selectAll().orderBy('seq', 'desc').limit(1).executeTakeFirst()
    return row === undefined
      ? null
      : { seq: row.seq, chain: row.chain, at: new Date(row.at), mac: row.mac, keyId: row.key_id }
  }

  /** Puts this one in the place of the one before. */
  async replace({ seq, chain, at, mac, keyId }: StoredCheckpoint): Promise<void> {
    await this.#db.deleteFrom('checkpoints').execute()
    await this.#db.insertInto('checkpoints').values({ seq, chain, at: at.getTime(), mac, key_id: keyId }).execute()
  }
}
