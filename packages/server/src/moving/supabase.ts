/** Rows of Supabase's table auth.users, as CSV or from the database itself. */
import type { RecordReader } from './csv.ts'
import { BadRow, flagFrom, instantFrom, NobodysRow, textFrom } from './fields.ts'
import { LeftBehind } from './left-behind.ts'
import type { Fields } from './left-behind.ts'
import { BLANK } from './record.ts'
import type { ImportRecord } from './record.ts'

/** The columns that are read. `second_factor` is none of Supabase's own: the guide's query adds it, from another table. */
export const SUPABASE_COLUMNS = [
  'id',
  'email',
  'encrypted_password',
  'email_confirmed_at',
  'created_at',
  'banned_until',
  'deleted_at',
  'is_anonymous',
  'is_sso_user',
  'second_factor',
] as const

/** One of them. */
type Column = (typeof SUPABASE_COLUMNS)[number]

/** Reads accounts out of CSV, once. */
export class SupabaseReader implements RecordReader<Column> {
  readonly form = 'supabase'
  readonly columnHint = 'export auth.users with the names of its columns, and commas between the cells'
  readonly #left = new LeftBehind()
  readonly #now: Date

  /** Reads them as they are at this moment: bans end. */
  constructor(now: Date) {
    this.#now = now
  }

  /** Names of columns that no record takes up. */
  get ignored(): ReadonlySet<string> {
    return this.#left.ignored
  }

  /** What people had there and will not have here. */
  get leftBehind(): ReadonlyMap<string, number> {
    return this.#left.counts
  }

  /** The column of this name, or null for one that is not read. */
  fieldOf(name: string): Column | null {
    const column = SUPABASE_COLUMNS.find((each) => each === name) ?? null
    if (column === null) this.#left.ignore(name)
    return column
  }

  /** The account of a row. @throws {BadRow} Where it is none that can come in. */
  recordFrom(values: ReadonlyMap<Column, unknown>): ImportRecord {
    return supabaseRecord(Object.fromEntries(values), this.#left, this.#now)
  }
}

/** The account of a row. @throws {BadRow} Where it is none that can come in. */
export function supabaseRecord(row: Fields, left: LeftBehind, now: Date): ImportRecord {
  const flag = (name: Column): boolean => flagFrom(name, row[name]) ?? false
  if (instantFrom('deleted_at', row['deleted_at']) !== null) throw new NobodysRow('the account was deleted there')
  const email = textFrom('email', row['email'])
  if (email === null)
    throw new BadRow(flag('is_anonymous') ? 'there is no email: it is anonymous' : 'there is no email')
  const bannedUntil = instantFrom('banned_until', row['banned_until'])
  const record = {
    ...BLANK,
    email,
    id: textFrom('id', row['id']),
    hash: textFrom('encrypted_password', row['encrypted_password']),
    verified: instantFrom('email_confirmed_at', row['email_confirmed_at']) ?? false,
    createdAt: instantFrom('created_at', row['created_at']),
    disabled: bannedUntil !== null && bannedUntil > now,
  }
  left.count('a second factor', flag('second_factor'))
  left.count('the login of a company (SSO)', flag('is_sso_user'))
  return record
}
