/** The room of changing one's email: a link to the new address, and a way back from the old one. */
import type { DB } from '../db/db.ts'
import type { StoredOneTimeToken } from '../db/tokens.ts'
import { canonicalEmail, mailboxOf, trimEmail } from '../email.ts'
import type { CanonicalEmail } from '../email.ts'
import { AuthError } from '../errors.ts'
import type { User, UserId } from '../user.ts'
import { disown, findFormerOwner, isOpen, killLinks, killLinksTo, killWaysBack } from './accounts.ts'
import type { Audit } from './audit.ts'
import { inOurWords } from './circumstances.ts'
import type { Circumstances } from './circumstances.ts'
import type { Costs } from './costs.ts'
import type { Deps } from './deps.ts'
import type { Guard } from './guard.ts'
import type { Limits } from './limits.ts'
import type { Outbox } from './outbox.ts'
import type { PasswordChange } from './password-change.ts'
import type { Session, Sessions } from './sessions.ts'
import { findToken } from './tokens.ts'
import { keyOf, taken } from './users.ts'

const DAY = 24 * 60 * 60_000
const MOST_LETTERS_A_DAY = 3 // of one person to an address that they typed, and that need not be theirs
const MOST_TO_A_MAILBOX_A_DAY = 10 // of all of them, however it is spelt

/** The rooms that changing an email works with. */
export interface EmailRooms {
  readonly passwordChange: PasswordChange
  readonly sessions: Sessions
  readonly limits: Limits
  readonly outbox: Outbox
  readonly guard: Guard
  readonly costs: Costs
  readonly audit: Audit
}

/** Asking for a change, confirming it, undoing it. */
export class Email {
  readonly #deps: Deps
  readonly #rooms: EmailRooms

  /** Works with passwords, sessions and letters. */
  constructor(deps: Deps, rooms: EmailRooms) {
    this.#deps = deps
    this.#rooms = rooms
  }

