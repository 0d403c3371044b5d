/** What Django's `dumpdata --format jsonl` writes: an object on each line, of one model or of several. */
import { DJANGO_COLUMNS, djangoRecord } from './django.ts'
import { BadRow } from './fields.ts'
import type { Input } from './input.ts'
import { textOf } from './jsonl.ts'
import { linesOf } from './lines.ts'
import { fieldsFrom, objectFrom } from './objects.ts'
import { NOTHING, UnreadableSource } from './record.ts'
import type { ImportRow, ImportSource } from './record.ts'

const LONGEST_BYTES = 64 * 1024

/** A dump. */
export class DjangoDump implements ImportSource {
  readonly form = 'django'
  readonly places = 'line'
  readonly total = null
  readonly leftBehind = NOTHING
  readonly #input: Input
  readonly #table: string
  readonly #ignored = new Set<string>()

  /** Reads the rows of this table: `auth_user` is the model `auth.user`. */
  constructor(input: Input, table: string) {
    this.#input = input
    this.#table = table
  }

  /** Names of fields that no record takes up. */
  get ignored(): ReadonlySet<string> {
    return this.#ignored
  }

  /** A row for each object of the model. @throws {UnreadableSource} for a dump of another form. */
  async *rows(): AsyncGenerator<ImportRow> {
    for await (const { number: place, bytes } of linesOf(this.#input.read(), LONGEST_BYTES)) {
      if (bytes?.[0] === '['.charCodeAt(0))
        throw new UnreadableSource('this dump is one long list; make it with `dumpdata --format jsonl`')
      try {
        const line = textOf(bytes)
        const values = line.trim() === '' ? null : this.#valuesOf(line)
        if (values !== null) yield { place, record: djangoRecord(values) }
      } catch (error) {
        if (!(error instanceof BadRow)) throw error
        yield { place, refused: error.message }
      }
    }
  }

  /** Closes the input. */
  async close(): Promise<void> {
    await this.#input.close()
  }

  /** The values of an object on a line; null for one of another model. @throws {BadRow} where it is none of Django. */
  #valuesOf(line: string): Readonly<Record<string, unknown>> | null {
    const { model, pk, fields } = objectFrom(line)
    if (typeof model !== 'string' || model.replace('.', '_') !== this.#table.toLowerCase()) return null
    const values = fieldsFrom(fields)
    if (values === null) throw new BadRow('is no object of Django')
    for (const name of Object.keys(values)) if (!isTaken(name)) this.#ignored.add(name.slice(0, 60))
    return { ...values, id: pk }
  }
}

/** Whether a field is read. */
function isTaken(name: string): boolean {
  return DJANGO_COLUMNS.some((column) => column === name)
}
