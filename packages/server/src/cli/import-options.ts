/** What `bienvenue import` may be told, from the words of the command line. */
import { isPostgres } from '../database-address.ts'
import type { Epoch } from '../moving/fields.ts'
import { FIELDS } from '../moving/schema.ts'
import type { Field, SchemaOptions } from '../moving/schema.ts'
import { addressFrom } from './db-address.ts'
import { UsageError } from './explain.ts'

/** What begins as an address does: it is none of a file. */
const ADDRESS = /^\s*[a-z][a-z0-9+.:-]*:\/\//i

/**
 * The address or file that was given; `env:NAME` names it in the environment.
 * @throws {UsageError} where it holds a password that others could see, and for an address of another kind, which is not repeated.
 */
export function sourceAddress(given: string): string {
  const address = addressFrom('SOURCE', given)
  if (isPostgres(address) || !ADDRESS.test(address)) return address
  throw new UsageError(
    'SOURCE: no kind of database that is read: give postgres://USER:PASSWORD@HOST/DATABASE, or a file',
  )
}

/** Text without what a variable of the environment holds, where that was given: it may be a password in any form. */
export function withoutAddress(text: string, given: string): string {
  const value = process.env[/^env:(.+)$/s.exec(given)?.[1] ?? ''] ?? ''
  return value === '' ? text : text.replaceAll(value, given)
}

/** How the fields of a file differ from ours. @throws {UsageError} for words that mean nothing. */
export function schemaFrom({
  column = [],
  epoch,
}: {
  readonly column?: readonly string[]
  readonly epoch?: string
}): SchemaOptions {
  const columns = new Map(column.map(columnFrom))
  if (columns.size < column.length || new Set(columns.values()).size < column.length)
    throw new UsageError('--column: a field, or what it is called there, is given twice; give each once')
  return { columns, epoch: epochFrom(epoch) }
}

/** `email=mail`: a field of ours, and what the file calls it. */
function columnFrom(text: string): readonly [theirs: string, ours: Field] {
  const [name = '', ...rest] = text.split('=')
  const field = FIELDS.find((each) => each === name)
  const theirs = rest.join('=')
  if (field !== undefined && theirs !== '') return [theirs, field]
  throw new UsageError(
    `--column takes a field and what it is called there, such as email=mail; the fields are ${FIELDS.join(', ')}`,
  )
}

/** What a plain number counts. */
function epochFrom(text: string | undefined): Epoch {
  if (text === undefined || text === 's' || text === 'ms') return text ?? null
  throw new UsageError('--epoch takes s for seconds or ms for milliseconds')
}
