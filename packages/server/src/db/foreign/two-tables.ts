/** Accounts whose owners have rows in a second table, which may outgrow memory. */
import type { ImportSource } from '../../moving/record.ts'
import { Lookup } from '../dialects/sqlite-lookup.ts'
import { openForeignTable } from './open.ts'
import { ForeignSource } from './source.ts'
import type { ForeignShape } from './source.ts'
import type { ForeignTable } from './table.ts'

/** Two tables of one product. */
export interface TwoTables {
  /** The name of the table of people. */
  readonly people: string
  /** The name of the other one. */
  readonly other: string
  /** Keeps of the other one what is asked for by people's ids. @throws {UnreadableSource} where it is no such table. */
  readonly keep: (other: ForeignTable, kept: Lookup) => Promise<void>
  /** What makes the table of people that of this product. */
  readonly shapeFrom: (people: ForeignTable, kept: Lookup) => ForeignShape
}

/**
 * The accounts of a database, by its file or its address. Where something fails nothing stays open.
 * @throws {UnreadableSource} where it is none of this product. @throws {DatabaseUnavailable} when PostgreSQL cannot be reached.
 */
export async function openTwoTables(
  address: string,
  { people, other, keep, shapeFrom }: TwoTables,
): Promise<ImportSource> {
  const kept = new Lookup()
  try {
    await readThrough(await openForeignTable(address, other), async (table) => keep(table, kept))
    const table = await openForeignTable(address, people)
    const close = async (): Promise<void> => {
      kept.close()
      await table.close()
    }
    return new ForeignSource({ ...table, close }, shapeFrom(table, kept))
  } catch (error) {
    kept.close()
    throw error
  }
}

/** Reads a table, and closes it whatever comes of that. */
async function readThrough(table: ForeignTable, read: (table: ForeignTable) => Promise<void>): Promise<void> {
  try {
    await read(table)
  } finally {
    await table.close()
  }
}
