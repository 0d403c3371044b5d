/** What Auth gets from outside: storage, settings, the hasher, the mailer, the clock and the log. */
import type { BreachList } from '../breaches.ts'
import type { Hasher } from '../crypto/hasher.ts'
import type { DB } from '../db/db.ts'
import type { Mailer } from '../mail/mailer.ts'
import type { Settings } from '../settings.ts'

/** Where Auth says what operators must hear of. Nothing secret is handed to it, and no address. */
export interface AuthLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** What every room of Auth works with. */
export interface Deps {
  readonly db: DB
  readonly settings: Settings
  readonly hasher: Hasher
  /** Sends letters; null where there is no mail server, so that letters stay in the inbox for development. */
  readonly mailer: Mailer | null
  /** Knows passwords from breaches; null where no such service is set. */
  readonly breaches: BreachList | null
  /** The clock. */
  readonly now: () => Date
  readonly log: AuthLog
}
