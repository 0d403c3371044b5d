/** The room of counters. Keys are keyed hashes of what is counted. */
import type { Kysely } from 'kysely'
import { BATCH } from './batch.ts'
import type { Schema } from './schema.ts'

/** What is counted, as a keyed hash: the name of an address or a source cannot be read from it. */
export type LimitKey = string & { readonly __type: 'LimitKey' }

/** Counters by what they count and from when. */
export class LimitTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** Counts one more in this window and returns how many there are. One statement, so that parallel tries all count. */
  async hit(key: LimitKey, windowStart: Date): Promise<number> {
    const row = await this.#db
      .insertInto('limits')
      .values({ key, window_start: windowStart.getTime(), hits: 1 })
      .onConflict((conflict) =>
        conflict.columns(['key', 'window_start']).doUpdateSet(({ eb }) => ({ hits: eb('limits.hits', '+', 1) })),
      )
      .returning('hits')
      .executeTakeFirstOrThrow()
    return row.hits
  }

  /** How many there are in this window. */
  async find(key: LimitKey, windowStart: Date): Promise<number> {
    const row = await this.#db
      .selectFrom('limits')
      .select('hits')
      .where('key', '=', key)
      .where('window_start', '=', windowStart.getTime())
      .executeTakeFirst()
    return row?.hits ?? 0
  }

  /** Forgets some of the counts from before this instant. */
  async removeBefore(instant: Date): Promise<number> {
    const old = this.#db.selectFrom('limits').select('key').where('window_start', '<', instant.getTime())
    const result = await this.#db
      .deleteFrom('limits')
      .where('window_start', '<', instant.getTime())
      .where('key', 'in', old.orderBy('window_start').limit(BATCH))
      .executeTakeFirst()
    return Number(result.numDeletedRows)
  }
}
