/**
 * How values are shown backstage. What is known to be harmless is shown as it is; everything else is not, so that a field or a column
 * that comes later is hidden until somebody says otherwise.
 */
import { createHash } from 'node:crypto'

/** What stands for a secret that people choose: a fingerprint of it would tell whether a guess is right. */
export const DOTS = '••••••••'

const LONGEST = 200
const TOKEN = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]{43})$/
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const BCRYPT = /^\$2[aby]\$(\d\d)\$/
const ARGON2ID = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/
const EMAIL = /^[^\s@]+@[^\s@]+$/
const KEY_ID = /^[0-9a-f]{12}$/
const KEYED = /^[\w-]{22}(?:[\w-]{21})?$/ // a keyed hash, whole or cut
const PURPOSES: ReadonlySet<string> = new Set(['session', 'reset'])
/** The columns that hold words of ours alone, and nothing that a stranger wrote. */
const OUR_WORDS: ReadonlySet<string> = new Set(
  'event method device place source kind purpose language reason name'.split(' '),
)

/** The begin of a hash, by which one secret can be recognised in two places. Only for what cannot be guessed. */
export function fingerprint(secret: string): string {
  return `sha256:${createHash('sha256').update(secret).digest('hex').slice(0, 8)}…`
}

/** Text of strangers, cut to what a page can bear. */
export function bounded(text: string, longest = LONGEST): string {
  return text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text
}

/** A token with its secret half as a fingerprint, so that its id can be found again in the database; dots for what is none. */
export function shownToken(given: string): string {
  const [, id, secret] = TOKEN.exec(given) ?? []
  if (given === '') return ''
  return id === undefined || secret === undefined ? DOTS : `${id}.${fingerprint(secret)}`
}

/** A password hash by its kind and cost, with a fingerprint; null for what is none. */
function shownHash(text: string): string | null {
  const cost = BCRYPT.exec(text)?.[1]
  if (cost !== undefined) return `bcrypt, cost ${Number(cost)}, ${fingerprint(text)}`
  const [, memory, passes, lanes] = ARGON2ID.exec(text) ?? []
  if (memory === undefined) return null
  return `argon2id, ${Number(memory) / 1024} MiB, ${passes ?? ''} passes, ${lanes ?? ''} lanes, ${fingerprint(text)}`
}

/** A value of a column. Instants are milliseconds since 1970, which nobody can read. */
export function shownCell(column: string, value: unknown): string {
  if (typeof value === 'number' && /(?:^|_)at$/.test(column)) return `${value} = ${new Date(value).toISOString()}`
  return typeof value === 'string' && OUR_WORDS.has(column) ? bounded(value) : shownValue(value)
}

/** A value that goes into the database or comes from there. Text that is not known to be harmless is dots. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') return '(bytes)'
  const isPlain = UUID.test(value) || KEY_ID.test(value) || PURPOSES.has(value) || EMAIL.test(value)
  return isPlain ? bounded(value) : (shownHash(value) ?? (KEYED.test(value) ? fingerprint(value) : DOTS))
}

/** What a method returned. */
export function shownResult(value: unknown): string {
  if (value === undefined) return 'done'
  if (typeof value === 'string') return TOKEN.test(value) ? `token ${shownToken(value)}` : shownValue(value)
  if (typeof value !== 'object' || value === null) return shownValue(value)
  if (Array.isArray(value)) return `${value.length} in a list`
  const { user, token } = value as { readonly user?: unknown; readonly token?: unknown }
  const person = typeof user === 'object' && user !== null ? user : value
  const { id, email } = person as { readonly id?: unknown; readonly email?: unknown }
  const parts = [
    ...(typeof id === 'number' && typeof email === 'string' ? [`user ${id}, ${bounded(email)}`] : []),
    ...(typeof token === 'string' ? [`token ${shownToken(token)}`] : []),
  ]
  return parts.length > 0 ? parts.join('; ') : 'found'
}

/** What a method threw: the code of a refusal, or else only the name of the error, whose message may tell too much. */
export function shownError(error: unknown): string {
  if (!(error instanceof Error)) return 'failed'
  return 'code' in error && typeof error.code === 'string' ? bounded(error.code) : error.name
}
