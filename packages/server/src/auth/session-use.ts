/** The use of a session: written down now and then, with a look whether it comes from elsewhere than before. */
import type { StoredSession } from '../db/sessions.ts'
import { DatabaseUnavailable } from '../errors.ts'
import type { Audit } from './audit.ts'
import { inOurWords } from './circumstances.ts'
import type { Circumstances } from './circumstances.ts'
import type { Deps } from './deps.ts'

const MINUTE = 60_000

/** Notes uses. */
export class SessionUse {
  readonly #deps: Deps
  readonly #audit: Audit

  /** Works with the record. */
  constructor(deps: Deps, audit: Audit) {
    this.#deps = deps
    this.#audit = audit
  }

  /** Whether the use of a session is to be written down: at most once in some minutes, for reading is cheap and writing is not. */
  isDue({ usedAt }: StoredSession): boolean {
    const { settings, now } = this.#deps
    return now().getTime() - usedAt.getTime() >= settings.sessions.noteUseMinutes * MINUTE
  }

  /**
   * Writes down that a session is in use; and where it comes from, if somebody says so. Another kind of device or another network than
   * before is an event that its person sees. When there is no room for that, people are not logged out: the next check tries again.
   * [ASVS 8.2.4]
   */
  async note(session: StoredSession, from: Circumstances | undefined): Promise<void> {
    try {
      await this.#write(session, from)
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error
    }
  }

  /** Writes it down. */
  async #write({ id, user }: StoredSession, from: Circumstances | undefined): Promise<void> {
    const { db, now } = this.#deps
    await db.transaction(async (tx) => {
      const before = from === undefined ? null : await tx.sessions.findSeen(id)
      if (from === undefined || before === null) return tx.sessions.touch(id, now())
      const { device, place } = inOurWords(from)
      await tx.sessions.touch(id, now(), { device, place })
      const facts = { device_changed: device !== before.device, place_changed: place !== before.place }
      if (facts.device_changed || facts.place_changed)
        await this.#audit.note(tx, 'sessions.moved', { userId: user.id, from, sessionId: id, method: 'session', facts })
      return undefined
    })
  }
}
