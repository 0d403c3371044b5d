/** The room of leaving: an account is deleted after a time of grace, in which its owner may change their mind. */
import { AuthError } from '../errors.ts'
import type { User } from '../user.ts'
import { disown, findEndOfWaysBack, killLinks } from './accounts.ts'
import type { Audit } from './audit.ts'
import type { Circumstances } from './circumstances.ts'
import type { Deps } from './deps.ts'
import type { Outbox } from './outbox.ts'
import type { Session, Sessions } from './sessions.ts'
import { findToken } from './tokens.ts'

const DAY = 24 * 60 * 60_000

/** Asking for the deletion of one's account, and taking it back. */
export class Deletion {
  readonly #deps: Deps
  readonly #sessions: Sessions
  readonly #outbox: Outbox
  readonly #audit: Audit

  /** Works with sessions, letters and the record. */
  constructor(deps: Deps, sessions: Sessions, outbox: Outbox, audit: Audit) {
    this.#deps = deps
    this.#sessions = sessions
    this.#outbox = outbox
    this.#audit = audit
  }

  /**
   * Begins the time of grace, after a fresh login: all sessions end at once, nobody logs in any more, and a letter with the way back goes
   * out. Resolves to when the account will be gone: not before whoever had it at another address may take it back no more, else a thief
   * who moved it away could delete it under its owner. [ASVS 7.4.2, 7.5.3]
   * @throws {AuthError} `sessions.not_fresh`.
   */
  async request(session: Session, from?: Circumstances): Promise<Date> {
    this.#sessions.refuseStale(session)
    const { db, now, settings } = this.#deps
    const { id, email } = session.user
    const graceMs = settings.users.graceDays * DAY
    return db.transaction(async (tx) => {
      await this.#sessions.refuseEnded(tx, session)
      const wayBackEndsAt = await findEndOfWaysBack(tx, id)
      const deleteAt = new Date(Math.max(now().getTime() + graceMs, wayBackEndsAt.getTime()))
      await tx.users.setState(id, 'delete', deleteAt)
      await disown(tx, id)
      const act = { userId: id, from, sessionId: session.id, method: 'session' } as const
      await this.#audit.note(tx, 'deletion.requested', act)
      const facts = { at: deleteAt.getTime(), until: deleteAt.getTime() } // what the letter tells, and as long as that its link works
      await this.#outbox.add(tx, 'deletion', { userId: id, email }, facts)
      return deleteAt
    })
  }

  /**
   * Keeps an account, by the link in that letter.
   * @throws {AuthError} `deletion.invalid_token`.
   */
  async takeBack(given: string, from?: Circumstances): Promise<User> {
    const { db } = this.#deps
    const token = await findToken(this.#deps, ['keep'], given)
    const userId = token?.userId ?? null
    if (token === null || userId === null) throw invalidLink()
    return db.transaction(async (tx) => {
      const isSpent = await tx.tokens.spend(token.id)
      const account = await tx.users.findAccount(userId)
      const isLeaving = account?.disabledAt === null && account.deleteAt !== null
      if (!isSpent || !isLeaving) throw invalidLink()
      await tx.users.setState(userId, 'delete', null)
      await killLinks(tx, userId, ['undo'])
      await this.#audit.note(tx, 'deletion.taken_back', { userId, from, method: 'link' })
      return account.user
    })
  }
}

/** One refusal for a link that is wrong, spent or expired, or whose account is gone. */
function invalidLink(): AuthError {
  return new AuthError('deletion.invalid_token', { field: 'token' })
}
