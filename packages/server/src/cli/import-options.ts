/** What `bienvenue import` may be told, from the words of the command line. */
import type { Epoch } from '../moving/fields.ts'
import { FIELDS } from '../moving/schema.ts'
import type { Field, SchemaOptions } from '../moving/schema.ts'
import { UsageError } from './explain.ts'

/** How the fields of a file differ from ours. @throws {UsageError} for words that mean nothing. */
export function schemaFrom({
  column = [],
  epoch,
}: {
  readonly column?: readonly string[]
  readonly epoch?: string
}): SchemaOptions {
  return { columns: new Map(column.map(columnFrom)), epoch: epochFrom(epoch) }
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
