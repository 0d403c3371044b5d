/** Accounts as our own form writes them, for `import` to read back. */
import { csvLine } from './csv-cells.ts'
import type { Field } from './schema.ts'

/** The fields that are written, in this order: an instant says more than a flag. */
export const WRITTEN = [
  'id',
  'email',
  'email_verified_at',
  'password_hash',
  'password_set_at',
  'created_at',
  'disabled_at',
  'admin_at',
  'delete_at',
  'language',
] as const satisfies readonly Field[]

/** An account by those fields. */
export type Written = Readonly<Record<(typeof WRITTEN)[number], string | number | Date | null>>

/** How accounts are written in one form: what stands before them all, and each of them with the end of its line. */
export interface RecordWriter {
  readonly first: string
  readonly line: (account: Written) => string
}

/** The forms. */
export const recordWriters: Readonly<Record<'jsonl' | 'csv', RecordWriter>> = {
  jsonl: { first: '', line: (account) => `${JSON.stringify(account, [...WRITTEN])}\n` },
  csv: {
    first: csvLine(WRITTEN),
    line: (account) => csvLine(WRITTEN.map((field) => textOf(account[field]))),
  },
}

/** A value as the text of a cell; none is an empty one. */
function textOf(value: Written[keyof Written]): string {
  return value instanceof Date ? value.toISOString() : String(value ?? '')
}
