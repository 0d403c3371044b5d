/** Copies a whole database into an empty one, ids and secrets of people included, and looks afterwards whether the same is there. */
import { DatabaseUnavailable } from '../errors.ts'
import { countRows, pagesOf, refuseUnfit, Summing } from './copy-rows.ts'
import type { TableSum } from './copy-rows.ts'
import type { Draft, Snapshot } from './house.ts'
import { TABLES } from './tables.ts'
import type { Table } from './tables.ts'

/** A table that was copied. */
export interface CopiedTable extends TableSum {
  readonly name: string
}

/** How far a copy is. */
export interface CopyProgress {
  readonly doing: 'copying' | 'making the indexes' | 'comparing'
  /** So many rows of `total` are done in this step. */
  readonly rows: number
  readonly total: number
}

/**
 * Copies everything as it is in the snapshot, and compares. Publishing the draft is left to the caller. `tell` hears of each step; where it
 * throws, the copy ends. Whatever fails, the caller closes the draft, and nothing of it is left.
 * @throws {DatabaseUnavailable} for a row that cannot be copied, and where the copy turns out not to be the same.
 */
export async function copyAll(
  source: Snapshot,
  draft: Draft,
  tell: (progress: CopyProgress) => void,
): Promise<readonly CopiedTable[]> {
  const total = [...(await countRows(source.kysely)).values()].reduce((sum, count) => sum + count, 0)
  const counting = (doing: CopyProgress['doing']): ((count: number) => void) => {
    let rows = 0
    return (count) => {
      tell({ doing, rows: (rows += count), total })
    }
  }
  const copied = counting('copying')
  const copies: CopiedTable[] = []
  for (const table of TABLES) copies.push({ name: table.name, ...(await copyTable(source, draft, table, copied)) })
  tell({ doing: 'making the indexes', rows: 0, total: 0 })
  await draft.finish(await source.nextIds())
  const compared = counting('comparing')
  for (const [index, table] of TABLES.entries()) {
    const { rows, sha256 } = await sumOf(draft, table, compared)
    if (rows !== copies[index]?.rows || sha256 !== copies[index].sha256)
      throw new DatabaseUnavailable(
        `the copy of the table ${table.name} is not the same as the original; nothing was kept: look with \`bienvenue db check\`, and copy again`,
      )
  }
  return copies
}

/** Copies one table: while the one end takes a page, the next is read at the other. */
async function copyTable(
  source: Snapshot,
  draft: Draft,
  table: Table,
  copied: (count: number) => void,
): Promise<TableSum> {
  const sum = new Summing()
  let adding = Promise.resolve()
  try {
    for await (const rows of pagesOf(source, table)) {
      await refuseUnfit(source, table, rows)
      sum.add(rows)
      await adding
      adding = draft.add(table, rows)
      adding.catch(() => undefined) // it is heard of where it is awaited
      copied(rows.length)
    }
  } finally {
    await adding
  }
  return sum.end()
}

/** The sum of a table as it is now. */
async function sumOf(
  from: Pick<Snapshot, 'kysely' | 'rows'>,
  table: Table,
  done: (count: number) => void,
): Promise<TableSum> {
  const sum = new Summing()
  for await (const rows of pagesOf(from, table)) {
    sum.add(rows)
    done(rows.length)
  }
  return sum.end()
}
