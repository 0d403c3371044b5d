/** The fields of our own form, in JSON Lines and in CSV alike: what `users export` writes and `import` reads. docs/moving-in.md documents them. */
import { BadRow, flagFrom, hashFrom, instantFrom, textFrom } from './fields.ts'
import type { Epoch } from './fields.ts'
import { NOTHING } from './record.ts'
import type { ImportRecord } from './record.ts'

/** Their names, in the order in which they are written. */
export const FIELDS = [
  'id',
  'email',
  'email_verified',
  'email_verified_at',
  'password_hash',
  'password_set_at',
  'created_at',
  'disabled',
  'disabled_at',
  'admin',
  'admin_at',
  'delete_at',
  'language',
] as const

/** A field's name. */
export type Field = (typeof FIELDS)[number]

/** How a file differs from our own form. */
export interface SchemaOptions {
  /** Our field by the name that the file has for it. */
  readonly columns: ReadonlyMap<string, Field>
  readonly epoch: Epoch
}

const MOST_NAMES = 100
const LONGEST_NAME = 60

/** Reads records from fields and their values, and remembers the names that it has no use for. */
export class SchemaReader {
  readonly form = 'csv'
  readonly columnHint = '--column email=NAME says what it is called there, and cells are parted by commas'
  readonly leftBehind = NOTHING
  readonly #fields: ReadonlyMap<string, Field>
  readonly #epoch: Epoch
  readonly #ignored = new Set<string>()

  /** Takes what a file calls by other names: such a field no longer goes by its own. */
  constructor({ columns, epoch }: SchemaOptions) {
    const renamed = new Set(columns.values())
    const own = FIELDS.filter((field) => !renamed.has(field)).map((field) => [field, field] as const)
    this.#fields = new Map([...own, ...columns])
    this.#epoch = epoch
  }

  /** Names of fields that were met and not taken: a hundred at the most, cut short. */
  get ignored(): ReadonlySet<string> {
    return this.#ignored
  }

  /** The field that a file means by a name, or null. */
  fieldOf(name: string): Field | null {
    const field = this.#fields.get(name) ?? null
    if (field === null && this.#ignored.size < MOST_NAMES) this.#ignored.add(name.slice(0, LONGEST_NAME))
    return field
  }

  /** The record of these values. @throws {BadRow} for a value that is none of its field. */
  recordFrom(values: ReadonlyMap<Field, unknown>): ImportRecord {
    const text = (field: Field): string | null => textFrom(field, values.get(field))
    const instant = (field: Field): Date | null => instantFrom(field, values.get(field), this.#epoch ?? 'unsaid')
    const flag = (field: Field): boolean | null => flagFrom(field, values.get(field))
    const email = text('email')
    if (email === null) throw new BadRow('there is no email')
    return {
      email,
      id: text('id'),
      hash: hashFrom(values.get('password_hash')),
      passwordSetAt: instant('password_set_at'),
      verified: granted(flag('email_verified'), instant('email_verified_at')),
      createdAt: instant('created_at'),
      disabled: instant('disabled_at') ?? flag('disabled') ?? false,
      admin: granted(flag('admin'), instant('admin_at')),
      deleteAt: instant('delete_at'),
      language: text('language'),
    }
  }
}

/** What gives somebody more: where the flag says no, an instant beside it gives nothing. */
function granted(flag: boolean | null, at: Date | null): Date | boolean {
  return flag === false ? false : (at ?? flag ?? false)
}
