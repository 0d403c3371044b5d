/**
 * The room of budgets that fill up again evenly. Of each only one instant is stored, at which it is whole again (the generic cell rate
 * algorithm, ITU-T I.371): so there is no window at whose edge anybody could spend twice.
 */
import type { Kysely } from 'kysely'
import { BATCH } from './batch.ts'
import type { LimitKey } from './limits.ts'
import type { Schema } from './schema.ts'
import { CLOCKS_DIFFER_MS } from './streaks.ts'

/** How large a budget is. */
export interface Budget {
  /** How much can be taken at once when it is whole. */
  readonly most: number
  /** How long one takes to come back. */
  readonly eachMs: number
}

/** Budgets by whose they are. */
export class BudgetTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /**
   * Takes one. False where nothing is left, and then nothing is taken. One statement, so that parallel takers get no more. A budget that
   * would be whole later than one that is used up, as a clock that was set back leaves it, counts as used up but for one. [ASVS 15.4.2]
   */
  async take(key: LimitKey, now: Date, { most, eachMs }: Budget): Promise<boolean> {
    const at = now.getTime()
    const emptyWholeAt = at + most * eachMs
    const row = await this.#db
      .insertInto('budgets')
      .values({ key, whole_at: at + eachMs })
      .onConflict((conflict) =>
        conflict
          .column('key')
          .doUpdateSet(({ eb }) => ({
            whole_at: eb
              .case()
              .when('budgets.whole_at', '>', emptyWholeAt)
              .then(eb.cast<number>(eb.val(emptyWholeAt), 'bigint'))
              .when('budgets.whole_at', '>', at)
              .then(eb('budgets.whole_at', '+', eachMs))
              .else(at + eachMs)
              .end(),
          }))
          .where((eb) =>
            eb.or([
              eb('budgets.whole_at', '<=', emptyWholeAt - eachMs),
              eb('budgets.whole_at', '>', emptyWholeAt + CLOCKS_DIFFER_MS),
            ]),
          ),
      )
      .returning('key')
      .executeTakeFirst()
    return row !== undefined
  }

  /** When the budget is whole again; null for one from which nothing was taken. */
  async findWholeAt(key: LimitKey): Promise<Date | null> {
    const row = await this.#db.selectFrom('budgets').select('whole_at').where('key', '=', key).executeTakeFirst()
    return row === undefined ? null : new Date(row.whole_at)
  }

  /** Gives one back. */
  async giveBack(key: LimitKey, { eachMs }: Budget): Promise<void> {
    await this.#db
      .updateTable('budgets')
      .set(({ eb }) => ({ whole_at: eb('whole_at', '-', eachMs) }))
      .where('key', '=', key)
      .execute()
  }

  /** Forgets some of the budgets that are whole. */
  async removeWhole(now: Date): Promise<number> {
    const whole = this.#db.selectFrom('budgets').select('key').where('whole_at', '<=', now.getTime())
    const result = await this.#db
      .deleteFrom('budgets')
      .where('key', 'in', whole.orderBy('whole_at').limit(BATCH))
      .executeTakeFirst()
    return Number(result.numDeletedRows)
  }
}
