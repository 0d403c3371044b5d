/** What comes in from elsewhere and goes out to elsewhere, whichever form it has: one record for each account. */

/** An account as another system knew it. Nothing in it has been checked; only its types and lengths are sure. */
export interface ImportRecord {
  /** As it was written there. */
  readonly email: string
  /** Its id there, for the map of old and new ids. */
  readonly id: string | null
  /** The text of its password's hash; null where it has none. */
  readonly hash: string | null
  /** When that password was set, where it is known. */
  readonly passwordSetAt: Date | null
  /** When its address was proved there; `true` where only that it was is known. */
  readonly verified: Date | boolean
  readonly createdAt: Date | null
  /** Since when it is disabled; `true` where only that it is is known. */
  readonly disabled: Date | boolean
  /** Since when it is an admin. Only our own export may say so. */
  readonly admin: Date | boolean
  /** When it is going to be deleted. */
  readonly deleteAt: Date | null
  /** A language tag, or null. */
  readonly language: string | null
}

/** A record of which nothing is known but its email: sources say what they know beyond that. */
export const BLANK: Omit<ImportRecord, 'email'> = {
  id: null,
  hash: null,
  passwordSetAt: null,
  verified: false,
  createdAt: null,
  disabled: false,
  admin: false,
  deleteAt: null,
  language: null,
}

/** For sources whose people leave nothing behind. */
export const NOTHING: ReadonlyMap<string, number> = new Map()

/** Why a row is no account, and the address that it claims all the same; null where it claims none, or none that can be read. */
export interface RefusedRow {
  readonly place: number
  readonly refused: string
  readonly email: string | null
}

/** One row of a source, with its place there (the number of its line or row): an account, or why it is none. */
export type ImportRow = { readonly place: number; readonly record: ImportRecord } | RefusedRow

/** Why a file or a database cannot be read at all, in a sentence for people. It stops the import. */
export class UnreadableSource extends Error {
  override readonly name = 'UnreadableSource'
}

/** A source that can be read more than once, and never wholly in memory. */
export interface ImportSource {
  /** What it is, in one word for the record: `flask`, `csv`. */
  readonly form: string
  /** What its places count. */
  readonly places: 'line' | 'row'
  /** How many rows there are, where that is known before they are read. */
  readonly total: number | null
  /** Names of fields that no record takes up; known once it has been read. */
  readonly ignored: ReadonlySet<string>
  /** What people had there and will not have here, such as a second factor, and how many of them; known once it has been read. */
  readonly leftBehind: ReadonlyMap<string, number>
  /** Reads it from its beginning. @throws {UnreadableSource} where it cannot go on. */
  rows(): AsyncIterable<ImportRow>
  /** Lets go of it. */
  close(): Promise<void>
}
