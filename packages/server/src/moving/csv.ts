/** CSV (RFC 4180) whose first line names its columns. */
import { CsvError, parse } from 'csv-parse'
import { uncovered } from './csv-cells.ts'
import { BadRow, decoded } from './fields.ts'
import type { Input } from './input.ts'
import { UnreadableSource } from './record.ts'
import type { ImportRecord, ImportRow, ImportSource } from './record.ts'
import { refusedRow } from './refused.ts'
import { WRITTEN } from './write.ts'

/** Other products keep in a cell what people write themselves; one that grows beyond this most likely has a quote that never ends. */
const LONGEST_MIB = 16
const CARRIAGE_RETURN = 13

/** A record as the parser gives it: bytes, so that a cell that is no text can be told, and the line on which it ends. */
interface Parsed {
  readonly record: readonly Buffer[]
  readonly line: number
}

/** Makes records of cells: of those of our own form, or of another product's. */
export interface RecordReader<Field extends string> {
  readonly form: string
  /** What to do where no column is the email. */
  readonly columnHint: string
  readonly ignored: ReadonlySet<string>
  readonly leftBehind: ReadonlyMap<string, number>
  /** The field that a column holds, or null. */
  fieldOf(name: string): Field | null
  /** The record of these values. @throws {BadRow} for a value that is none of its field. */
  recordFrom(values: ReadonlyMap<Field, unknown>): ImportRecord
}

/** A file of CSV. */
export class Csv<Field extends string> implements ImportSource {
  readonly places = 'line'
  readonly total = null
  readonly #input: Input
  readonly #makeReader: () => RecordReader<Field>
  #reader: RecordReader<Field>
  /** Whether the first line is the one that `users export` writes: only then did we put quotes before what a spreadsheet would run. */
  #isOurs = false

  /** Reads this input, of whose cells another reader makes records each time. */
  constructor(input: Input, makeReader: () => RecordReader<Field>) {
    this.#input = input
    this.#makeReader = makeReader
    this.#reader = makeReader()
  }

  /** The form that the reader knows. */
  get form(): string {
    return this.#reader.form
  }

  /** Names of columns that no record takes up. */
  get ignored(): ReadonlySet<string> {
    return this.#reader.ignored
  }

  /** What accounts had there and do not have here. */
  get leftBehind(): ReadonlyMap<string, number> {
    return this.#reader.leftBehind
  }

  /**
   * A row for each record. What is quoted wrongly stops everything: nobody knows where such a record ends, and what somebody wrote into
   * one of its cells could be read as a row of its own.
   * @throws {UnreadableSource}
   */
  async *rows(): AsyncGenerator<ImportRow> {
    this.#reader = this.#makeReader()
    const stream = this.#input.read()
    let returns = 0 // the parser takes each for the end of a line, also where a line feed follows
    const parser = stream.pipe(
      parse({
        encoding: null,
        max_record_size: LONGEST_MIB * 1024 * 1024,
        on_record: (cells, { lines }) => {
          const record = cells as unknown as Parsed['record'] // by `encoding: null`
          returns += returnsIn(record)
          return { record, line: lines - returns } satisfies Parsed as unknown as typeof cells
        },
        record_delimiter: ['\r\n', '\n'],
        relax_column_count: true,
        skip_empty_lines: true,
      }),
    )
    stream.once('error', (error: Error) => parser.destroy(error))
    let fields: readonly (Field | null)[] | null = null
    try {
      for await (const { record, line } of parser as AsyncIterable<Parsed>) {
        if (fields === null) fields = this.#fieldsFrom(record)
        else yield this.#rowOf(fields, record, line)
      }
    } catch (error) {
      throw unreadable(error, returns)
    }
    if (fields === null) throw new UnreadableSource('nothing is in it: not even a first line that names the columns')
  }

  /** Closes the input. */
  async close(): Promise<void> {
    await this.#input.close()
  }

  /** What the columns hold. @throws {UnreadableSource} where none of them holds emails, or the line goes on and on. */
  #fieldsFrom(record: readonly Buffer[]): readonly (Field | null)[] {
    const names = record.map((cell) => cell.toString('utf8').trim())
    if (names.some((name) => /\r(?!\n)/.test(name)))
      throw new UnreadableSource(
        'the first line does not end: write the file with lines that end in LF or CRLF, not in CR',
      )
    const fields = names.map((name) => this.#reader.fieldOf(name))
    this.#isOurs = names.join() === WRITTEN.join()
    if (!fields.some((field) => field === 'email'))
      throw new UnreadableSource(`the first line names no column email; ${this.#reader.columnHint}`)
    const twice = fields.find((field, index) => field !== null && fields.indexOf(field) !== index)
    if (twice !== undefined) throw new UnreadableSource(`the first line names ${String(twice)} twice`)
    return fields
  }

  /** A record as a row. */
  #rowOf(fields: readonly (Field | null)[], record: readonly Buffer[], place: number): ImportRow {
    try {
      return { place, record: this.#recordOf(fields, record) }
    } catch (error) {
      const index = fields.findIndex((field) => field === 'email')
      const cell = record[index]
      return refusedRow(place, error, this.#isOurs && cell !== undefined ? uncovered(cell.toString()) : cell)
    }
  }

  /** A record as what it says of an account. @throws {BadRow} where it is none that can come in. */
  #recordOf(fields: readonly (Field | null)[], cells: readonly Buffer[]): ImportRecord {
    if (cells.length !== fields.length)
      throw new BadRow(`has ${cells.length} cells where the first line has ${fields.length}`)
    const values = new Map<Field, unknown>()
    for (const [index, cell] of cells.entries()) {
      const field = fields[index] ?? null
      if (field !== null) values.set(field, this.#textOf(field, cell))
    }
    return this.#reader.recordFrom(values)
  }

  /** The text of a cell, as it was before it was written. @throws {BadRow} where it is none. */
  #textOf(field: Field, cell: Buffer): string {
    const text = decoded(field, cell)
    return this.#isOurs ? uncovered(text) : text
  }
}

/** What the parser says where it stumbles, in our words. */
const STUMBLES: Readonly<Record<string, string>> = {
  CSV_MAX_RECORD_SIZE: `a cell longer than ${LONGEST_MIB} MiB, or a quote that never ends`,
  CSV_QUOTE_NOT_CLOSED: 'a quote that never ends',
}

/** How many carriage returns are in the cells of a record. */
function returnsIn(record: readonly Buffer[]): number {
  let count = 0
  for (const cell of record)
    for (let at = cell.indexOf(CARRIAGE_RETURN); at !== -1; at = cell.indexOf(CARRIAGE_RETURN, at + 1)) count++
  return count
}

/** What the parser stumbled over, without what stands there. Before that, cells held so many carriage returns. */
function unreadable(error: unknown, returns: number): unknown {
  if (!(error instanceof CsvError)) return error
  const { code, lines } = error as CsvError & { readonly lines?: number }
  const where = lines === undefined ? '' : `line ${lines - returns}: `
  const what = STUMBLES[code] ?? 'a quote where none may stand'
  return new UnreadableSource(`${where}${what}; nothing after it can be read with certainty`)
}
