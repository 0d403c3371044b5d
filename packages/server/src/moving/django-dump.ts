/** What Django's `dumpdata --format jsonl` writes: an object on each line, of one model or of several. */
import { DJANGO_COLUMNS, djangoRecord } from './django.ts'
import { BadRow } from './fields.ts'
import type { Input } from './input.ts'
import { textOf } from './jsonl.ts'
import { LeftBehind } from './left-behind.ts'
import type { Fields } from './left-behind.ts'
import { linesOf } from './lines.ts'
import { fieldsFrom, objectFrom } from './objects.ts'
import { NOTHING, UnreadableSource } from './record.ts'
import type { ImportRow, ImportSource } from './record.ts'
import { refusedRow } from './refused.ts'
import { tableHint } from './table-hint.ts'

const LONGEST_BYTES = 64 * 1024
const MOST_NAMED = 5
const LONGEST_NAME = 60
const TAKEN: ReadonlySet<string> = new Set(DJANGO_COLUMNS)

/** A dump. */
export class DjangoDump implements ImportSource {
  readonly form = 'django'
  readonly places = 'line'
  readonly total = null
  readonly leftBehind = NOTHING
  readonly #left = new LeftBehind()
  readonly #input: Input
  readonly #table: string
  /** Other models of people, as the dump calls them. */
  readonly #others = new Set<string>()

  /** Reads the rows of this table: `auth_user` is the model `auth.user`. */
  constructor(input: Input, table: string) {
    this.#input = input
    this.#table = table
  }

  /** Names of fields that no record takes up. */
  get ignored(): ReadonlySet<string> {
    return this.#left.ignored
  }

  /** A row for each object of the model. @throws {UnreadableSource} for a dump of another form, and one without any such object. */
  async *rows(): AsyncGenerator<ImportRow> {
    let isEmpty = true
    for await (const row of this.#rowsOfModel()) {
      isEmpty = false
      yield row
    }
    if (!isEmpty) return
    const model = this.#table.replace(/_(?=[^_]*$)/, '.') // a model has no underscore in its name
    const others = [...this.#others]
    const tables = others.map((other) => other.replace('.', '_'))
    throw new UnreadableSource(`the dump has no ${model}; ${tableHint(others, tables)}`)
  }

  /** A row for each object of the model, if there is any. */
  async *#rowsOfModel(): AsyncGenerator<ImportRow> {
    for await (const { number: place, bytes } of linesOf(this.#input.read(), LONGEST_BYTES)) {
      if (bytes?.[0] === '['.charCodeAt(0))
        throw new UnreadableSource('this dump is one long list; make it with `dumpdata --format jsonl`')
      let values: Fields | null = null
      try {
        const line = textOf(bytes)
        values = line.trim() === '' ? null : this.#valuesOf(line)
        if (values !== null) yield { place, record: djangoRecord(values) }
      } catch (error) {
        yield refusedRow(place, error, values?.['email'])
      }
    }
  }

  /** Closes the input. */
  async close(): Promise<void> {
    await this.#input.close()
  }

  /** The values of an object on a line; null for one of another model. @throws {BadRow} where it is none of Django. */
  #valuesOf(line: string): Fields | null {
    const { model, pk, fields } = objectFrom(line)
    const values = fieldsFrom(fields)
    if (typeof model !== 'string' || model.replace('.', '_') !== this.#table.toLowerCase()) {
      const isOfPeople = values !== null && 'email' in values && 'password' in values
      if (isOfPeople && this.#others.size < MOST_NAMED) this.#others.add(String(model).slice(0, LONGEST_NAME))
      return null
    }
    if (values === null) throw new BadRow('is no object of Django')
    this.#left.ignoreAllBut(TAKEN, values)
    return { ...values, id: pk }
  }
}
