/** The room of forgotten passwords: a token that works once, and what it does. */
import type { Token } from '../crypto/token.ts'
import type { DB } from '../db/db.ts'
import type { FormerOwner, StoredOneTimeToken } from '../db/tokens.ts'
import type { Account } from '../db/accounts.ts'
import { canonicalEmail, trimEmail } from '../email.ts'
import type { CanonicalEmail } from '../email.ts'
import { AuthError } from '../errors.ts'
import type { User } from '../user.ts'
import { disown, findFormerOwner, isOpen, killLinksTo } from './accounts.ts'
import type { Audit } from './audit.ts'
import { inOurWords, languageFor } from './circumstances.ts'
import type { Circumstances } from './circumstances.ts'
import type { Costs } from './costs.ts'
import type { Deps } from './deps.ts'
import type { Guard } from './guard.ts'
import type { LinkLetter } from './links.ts'
import type { Addressee, Outbox } from './outbox.ts'
import type { Passwords } from './passwords.ts'
import { refuseTakenOver } from './preset-memory.ts'
import { addToken, findToken } from './tokens.ts'
import { keyOf } from './users.ts'

/** What came of asking. */
export interface RequestedReset {
  /** The email as the answer is to show it. */
  readonly email: string
  /** The token, where the settings let the response hold it; else null, and a letter goes to the owner. */
  readonly token: Token | null
}

/** The rooms that resets work with. */
export interface ResetRooms {
  readonly passwords: Passwords
  readonly outbox: Outbox
  readonly guard: Guard
  readonly costs: Costs
  readonly audit: Audit
}

/** Asking for a reset, and completing it. */
export class Reset {
  readonly #deps: Deps
  readonly #rooms: ResetRooms

  /** Works with the rules for passwords, and with letters. */
  constructor(deps: Deps, rooms: ResetRooms) {
    this.#deps = deps
    this.#rooms = rooms
  }

  /**
   * Asks for a reset. In classic the answer holds the token, and tells who is unknown; else a letter goes to the owner, and the answer
   * is the same for any email. [ASVS 6.3.8]
   * @throws {AuthError} `reset.unknown_email`, `users.invalid_email`, `limits.exceeded`.
   */
  async request(given: string, from?: Circumstances): Promise<RequestedReset> {
    if (this.#deps.settings.reset.inResponse) {
      const { user, token } = await this.makeToken(given, from)
      return { email: user.email, token }
    }
    const key = keyOf(given)
    await this.#rooms.costs.spend('letter', from?.source)
    await this.#deps.db.transaction(async (tx) => this.mail(tx, key, 'somebody', from))
    return { email: trimEmail(given), token: null }
  }

