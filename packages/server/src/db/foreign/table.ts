/** A table of somebody else's database: what a source needs of it, whichever kind of database it is. */
import { UnreadableSource } from '../../moving/record.ts'
import { tableHint } from '../../moving/table-hint.ts'

/** A row: the number that tells it from the others of its table, and the values that were asked for. */
export interface ForeignRow {
  readonly place: number
  /** Text, numbers, bytes or null. What is longer than any value can be comes as text that is too long to be taken. */
  readonly values: Readonly<Record<string, unknown>>
}

/** A table that is only read. */
export interface ForeignTable {
  /** The names of its columns. */
  readonly columns: ReadonlySet<string>
  /** How many rows it has, more or less. */
  readonly total: number
  /** All rows from the beginning, with these of its columns. @throws {UnreadableSource} where it cannot be read on. */
  rows(columns: readonly string[]): AsyncIterable<ForeignRow> | Iterable<ForeignRow>
  /** Lets go of the database. */
  close(): Promise<void>
}

/** A table that is looked for, by its name. */
export interface Wanted {
  readonly name: string
  /** Columns of such tables, by which others are found where none has the name and --table can name another. */
  readonly like: readonly string[] | null
}

/** What to say of a table that is not there: which ones may be meant, where another can be named. */
export function noTable(where: string, { name, like }: Wanted, others: readonly string[]): UnreadableSource {
  return new UnreadableSource(`${where} has no table ${name}${like === null ? '' : `; ${tableHint(others, others)}`}`)
}

/** A longer value is none that anybody needs: nobody's address or hash has so much. */
export const LONGEST_BYTES = 2048
