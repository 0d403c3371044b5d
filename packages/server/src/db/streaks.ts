/** The room of failures in a row: how many there were, and until when no further try is looked at. */
import type { Expression, Kysely, SelectQueryBuilder } from 'kysely'
import { BATCH } from './batch.ts'
import type { LimitKey } from './limits.ts'
import type { Schema } from './schema.ts'

/** From so many failures in a row on, the next try waits so long. */
export interface Delay {
  readonly from: number
  readonly ms: number
}

/** By how much the clocks of several nodes may differ: what lies further ahead is from a clock that was wrong. */
export const CLOCKS_DIFFER_MS = 60_000

/** Failures in a row by what they were at. */
export class StreakTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /**
   * Counts a try as a failure before it is looked at, and returns how many there are in a row; null where it must wait, and then nothing
   * is counted. One statement, so that of parallel tries none slips through. A row from the future, which a clock that was set back leaves
   * behind, stops nobody. The delays are in the order of their failures. [ASVS 15.4.2]
   */
  async count(key: LimitKey, now: Date, delays: readonly Delay[]): Promise<number | null> {
    const at = now.getTime()
    const firstWaitMs = delays.findLast(({ from }) => from <= 1)?.ms ?? 0
    const row = await this.#db
      .insertInto('streaks')
      .values({ key, failures: 1, last_at: at, until_at: at + firstWaitMs })
      .onConflict((conflict) =>
        conflict
          .column('key')
          .doUpdateSet(({ eb }) => {
            const failures = eb('streaks.failures', '+', 1)
            const until = delays.reduce<Expression<number>>(
              (sooner, { from, ms }) =>
                eb
                  .case()
                  .when(failures, '>=', from)
                  .then(at + ms)
                  .else(sooner)
                  .end(),
              eb.cast<number>(eb.val(at), 'bigint'),
            )
            return { failures, last_at: at, until_at: until }
          })
          .where((eb) => eb.or([eb('streaks.until_at', '<=', at), eb('streaks.last_at', '>', at + CLOCKS_DIFFER_MS)])),
      )
      .returning('failures')
      .executeTakeFirst()
    return row?.failures ?? null
  }

  /** Begins a row without failures, anew where there is one: from then on whoever it belongs to has tries of their own. */
  async begin(key: LimitKey, now: Date): Promise<void> {
    const none = { failures: 0, last_at: now.getTime(), until_at: now.getTime() }
    await this.#db
      .insertInto('streaks')
      .values({ key, ...none })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(none))
      .execute()
  }

  /** When a row was begun, or last failed; null where there is none. */
  async findLastAt(key: LimitKey): Promise<Date | null> {
    const row = await this.#db.selectFrom('streaks').select('last_at').where('key', '=', key).executeTakeFirst()
    return row === undefined ? null : new Date(row.last_at)
  }

  /** Until when tries must wait; null where none must. */
  async findUntil(key: LimitKey): Promise<Date | null> {
    const row = await this.#db.selectFrom('streaks').select('until_at').where('key', '=', key).executeTakeFirst()
    return row === undefined ? null : new Date(row.until_at)
  }

  /** Takes a try back that was counted and not looked at. */
  async takeBack(key: LimitKey, now: Date): Promise<void> {
    await this.#db
      .updateTable('streaks')
      .set(({ eb }) => ({ failures: eb('failures', '-', 1), until_at: now.getTime() }))
      .where('key', '=', key)
      .where('failures', '>', 0)
      .execute()
  }

  /** Ends a row of failures. */
  async clear(key: LimitKey): Promise<void> {
    await this.#db.deleteFrom('streaks').where('key', '=', key).execute()
  }

  /** Forgets some of the rows of fewer failures than that whose last one is from before this instant. */
  async removeIdle(before: Date, fewerThan: number): Promise<number> {
    const idle = this.#db
      .selectFrom('streaks')
      .select('key')
      .where('failures', 'in', [...Array(fewerThan).keys()]) // each by itself: so an index finds them among as many old ones that stay
      .where('last_at', '<', before.getTime())
    return this.#remove(idle.orderBy('failures').orderBy('last_at').limit(BATCH))
  }

  /** Forgets some of the rows whose last failure is from before this instant, however many there were. */
  async removeOld(before: Date): Promise<number> {
    const old = this.#db.selectFrom('streaks').select('key').where('last_at', '<', before.getTime())
    return this.#remove(old.orderBy('last_at').limit(BATCH))
  }

  /** Forgets these rows, and returns how many. */
  async #remove(keys: SelectQueryBuilder<Schema, 'streaks', { readonly key: string }>): Promise<number> {
    const result = await this.#db.deleteFrom('streaks').where('key', 'in', keys).executeTakeFirst()
    return Number(result.numDeletedRows)
  }
}
