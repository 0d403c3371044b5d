/** JSON Lines: an object on each line. */
import { BadRow } from './fields.ts'
import type { Input } from './input.ts'
import { linesOf } from './lines.ts'
import { objectFrom } from './objects.ts'
import { NOTHING } from './record.ts'
import type { ImportRow, ImportSource } from './record.ts'
import { refusedRow } from './refused.ts'
import { SchemaReader } from './schema.ts'
import type { Field, SchemaOptions } from './schema.ts'

const LONGEST_BYTES = 64 * 1024
const EMPTY = /^[ \t\r]*$/

/** A file of JSON Lines. */
export class JsonLines implements ImportSource {
  readonly form = 'jsonl'
  readonly places = 'line'
  readonly total = null
  readonly leftBehind = NOTHING
  readonly #input: Input
  readonly #schema: SchemaReader

  /** Reads this input, whose fields may have other names. */
  constructor(input: Input, options: SchemaOptions) {
    this.#input = input
    this.#schema = new SchemaReader(options)
  }

  /** Names of fields that no record takes up. */
  get ignored(): ReadonlySet<string> {
    return this.#schema.ignored
  }

  /** A row for each line that is not empty. */
  async *rows(): AsyncGenerator<ImportRow> {
    for await (const { number, bytes } of linesOf(this.#input.read(), LONGEST_BYTES)) {
      let values: ReadonlyMap<Field, unknown> = new Map()
      try {
        const line = textOf(bytes)
        if (EMPTY.test(line)) continue
        values = this.#valuesOf(line)
        yield { place: number, record: this.#schema.recordFrom(values) }
      } catch (error) {
        yield refusedRow(number, error, values.get('email'))
      }
    }
  }

  /** Closes the input. */
  async close(): Promise<void> {
    await this.#input.close()
  }

  /** The values of an object on a line by our fields. @throws {BadRow} where there is none. */
  #valuesOf(line: string): ReadonlyMap<Field, unknown> {
    const values = new Map<Field, unknown>()
    for (const [name, value] of Object.entries(objectFrom(line))) {
      const field = this.#schema.fieldOf(name)
      if (field !== null) values.set(field, value)
    }
    return values
  }
}

/** A line as text, without the mark that may stand before the first one. @throws {BadRow} where it is too long, or no UTF-8. */
export function textOf(bytes: Buffer | null): string {
  if (bytes === null) throw new BadRow(`is longer than ${LONGEST_BYTES} bytes`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new BadRow('is not UTF-8')
  }
}
