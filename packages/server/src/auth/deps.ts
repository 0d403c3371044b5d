/** What Auth gets from outside: storage, settings, the hasher and the clock. */
import type { Hasher } from '../crypto/hasher.ts'
import type { DB } from '../db/db.ts'
import type { Settings } from '../settings.ts'

/** What every room of Auth works with. */
export interface Deps {
  readonly db: DB
  readonly settings: Settings
  readonly hasher: Hasher
  /** The clock. */
  readonly now: () => Date
}
