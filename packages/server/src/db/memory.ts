/** The room of what the database itself remembers of the service. */
import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** A fact that is remembered. */
export type MemoryName = 'preset'

/** Facts by name. */
export class MemoryTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** What is remembered under this name, or null. */
  async find(name: MemoryName): Promise<string | null> {
    const row = await this.#db.selectFrom('memory').select('value').where('name', '=', name).executeTakeFirst()
    return row?.value ?? null
  }

  /** Remembers something, in the place of what was remembered under this name. */
  async set(name: MemoryName, value: string): Promise<void> {
    await this.#db
      .insertInto('memory')
      .values({ name, value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute()
  }
}
