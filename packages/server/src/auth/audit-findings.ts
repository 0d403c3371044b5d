/** What verifying the audit can find, and what it says in the end. */
import type { Head } from './seals.ts'

/** What may be wrong: with an entry, with the chain at its beginning or end, or with the keys. */
export type FindingKind =
  'changed' | 'removed' | 'put_in' | 'unsealed' | 'checkpoint' | 'cut' | 'head_differs' | 'head_too_old' | 'key_missing'

/** The first thing that is wrong. */
export interface Finding {
  readonly kind: FindingKind
  /** The id of the entry that is meant; null where none can be named. */
  readonly id: number | null
  /** What stands in the entry now. Where that is gone, when it was sealed, and no event. */
  readonly at: Date | null
  readonly event: string | null
  /** The place in the chain; null where it has none. */
  readonly seq: number | null
  /** The id of the key that is not set, where that is what is wrong. */
  readonly keyId: string | null
}

/** What verifying has found. */
export interface Verdict {
  /** How many sealed entries were looked at and are as they were. */
  readonly entries: number
  /** The end of the chain; null where nothing is sealed, or the way to the end was barred. */
  readonly head: Head | null
  /** From when the oldest and the newest of them are. */
  readonly from: Date | null
  readonly to: Date | null
  /** Where older entries were let go: the number of the last one, and when it was sealed. */
  readonly checkpoint: { readonly seq: number; readonly at: Date } | null
  /** How many entries have not been sealed yet, in this last minute. */
  readonly waiting: number
  readonly finding: Finding | null
}
