/** The room of those who look after others' accounts: the operator at the command line, and admins by name. None of them sees or sets a password. */
import type { DB } from '../db/db.ts'
import { canonicalEmail, trimEmail } from '../email.ts'
import { AuthError } from '../errors.ts'
import type { User, UserId } from '../user.ts'
import { disown, findFormerOwner, isOpen } from './accounts.ts'
import type { Act, Audit } from './audit.ts'
import type { AuditEvent } from './audit-events.ts'
import type { Deps } from './deps.ts'
import type { Outbox } from './outbox.ts'
import type { Reset } from './reset.ts'
import { keyOf, taken } from './users.ts'

/** Who acts: whoever holds the machine, or a person who must be an admin. */
export type Actor = 'operator' | User

const STATE_EVENTS = {
  disabled: { on: 'admin.disabled', off: 'admin.enabled' },
  admin: { on: 'admin.granted', off: 'admin.revoked' },
} as const

/** What is done to others' accounts. */
export class Admin {
  readonly #deps: Deps
  readonly #reset: Reset
  readonly #outbox: Outbox
  readonly #audit: Audit

  /** Works with resets, letters and the record. */
  constructor(deps: Deps, reset: Reset, outbox: Outbox, audit: Audit) {
    this.#deps = deps
    this.#reset = reset
    this.#outbox = outbox
    this.#audit = audit
  }

  /**
   * Disables an account: all its sessions, links and devices end at once, and nobody logs in. The operator alone may.
   * @throws {AuthError} `admin.required`, `admin.unknown_user`.
   */
  async disable(actor: 'operator', id: UserId): Promise<void> {
    await this.#setState(actor, id, 'disabled', this.#deps.now())
  }

  /**
   * Enables an account again. The operator alone may.
   * @throws {AuthError} `admin.required`, `admin.unknown_user`.
   */
  async enable(actor: 'operator', id: UserId): Promise<void> {
    await this.#setState(actor, id, 'disabled', null)
  }

  /**
   * Makes a person an admin, or no longer one. The operator alone may.
   * @throws {AuthError} `admin.required`, `admin.unknown_user`.
   */
  async setAdmin(actor: 'operator', id: UserId, isAdmin: boolean): Promise<void> {
    await this.#setState(actor, id, 'admin', isAdmin ? this.#deps.now() : null)
  }

  /**
   * Starts a reset for somebody: the letter goes to the owner, as if they had asked for it, and tells nothing to the actor. [ASVS 6.4.6]
   * @throws {AuthError} `admin.required`, `admin.unknown_user`.
   */
  async startReset(actor: Actor, id: UserId): Promise<void> {
    await this.#refuseOthers(actor)
    const key = canonicalEmail((await this.#find(id)).email)
    if (key === null) throw unknown()
    await this.#deps.db.transaction(async (tx) => this.#reset.mail(tx, key, 'operator'))
  }

  /**
   * Ends all sessions and known devices of somebody. Resolves to how many sessions ended. [ASVS 7.4.5]
   * @throws {AuthError} `admin.required`, `admin.unknown_user`.
   */
  async endSessions(actor: Actor, id: UserId): Promise<number> {
    await this.#refuseOthers(actor)
    await this.#find(id)
    return this.#deps.db.transaction(async (tx) => {
      await tx.devices.removeAll(id)
      const ended = await tx.sessions.removeAll(id)
      await this.#note(tx, 'admin.sessions_ended', actor, { userId: id, facts: { ended } })
      return ended
    })
  }

  /** Ends all sessions and known devices of everybody, and resolves to how many. [ASVS 7.4.5] @throws {AuthError} `admin.required`. */
  async endAllSessions(actor: Actor): Promise<number> {
    await this.#refuseOthers(actor)
    return this.#deps.db.transaction(async (tx) => {
      await tx.devices.clear()
      const ended = await tx.sessions.removeEverybodys()
      await this.#note(tx, 'admin.all_sessions_ended', actor, { facts: { ended } })
      return ended
    })
  }

  /**
   * Invites somebody: a letter with a link by which they choose a password; with that the account comes to be, verified.
   * @throws {AuthError} `users.invalid_email`, `users.email_taken`.
   */
  async invite(actor: Actor, given: string): Promise<{ readonly email: string }> {
    await this.#refuseOthers(actor)
    const key = keyOf(given)
    const email = trimEmail(given)
    await this.#deps.db.transaction(async (tx) => {
      const former = await findFormerOwner(tx, key, this.#deps.now())
      if (former !== null || (await tx.users.findByEmail(key)) !== null) throw taken(email)
      await this.#note(tx, 'admin.invited', actor, { email: key })
      await this.#outbox.addOperatorsLink(tx, 'invitation', { userId: null, email })
    })
    return { email }
  }

  /** Gives an account a state. What takes effect on who is in ends everything in the same transaction. */
  async #setState(actor: 'operator', id: UserId, state: 'disabled' | 'admin', at: Date | null): Promise<void> {
    if ((actor as Actor) !== 'operator') throw new AuthError('admin.required') // callers without types
    await this.#deps.db.transaction(async (tx) => {
      if (!(await tx.users.setState(id, state, at))) throw unknown()
      if (state === 'disabled' && at !== null) await disown(tx, id)
      await this.#note(tx, STATE_EVENTS[state][at === null ? 'off' : 'on'], actor, { userId: id })
    })
  }

  /** Notes what was done to an account, and by which admin where it was one. */
  async #note(tx: DB, event: AuditEvent, actor: Actor, act: Act): Promise<void> {
    const facts = { ...act.facts, ...(actor !== 'operator' && { admin: actor.id }) }
    await this.#audit.note(tx, event, { ...act, method: actor === 'operator' ? 'operator' : 'session', facts })
  }

  /** Refuses whoever is neither the operator nor an admin now. [ASVS 8.2.1, 8.3.2] */
  async #refuseOthers(actor: Actor): Promise<void> {
    if (actor === 'operator') return
    const account = await this.#deps.db.users.findAccount(actor.id)
    if (account === null || !account.isAdmin || !isOpen(account)) throw new AuthError('admin.required')
  }

  /** The person of this id. */
  async #find(id: UserId): Promise<User> {
    const user = await this.#deps.db.users.find(id)
    if (user === null) throw unknown()
    return user
  }
}

/** The refusal of an id that nobody has. */
function unknown(): AuthError {
  return new AuthError('admin.unknown_user')
}