  /**
   * Makes a reset token, for a program that hands it on by itself.
   * @throws {AuthError} `reset.unknown_email`, also for somebody who could not log in.
   */
  async makeToken(email: string, from?: Circumstances): Promise<{ readonly user: User; readonly token: Token }> {
    const { db, settings } = this.#deps
    const key = canonicalEmail(email)
    return db.transaction(async (tx) => {
      await refuseTakenOver(tx, settings)
      const account = key === null ? null : await tx.users.findAccountByEmail(key)
      if (key === null || account === null || !this.#rooms.passwords.mayLogIn(account)) throw unknownEmail()
      const binding = { purpose: 'reset', userId: account.user.id, email: key, newEmail: null } as const
      const life = { lifeMs: settings.reset.minutes * 60_000, isMailed: false }
      await this.#rooms.audit.note(tx, 'reset.requested', { userId: account.user.id, email: key, from })
      return { user: account.user, token: await addToken(this.#deps, tx, binding, life) }
    })
  }

  /**
   * Puts in the letter that an address gets when a reset is asked for: the reset for its owner, or for somebody who registered it; the
   * way back for an account that is to be deleted, and for one that was moved to another address.
   */
  async mail(tx: DB, key: CanonicalEmail, asked: 'somebody' | 'operator', from?: Circumstances): Promise<void> {
    const now = this.#deps.now()
    await tx.lock(key)
    const account = await tx.users.findAccountByEmail(key)
    const event = asked === 'operator' ? 'admin.reset_started' : 'reset.requested'
    const method = asked === 'operator' ? 'operator' : null
    await this.#rooms.audit.note(tx, event, { userId: account?.user.id ?? null, email: key, from, method })
    const isWaiting = await tx.pendings.isWaiting(key, now)
    const former = await findFormerOwner(tx, key, now)
    const stranger = account === null && isWaiting ? { userId: null, email: key } : null
    const { kind, to, at } = letterFor(account, former) ?? { kind: 'reset_password', to: stranger, at: now }
    const until = former?.until.getTime() ?? 0 // mailed once more, the way back works no longer than before
    const back = kind === 'email_undo' && { newEmail: former?.email ?? key, until }
    const facts = { at: at.getTime(), ...back, ...languageFor(account, from) }
    if (asked === 'operator' && to !== null) await this.#rooms.outbox.addOperatorsLink(tx, kind, to, facts)
    else await this.#rooms.outbox.addLink(tx, kind, key, to, facts)
  }

  /**
   * Sets the password of the token's owner, spends the token, and ends every session, every other link, and every known device of theirs.
   * The email must be the owner's; where the contract's `updatePassword` gives none, the token speaks for itself. A mailed token also
   * proves the address: an account that was not verified becomes so, and one that only waited comes to be.
   * A wrong token costs no hash, and a refused password spends no token.
   * @throws {AuthError} `reset.invalid_token`, `limits.exceeded`, or a refusal of the password.
   */
  async complete(email: string | null, given: string, password: string, from?: Circumstances): Promise<User> {
    const token = await findToken(this.#deps, ['reset'], given)
    if (token === null || (email !== null && canonicalEmail(email) !== token.email)) return this.#refuse(email, from)
    const lane = { name: 'reset', source: from?.source ?? null } as const
    const hash = await this.#rooms.passwords.hash(password, 'new_password', token.email, lane) // slow: before the transaction, not in it
    const user = await this.#deps.db.transaction(async (tx) => {
      if (!(await tx.tokens.spend(token.id))) throw invalidToken()
      return this.#settle(tx, token, hash, from)
    })
    return user
  }

  /** Notes a wrong token, which costs its source a try, and refuses. @throws {AuthError} `reset.invalid_token`, `limits.exceeded`. */
  async #refuse(email: string | null, from?: Circumstances): Promise<never> {
    await this.#rooms.costs.spend('reset', from?.source)
    const key = email === null ? null : canonicalEmail(email)
    await this.#rooms.audit.note(this.#deps.db, 'reset.failed', { email: key, from, method: 'link' })
    throw invalidToken()
  }

  /** Sets the hash, with all that follows: failures in a row are forgotten too, because the password is another one. */
  async #settle(tx: DB, token: StoredOneTimeToken, hash: string, from?: Circumstances): Promise<User> {
    const { now } = this.#deps
    const user = await this.#ownerOfToken(tx, token)
    await disown(tx, user.id)
    await tx.passwords.set(user.id, hash, now())
    if (from?.language !== undefined) await tx.users.setLanguage(user.id, from.language)
    if (token.mailedAt !== null) {
      await tx.users.setVerified(user.id, now())
      await tx.pendings.removeAll(token.email)
      await killLinksTo(tx, token.email)
    }
    await this.#rooms.guard.welcomeBack(tx, token.email, user.id, from?.source)
    await this.#rooms.audit.note(tx, 'reset.completed', { userId: user.id, email: token.email, from, method: 'link' })
    const facts = { at: now().getTime(), ...inOurWords(from) }
    await this.#rooms.outbox.add(tx, 'password_changed', { userId: user.id, email: user.email }, facts)
    return { ...user, emailVerified: user.emailVerified || token.mailedAt !== null }
  }

  /** Whose token this is. An address without an account gets one: the link went there, so it is theirs. */
  async #ownerOfToken(tx: DB, { userId, email: key }: StoredOneTimeToken): Promise<User> {
    const { now } = this.#deps
    const account = userId === null ? await tx.users.findAccountByEmail(key) : await tx.users.findAccount(userId)
    if (account !== null) {
      const isBound = canonicalEmail(account.user.email) === key
      if (!isBound || !isOpen(account)) throw invalidToken()
      return account.user
    }
    const former = await findFormerOwner(tx, key, now())
    const user = userId === null && former === null ? await tx.users.add(key, key, now()) : null
    if (user === null) throw invalidToken()
    return user
  }
}

/** A letter to somebody who has, or had, an account. */
interface OwnersLetter {
  readonly kind: LinkLetter
  readonly to: Addressee
  readonly at: Date
}

/** The letter to the owner of an account, or to its former owner; null where there is neither, or the account is disabled. */
function letterFor(account: Account | null, former: FormerOwner | null): OwnersLetter | null {
  if (account === null)
    return former && { kind: 'email_undo', to: { userId: former.userId, email: former.email }, at: former.leftAt }
  const { user, disabledAt, deleteAt } = account
  const to = { userId: user.id, email: user.email }
  if (disabledAt !== null) return null
  if (deleteAt !== null) return { kind: 'deletion', to, at: deleteAt }
  return { kind: 'reset_password', to, at: user.createdAt }
}

/** The refusal of an email that nobody has. The contract tells. */
function unknownEmail(): AuthError {
  return new AuthError('reset.unknown_email', { field: 'email', message: 'Nobody is registered with this email.' })
}

/** One refusal for a token that is wrong, spent, expired or somebody else's. */
function invalidToken(): AuthError {
  return new AuthError('reset.invalid_token', {
    field: 'reset_token',
    message: 'The reset token is wrong, used up, expired, or not for this email. Ask for another.',
  })
}