  /**
   * Mails a link to the new address, after a fresh login; nothing changes before it is followed. An address that somebody has is
   * answered like a free one, unless the settings tell; its owner hears of it.
   * @throws {AuthError} `sessions.not_fresh`, `users.invalid_email`, `users.email_taken`, `limits.exceeded`.
   */
  async request(session: Session, given: string, from?: Circumstances): Promise<{ readonly email: string }> {
    this.#rooms.sessions.refuseStale(session)
    const key = keyOf(given)
    const email = trimEmail(given)
    await this.#rooms.costs.spendOf('email', session.user.id)
    await this.#deps.db.transaction(async (tx) => {
      await this.#rooms.sessions.refuseEnded(tx, session)
      const act = { userId: session.user.id, email: key, from, sessionId: session.id, method: 'session' } as const
      await this.#rooms.audit.note(tx, 'email.change_requested', act)
      const owner = await tx.users.findByEmail(key)
      const isOther = owner?.emailVerified === true && owner.id !== session.user.id // nobody has yet shown an unverified one to be theirs
      const other = isOther ? owner : null
      if (other !== null && this.#deps.settings.users.tellExistence) throw taken(email)
      await this.#mail(tx, session.user, { email, key }, other, from)
    })
    return { email }
  }

  /** Puts in the letter: the link for a free address, word to the owner of a taken one. As many rows in any case. */
  async #mail(
    tx: DB,
    user: User,
    { email, key }: { readonly email: string; readonly key: CanonicalEmail },
    other: User | null,
    from?: Circumstances,
  ): Promise<void> {
    const { outbox, limits } = this.#rooms
    const theirs = await limits.countToday(tx, 'email change', `${user.id} ${key}`) // each their own: else one could keep others from moving there
    const isFew = theirs <= MOST_LETTERS_A_DAY
    const counted = isFew ? 'email changes' : 'no mailbox'
    const [what, of] = other === null ? [counted, mailboxOf(key)] : ['registration_tried', key]
    const times = await limits.countToday(tx, what, of)
    const facts = { at: this.#deps.now().getTime(), ...inOurWords(from) }
    if (other !== null && times === 1)
      await outbox.add(tx, 'registration_tried', { userId: other.id, email: other.email }, facts)
    else if (other === null && isFew && times <= MOST_TO_A_MAILBOX_A_DAY) {
      const change = { from: canonicalEmail(user.email) ?? '', newEmail: email }
      await outbox.add(tx, 'confirm_email', { userId: user.id, email }, change)
    } else await outbox.addNone(tx, key)
  }

  /**
   * Changes the email, by the link in the new address and the password of the account: an address that was mistyped belongs to somebody
   * else, who must not get the account with it. Person, old and new address are all bound to the link, and checked in one statement.
   * @throws {AuthError} `email.invalid_token`, `verification.wrong_password`, which spends nothing.
   */
  async confirm(token: StoredOneTimeToken, password: string, from?: Circumstances): Promise<User> {
    const { db } = this.#deps
    const change = changeOf(token)
    if (change === null) throw invalidLink()
    if ((await this.#rooms.passwordChange.prove({ id: change.userId }, password)) === null) {
      await this.#rooms.audit.note(db, 'email.change_failed', { userId: change.userId, from, method: 'link' })
      throw new AuthError('verification.wrong_password', { field: 'password' })
    }
    return db.transaction(async (tx) => {
      if (!(await tx.tokens.spend(token.id))) throw invalidLink()
      const { userId, key } = change
      await this.#rooms.audit.note(tx, 'email.changed', { userId, email: key, from, method: 'link' })
      await this.#rooms.guard.welcomeBack(tx, key, userId, from?.source)
      return this.#move(tx, token, change)
    })
  }

  /** Moves the account, kills every link to the old address, and tells both addresses. */
  async #move(tx: DB, token: StoredOneTimeToken, { userId, email, key }: Change): Promise<User> {
    const { now } = this.#deps
    const { outbox } = this.#rooms
    await tx.lock(token.email) // the address that becomes free
    const account = await tx.users.findAccount(userId)
    if (account === null || !isOpen(account)) throw invalidLink()
    if (canonicalEmail(account.user.email) !== key) await tx.users.removeUnverified(key)
    if (!(await tx.users.moveEmail(userId, token.email, { email, key }, now()))) throw invalidLink()
    await killLinks(tx, userId, ['undo'])
    await tx.pendings.removeAll(key)
    await killLinksTo(tx, key)
    const at = now().getTime()
    await outbox.add(tx, 'email_changed', { userId, email }, { at })
    const former = await findFormerOwner(tx, key, now())
    if (former?.userId === userId) await killWaysBack(tx, userId, key, former.until)
    else await this.#offerWayBack(tx, account.user)
    return { ...account.user, email, emailVerified: true }
  }

  /** Puts in the letter to the address that an account leaves, with the link to undo it. It works from the move on, not from the letter. */
  async #offerWayBack(tx: DB, { id: userId, email }: User): Promise<void> {
    const { now, settings } = this.#deps
    const at = now().getTime()
    const until = at + settings.email.undoDays * DAY
    await this.#rooms.outbox.add(tx, 'email_undo', { userId, email }, { at, newEmail: email, until })
  }

  /**
   * Gives the account back to the address that the link was mailed to, whatever it was moved to since and even if it was to be deleted,
   * and ends every session and the password: whoever changed the email knew it, and would be quicker than the owner. The next password
   * is set by a mailed link.
   * @throws {AuthError} `email.invalid_token`.
   */
  async undo(given: string, from?: Circumstances): Promise<User> {
    const { db, now } = this.#deps
    const token = await findToken(this.#deps, ['undo'], given)
    const userId = token?.userId ?? null
    if (token === null || userId === null) throw invalidLink()
    const { id, email: key } = token
    return db.transaction(async (tx) => {
      const account = await tx.users.findAccount(userId)
      const isSpent = await tx.tokens.spend(id)
      const back = { email: token.newEmail ?? key, key }
      if (!isSpent || account?.disabledAt !== null) throw invalidLink()
      if (!(await tx.users.moveEmail(userId, null, back, now()))) throw invalidLink()
      await disown(tx, userId)
      await tx.passwords.remove(userId)
      await killLinks(tx, userId, ['undo'])
      await killWaysBack(tx, userId, key, token.expiresAt)
      await this.#rooms.audit.note(tx, 'email.undone', { userId, email: key, from, method: 'link' })
      await tx.users.setState(userId, 'delete', null) // who took the account may have begun to delete it
      return { ...account.user, email: back.email, emailVerified: true }
    })
  }
}

interface Change {
  readonly userId: UserId
  readonly email: string
  readonly key: CanonicalEmail
}

/** The change that a token stands for, or null for one that stands for none. */
function changeOf({ userId, newEmail }: StoredOneTimeToken): Change | null {
  const key = newEmail === null ? null : canonicalEmail(newEmail)
  return userId === null || newEmail === null || key === null ? null : { userId, email: newEmail, key }
}

/** One refusal for a link that is wrong, spent, expired, or about an account that has changed since. */
function invalidLink(): AuthError {
  return new AuthError('email.invalid_token', { field: 'token' })
}
