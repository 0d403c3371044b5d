/** Settings in words: what type and bounds one has, and a value without its secrets. */
import { z } from 'zod'

/** As much of a JSON Schema as settings have. */
interface Shape {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly format?: string
  readonly maxLength?: number
  /** The words of a type that has its own. */
  readonly description?: string
}

/** The JSON Schema of a setting's type, without the "or null" of those that may be left out. */
export function shape(schema: z.ZodType): Shape {
  const { anyOf, ...rest } = z.toJSONSchema(schema, { io: 'input' }) as Shape & { readonly anyOf?: readonly Shape[] }
  return anyOf?.[0] ?? rest
}

/** The type and bounds of a setting in words, such as "a whole number from 0 to 65535". */
export function describe(schema: z.ZodType): string {
  const { type, enum: choices, minimum, maximum, format, maxLength, description } = shape(schema)
  if (description !== undefined) return description
  if (choices !== undefined) return `one of ${choices.join(', ')}`
  if (type === 'integer') return `a whole number from ${minimum ?? ''} to ${maximum ?? ''}`
  if (type === 'boolean') return 'yes or no (true or false in a file)'
  if (type === 'array') return 'a list, comma-separated'
  if (format === 'uri') return 'an http or https address such as https://id.example.com'
  return maxLength === undefined ? 'text' : `text of 1 to ${maxLength} characters`
}

/** Whether an address holds a password, which must not be seen. A user of PostgreSQL alone is none. */
export function holdsPassword(address: string): boolean {
  const hasUserAlone = /^postgres(?:ql)?:\/\/[^:/?@]*@[^@]*$/is.test(address) && !/[?&]password=/i.test(address)
  return masked(address) !== address && !hasUserAlone
}

/** Text without what in it is a password: that of an address, before the host or among its parameters. */
export function masked(text: string): string {
  return text
    .replace(/^(postgres(?:ql)?:)\/\/.*@/is, '$1//(secret)@') // a password may hold signs that should have been written otherwise
    .replace(/:\/\/[^/]*@/, '://(secret)@')
    .replace(/([?&]password=)[^&"]*/i, '$1(secret)')
}
