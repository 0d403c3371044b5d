/** Which keys guard what is stored, table by table: without their secrets it means nothing. */
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { KeyRing } from '../crypto/token.ts'
import type { Schema } from './schema.ts'
import { TABLES } from './tables.ts'

/** What one key guards. */
export interface KeyUse {
  /** The id of the key, which says nothing of its secret. */
  readonly id: string
  /** Whether its secret is among those that were given. */
  readonly isKnown: boolean
  /** How many rows, by table. */
  readonly rows: Readonly<Record<string, number>>
}

/** Every key that guards rows, those whose secrets are known first. */
export async function findKeyUse(kysely: Kysely<Schema>, keys: KeyRing | null): Promise<readonly KeyUse[]> {
  const found = new Map<string, Record<string, number>>()
  for (const { name } of TABLES.filter(({ columns }) => columns.includes('key_id'))) {
    const query = sql<{ readonly id: string; readonly count: number }>`
      select key_id as id, count(*) as count from ${sql.table(name)} group by key_id`
    for (const { id, count } of (await query.execute(kysely)).rows) found.set(id, { ...found.get(id), [name]: count })
  }
  return [...found]
    .map(([id, rows]) => ({ id, isKnown: keys?.keyIds.includes(id) === true, rows }))
    .toSorted((one, other) => Number(other.isKnown) - Number(one.isKnown))
}
