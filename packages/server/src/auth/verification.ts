/** The room of verifying an email: a mailed link, and the password that goes with the address. */
import type { DB } from '../db/db.ts'
import type { StoredOneTimeToken } from '../db/tokens.ts'
import { trimEmail } from '../email.ts'
import { AuthError } from '../errors.ts'
import type { User } from '../user.ts'
import { disown, findFormerOwner, killLinksTo } from './accounts.ts'
import type { Circumstances } from './circumstances.ts'
import type { Deps } from './deps.ts'
import type { Email } from './email.ts'
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
}

/** Asking for a link, and following it. */
export class Verification {
  readonly #deps: Deps
  readonly #passwords: Passwords
  readonly #outbox: Outbox
  readonly #email: Email
  readonly #limits: Limits

  /** Works with the rules for passwords; a link to a new email is that room's. */
  constructor(deps: Deps, { passwords, outbox, email, limits }: VerificationRooms) {
    this.#deps = deps
    this.#passwords = passwords
    this.#outbox = outbox
    this.#email = email
    this.#limits = limits
  }

  /**
   * Mails a link to an address that is not verified yet. Known or not, pending or verified: the same answer, the same work. [ASVS 6.3.8]
   * @throws {AuthError} `users.invalid_email`.
   */
  async request(given: string): Promise<{ readonly email: string }> {
    const { db, now } = this.#deps
    const key = keyOf(given)
    await db.transaction(async (tx) => {
      await tx.lock(key)
      const user = await tx.users.findByEmail(key)
      const isWaiting = await tx.pendings.isWaiting(key, now())
      const former = await findFormerOwner(tx, key, now())
      const isOpen = former === null && (user === null ? isWaiting : !user.emailVerified)
      await this.#outbox.addLink(tx, 'verify_email', key, isOpen ? { userId: null, email: key } : null)
    })
    return { email: trimEmail(given) }
  }

  /**
   * Verifies an address by its link and a password that was chosen for it. The password decides which of several registrations becomes
   * the account: so a link that a stranger's registration brought about never brings the stranger's password to life.
   * A link that was mailed to change an email is followed the same way.
   * @throws {AuthError} `verification.invalid_token`, `verification.wrong_password`, which spends nothing.
   */
  async complete(given: string, password: string, from?: Circumstances): Promise<User> {
    const { db } = this.#deps
    const token = await findToken(this.#deps, ['verify', 'email'], given)
    if (token === null) throw invalidLink()
    await this.#countTry(token)
    if (token.purpose === 'email') return this.#email.confirm(token, password)
    const chosen = await this.#choose(token, password)
    return db.transaction(async (tx) => {
      if (!(await tx.tokens.spend(token.id))) throw invalidLink()
      const user = await this.#settle(tx, token, chosen)
      if (from?.language !== undefined) await tx.users.setLanguage(user.id, from.language)
      await tx.pendings.removeAll(token.email)
      await killLinksTo(tx, token.email)
      return user
    })
  }

  /** Counts a password that is tried with a link, before it costs hashes; after the fifth in a day the link is dead. */
  async #countTry({ id }: StoredOneTimeToken): Promise<void> {
    const { db } = this.#deps
    if ((await this.#limits.countToday(db, 'link tries', id)) <= MOST_TRIES) return
    await db.tokens.spend(id)
    throw invalidLink()
  }

  /** The registration or account whose password this is. */
  async #choose({ email: key }: StoredOneTimeToken, password: string): Promise<Candidate> {
    const { db, now } = this.#deps
    const login = await db.passwords.findLogin(key)
    if (login?.user.emailVerified === true || (login !== null && login.disabledAt !== null)) throw invalidLink()
    const { user = null, hash = null } = login ?? {}
    const own = user === null || hash === null ? [] : [{ email: user.email, hash, account: user }]
    const waiting = (await db.pendings.listLive(key, now())).map((pending) => ({ ...pending, account: null }))
    for (const candidate of [...own, ...waiting])
      if (await this.#passwords.matches(password, candidate.hash)) return candidate
    throw new AuthError('verification.wrong_password', { field: 'password' })
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
