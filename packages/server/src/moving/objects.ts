/** Sources that are a stream of JSON objects, one for each account, as other products export them. */
import { BadRow } from './fields.ts'
import { LeftBehind } from './left-behind.ts'
import type { Fields } from './left-behind.ts'
import type { ImportRecord, ImportRow, ImportSource } from './record.ts'
import { refusedRow } from './refused.ts'

/** The text of an object with its place, or null where it is too long or no UTF-8. */
export interface Placed {
  readonly place: number
  readonly text: string | null
}

/** What makes a source of objects that of one product. */
export interface ObjectsOptions {
  readonly form: string
  readonly places: 'line' | 'row'
  /** Its objects from the beginning. */
  objects(): AsyncIterable<Placed>
  /** The account of an object. @throws {BadRow} where it is none that can come in. */
  recordFrom(fields: Fields, left: LeftBehind): ImportRecord
  /** Lets go of the files. */
  close(): Promise<void>
}

/** Such a source. */
export class ObjectsSource implements ImportSource {
  readonly form: string
  readonly places: 'line' | 'row'
  readonly total = null
  readonly #options: ObjectsOptions
  #left = new LeftBehind()

  /** Reads the objects of these options. */
  constructor(options: ObjectsOptions) {
    this.#options = options
    this.form = options.form
    this.places = options.places
  }

  /** Names of fields that no record takes up. */
  get ignored(): ReadonlySet<string> {
    return this.#left.ignored
  }

  /** What the accounts that were read had beyond a password. */
  get leftBehind(): ReadonlyMap<string, number> {
    return this.#left.counts
  }

  /** A row for each object. */
  async *rows(): AsyncGenerator<ImportRow> {
    this.#left = new LeftBehind()
    for await (const { place, text } of this.#options.objects()) {
      let fields: Fields = {}
      try {
        fields = objectFrom(text)
        yield { place, record: this.#options.recordFrom(fields, this.#left) }
      } catch (error) {
        yield refusedRow(place, error, fields['email'])
      }
    }
  }

  /** Closes the files. */
  async close(): Promise<void> {
    await this.#options.close()
  }
}

/** An object from its text. @throws {BadRow} Where it is none. */
export function objectFrom(text: string | null): Fields {
  if (text === null) throw new BadRow('is too long, or not UTF-8')
  try {
    const fields = fieldsFrom(JSON.parse(text))
    if (fields !== null) return fields
  } catch {
    throw new BadRow('is no JSON') // what the parser says repeats the text
  }
  throw new BadRow('is no JSON object')
}

/** A value that is an object, or null. */
export function fieldsFrom(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
}

/** The objects in a value that is a list; none in any other value. */
export function listFrom(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsFrom).filter((each) => each !== null) : []
}
