/** Accounts in a table of somebody else's database. */
import { LeftBehind } from '../../moving/left-behind.ts'
import { UnreadableSource } from '../../moving/record.ts'
import type { ImportRecord, ImportRow, ImportSource } from '../../moving/record.ts'
import { refusedRow } from '../../moving/refused.ts'
import type { ForeignRow, ForeignTable } from './table.ts'

/** What makes such a table that of one product. */
export interface ForeignShape {
  readonly form: string
  /** The columns that are read, where they are there. */
  readonly columns: readonly string[]
  /** Those of them without which it is no such table. */
  readonly needed: readonly string[]
  /** The account of a row. @throws {BadRow} where it is none that can come in. */
  readonly recordFrom: (values: ForeignRow['values'], left: LeftBehind) => ImportRecord
}

/** A table as a source. */
export class ForeignSource implements ImportSource {
  readonly form: string
  readonly places = 'row'
  readonly total: number
  readonly ignored: ReadonlySet<string>
  readonly #table: ForeignTable
  readonly #shape: ForeignShape
  #left = new LeftBehind()

  /** Reads a table of this shape. @throws {UnreadableSource} where it is none. */
  constructor(table: ForeignTable, shape: ForeignShape) {
    const missing = shape.needed.find((name) => !table.columns.has(name))
    if (missing !== undefined) {
      void table.close() // a connection that is left open would keep the command from ending
      throw new UnreadableSource(`the table has no column ${missing}`)
    }
    this.form = shape.form
    this.total = table.total
    this.ignored = new Set([...table.columns].filter((name) => !shape.columns.includes(name)))
    this.#table = table
    this.#shape = shape
  }

  /** What people had there and will not have here. */
  get leftBehind(): ReadonlyMap<string, number> {
    return this.#left.counts
  }

  /** A row for each of the table. */
  async *rows(): AsyncGenerator<ImportRow> {
    const { columns, recordFrom } = this.#shape
    this.#left = new LeftBehind()
    const there = columns.filter((name) => this.#table.columns.has(name))
    for await (const { place, values } of this.#table.rows(there)) {
      try {
        yield { place, record: recordFrom(values, this.#left) }
      } catch (error) {
        yield refusedRow(place, error, values['email'])
      }
    }
  }

  /** Closes the database. */
  async close(): Promise<void> {
    await this.#table.close()
  }
}
