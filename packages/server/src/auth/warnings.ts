/** The room of warnings: an owner hears of guesses at their password, now and then, and not more often. [ASVS 6.3.5] */
import type { DB } from '../db/db.ts'
import type { CanonicalEmail } from '../email.ts'
import type { LetterKind } from '../mail/letters.ts'
import type { User, UserId } from '../user.ts'
import type { Audit } from './audit.ts'
import type { Deps } from './deps.ts'
import type { Outbox } from './outbox.ts'

/** Letters about guesses. */
export class Warnings {
  readonly #deps: Deps
  readonly #audit: Audit
  readonly #outbox: Outbox

  /** Works with letters and the record. */
  constructor(deps: Deps, audit: Audit, outbox: Outbox) {
    this.#deps = deps
    this.#audit = audit
    this.#outbox = outbox
  }

  /**
   * Takes note of so many failures in a row. At the one that is too many, and at the one that stops the password, the owner gets a letter
   * of each kind a day at the most; where there is no owner a row is written that is no letter. [ASVS 6.3.8]
   */
  async warn(key: CanonicalEmail, failures: number, byStrangers: boolean): Promise<void> {
    const { login, limits } = this.#deps.settings
    if (failures === (byStrangers ? login.warnAfterTries : this.#warnAtOfKnown))
      await this.#tell(key, 'failed_tries', failures)
    if (byStrangers && failures === limits.stopAfterTries) await this.#tell(key, 'password_stopped', failures)
  }

  /** Takes note of so many failures in a row at giving a password once more, at a session or by a link. */
  async warnOfProofs(userId: UserId, failures: number): Promise<void> {
    if (failures !== this.#warnAtOfKnown) return
    await this.#deps.db.transaction(async (tx) => {
      const user = await tx.users.find(userId)
      if (user?.emailVerified === true) await this.#write(tx, 'failed_tries', user, failures)
    })
  }

  /** At which failure of a known device, or a live session, the owner hears of it; 0 for none. */
  get #warnAtOfKnown(): number {
    const { login, limits } = this.#deps.settings
    return Math.min(login.warnAfterTries, limits.deviceTries)
  }

  /** Puts in the letter to the owner, if there is one. */
  async #tell(key: CanonicalEmail, kind: LetterKind, tries: number): Promise<void> {
    await this.#deps.db.transaction(async (tx) => {
      const user = await tx.users.findByEmail(key)
      if (kind === 'password_stopped')
        await this.#audit.note(tx, 'login.stopped', { userId: user?.id ?? null, email: key, facts: { tries } })
      if (user?.emailVerified === true) await this.#write(tx, kind, user, tries)
      else await this.#outbox.addNone(tx, key)
    })
  }

  /** Puts in a letter. */
  async #write(tx: DB, kind: LetterKind, { id: userId, email }: User, tries: number): Promise<void> {
    await this.#outbox.addOnceADay(tx, kind, { userId, email }, { at: this.#deps.now().getTime(), tries })
  }
}
