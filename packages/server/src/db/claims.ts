/** The room of claims: work that one of many services does at a time. */
import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'
import { CLOCKS_DIFFER_MS } from './streaks.ts'

/** Work that can be claimed. */
export type ClaimName = 'clean-up'

/** Claims by the name of the work. */
export class ClaimTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /**
   * Claims work for so long, or longer where it is the owner's already. False while it is somebody else's. One statement, so that of those
   * who race one wins. What a service leaves that dies is free when the claim ends; so is what reaches further ahead than any claim, as a
   * clock that was set back leaves it.
   */
  async take(name: ClaimName, owner: string, now: Date, claimMs: number): Promise<boolean> {
    const at = now.getTime()
    const row = await this.#db
      .insertInto('claims')
      .values({ name, owner, until_at: at + claimMs })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet({ owner, until_at: at + claimMs })
          .where((eb) =>
            eb.or([
              eb('claims.owner', '=', owner),
              eb('claims.until_at', '<=', at),
              eb('claims.until_at', '>', at + claimMs + CLOCKS_DIFFER_MS),
            ]),
          ),
      )
      .returning('name')
      .executeTakeFirst()
    return row !== undefined
  }

  /** Gives work back that was claimed, so that nobody waits for the end of the claim. */
  async giveBack(name: ClaimName, owner: string): Promise<void> {
    await this.#db.deleteFrom('claims').where('name', '=', name).where('owner', '=', owner).execute()
  }
}
