/** The room of verifying an email: a mailed link, and the password that goes with the address. */
import type { Lane } from '../crypto/hasher.ts'
import type { DB } from '../db/db.ts'
import type { StoredOneTimeToken } from '../db/tokens.ts'
import { trimEmail } from '../email.ts'
import { AuthError } from '../errors.ts'
import type { User } from '../user.ts'
import { disown, findFormerOwner, killLinksTo } from './accounts.ts'
import type { Audit } from './audit.ts'
import { languageFor } from './circumstances.ts'
import type { Circumstances } from './circumstances.ts'
import type { Costs } from './costs.ts'
import type { Deps } from './deps.ts'
import type { Email } from './email.ts'
import type { Guard } from './guard.ts'
import type { Limits } from './limits.ts'
import type { Outbox } from './outbox.ts'
import type { Passwords } from './passwords.ts'
import { findToken } from './tokens.ts'
import { keyOf } from './users.ts'

/** A password that somebody chose for an address: for the account that is there, or for a registration that waits. */
interface Candidate {
  readonly email: string
  readonly hash: string
  /** The account whose own password this is; null for a registration that waits. */
  readonly account: User | null
}

const MOST_TRIES = 5

/** The rooms that verifying works with. */
export interface VerificationRooms {
  readonly passwords: Passwords
  readonly outbox: Outbox
  readonly email: Email
  readonly limits: Limits
  readonly guard: Guard
  readonly costs: Costs
  readonly audit: Audit
}

/** Asking for a link, and following it. */
export class Verification {
  readonly #deps: Deps
  readonly #rooms: VerificationRooms

  /** Works with the rules for passwords; a link to a new email is that room's. */
  constructor(deps: Deps, rooms: VerificationRooms) {
    this.#deps = deps
    this.#rooms = rooms
  }

  /**
   * Mails a link to an address that is not verified yet. Known or not, pending or verified: the same answer, the same work. [ASVS 6.3.8]
   * @throws {AuthError} `users.invalid_email`, `limits.exceeded`.
   */
  async request(given: string, from?: Circumstances): Promise<{ readonly email: string }> {
    const { db, now } = this.#deps
    const key = keyOf(given)
    await this.#rooms.costs.spend('letter', from?.source)
    await db.transaction(async (tx) => {
      await tx.lock(key)
      const account = await tx.users.findAccountByEmail(key)
      await this.#rooms.audit.note(tx, 'verification.requested', { userId: account?.user.id ?? null, email: key, from })
      const isWaiting = await tx.pendings.isWaiting(key, now())
      const former = await findFormerOwner(tx, key, now())
      const isOpen = former === null && (account === null ? isWaiting : !account.user.emailVerified)
      const facts = languageFor(account, from)
      await this.#rooms.outbox.addLink(tx, 'verify_email', key, isOpen ? { userId: null, email: key } : null, facts)
    })
    return { email: trimEmail(given) }
  }

  /**
   * Verifies an address by its link and a password that was chosen for it. The password decides which of several registrations becomes
   * the account: so a link that a stranger's registration brought about never brings the stranger's password to life.
   * A link that was mailed to change an email is followed the same way.
   * @throws {AuthError} `verification.invalid_token`, `verification.wrong_password`, which spends nothing; `limits.exceeded`.
   */
  async complete(given: string, password: string, from?: Circumstances): Promise<User> {
    const { db } = this.#deps
    const token = await findToken(this.#deps, ['verify', 'email'], given)
    if (token === null) return this.#refuse(null, invalidLink(), from)
    await this.#countTry(token)
    if (token.purpose === 'email') return this.#rooms.email.confirm(token, password, from)
    const chosen = await this.#choose(token, password, { name: 'reset', source: from?.source ?? null })
    if (chosen === null)
      return this.#refuse(token, new AuthError('verification.wrong_password', { field: 'password' }), from)
    return db.transaction(async (tx) => {
      if (!(await tx.tokens.spend(token.id))) throw invalidLink()
      const user = await this.#settle(tx, token, chosen)
      if (from?.language !== undefined) await tx.users.setLanguage(user.id, from.language)
      await tx.pendings.removeAll(token.email)
      await killLinksTo(tx, token.email)
      await this.#rooms.guard.welcomeBack(tx, token.email, user.id, from?.source)
      await this.#rooms.audit.note(tx, 'verification.completed', {
        userId: user.id,
        email: token.email,
        from,
        method: 'link',
      })
      return user
    })
  }

  /** Notes a link or a password that was wrong, which costs its source a try, and refuses. @throws {AuthError} as given, or `limits.exceeded`. */
  async #refuse(token: StoredOneTimeToken | null, refusal: AuthError, from?: Circumstances): Promise<never> {
    await this.#rooms.costs.spend('reset', from?.source)
    const act = { userId: token?.userId ?? null, email: token?.email ?? null, from, method: 'link' } as const
    await this.#rooms.audit.note(this.#deps.db, 'verification.failed', act)
    throw refusal
  }

  /**
   * Counts a password that is tried with a link, before it costs hashes, and refuses the sixth in a day. The link itself stays: else a
   * burst of right ones, as an impatient person sends it, would kill it under the one that is about to win.
   */
  async #countTry({ id }: StoredOneTimeToken): Promise<void> {
    if ((await this.#rooms.limits.countToday(this.#deps.db, 'link tries', id)) > MOST_TRIES) throw invalidLink()
  }

  /** The registration or account whose password this is; null when it is none's. */
  async #choose({ email: key }: StoredOneTimeToken, password: string, lane: Lane): Promise<Candidate | null> {
    const { db, now } = this.#deps
    const login = await db.passwords.findLogin(key)
    if (login?.user.emailVerified === true || (login !== null && login.disabledAt !== null)) throw invalidLink()
    const { user = null, hash = null } = login ?? {}
    const own = user === null || hash === null ? [] : [{ email: user.email, hash, account: user }]
    const waiting = (await db.pendings.listLive(key, now())).map((pending) => ({ ...pending, account: null }))
    for (const candidate of [...own, ...waiting])
      if (await this.#rooms.passwords.matches(password, candidate.hash, lane)) return candidate
    return null
  }

  /** Makes the account, or verifies the one that is there. One that somebody else made loses all that was theirs. */
  async #settle(tx: DB, { email: key }: StoredOneTimeToken, { email, hash, account }: Candidate): Promise<User> {
    const { now } = this.#deps
    const user = (await tx.users.findByEmail(key)) ?? (await tx.users.add(email, key, now()))
    if (user === null || user.emailVerified || (await findFormerOwner(tx, key, now())) !== null) throw invalidLink()
    if (account === null) {
      await disown(tx, user.id)
      for (const state of ['delete', 'admin'] as const) await tx.users.setState(user.id, state, null) // an earlier registrant's
      await tx.passwords.set(user.id, hash, now())
    }
    await tx.users.setVerified(user.id, now())
    return { ...user, emailVerified: true }
  }
}

/** One refusal for a link that is wrong, spent, expired or for an address that needs none. */
function invalidLink(): AuthError {
  return new AuthError('verification.invalid_token', { field: 'token' })
}
