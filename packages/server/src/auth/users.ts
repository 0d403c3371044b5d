/** The room of people: registering, finding, listing, removing. */
import type { DB } from '../db/db.ts'
import type { OutboxEntry } from '../db/outbox.ts'
import type { Account } from '../db/accounts.ts'
import { canonicalEmail, trimEmail } from '../email.ts'
import type { CanonicalEmail } from '../email.ts'
import { AuthError } from '../errors.ts'
import type { User, UserId } from '../user.ts'
import { findFormerOwner } from './accounts.ts'
import type { Audit } from './audit.ts'
import type { AuditEvent } from './audit-events.ts'
import { inOurWords, languageFor } from './circumstances.ts'
import type { Circumstances } from './circumstances.ts'
import type { Costs } from './costs.ts'
import type { Deps } from './deps.ts'
import type { Outbox } from './outbox.ts'
import type { Passwords } from './passwords.ts'

const DAY = 24 * 60 * 60_000

/** What came of registering. */
export interface Registration {
  /** The email as it was given. */
  readonly email: string
  /** The person; null where the email must be verified first, or strangers are not told that it is taken. */
  readonly user: User | null
}

/** The rooms that registering works with. */
export interface UsersRooms {
  readonly passwords: Passwords
  readonly outbox: Outbox
  readonly costs: Costs
  readonly audit: Audit
}

/** People, from outside. */
export class Users {
  readonly #deps: Deps
  readonly #rooms: UsersRooms

  /** Works with the rules for passwords, and with letters. */
  constructor(deps: Deps, rooms: UsersRooms) {
    this.#deps = deps
    this.#rooms = rooms
  }

  /**
   * Registers a person. Where emails must be verified first, this only makes a pending registration and mails a link; where strangers
   * are not told, a taken email is answered like a free one, and its owner gets a letter.
   * @throws {AuthError} `users.invalid_email`, `users.email_taken`, `limits.exceeded`, or a refusal of the password.
   */
  async register(given: string, password: string, from?: Circumstances): Promise<Registration> {
    const key = keyOf(given)
    const email = trimEmail(given)
    const lane = { name: 'registration', source: from?.source ?? null } as const
    await this.#deps.hasher.refuseWhenFull(lane)
    await this.#rooms.costs.spend('registration', from?.source)
    const hash = await this.#rooms.passwords.hash(password, 'password', key, lane) // before the look-up: a taken email costs as much as a free one
    const { verifyFirst } = this.#deps.settings.users
    const user = await this.#deps.db.transaction(async (tx) => {
      await tx.lock(key)
      return verifyFirst ? this.#wait(tx, key, email, hash, from) : this.#add(tx, key, email, hash, from)
    })
    return { email, user }
  }

  /** Makes the account at once. */
  async #add(tx: DB, key: CanonicalEmail, email: string, hash: string, from?: Circumstances): Promise<User | null> {
    const former = await findFormerOwner(tx, key, this.#deps.now())
    const user = former === null ? await tx.users.add(email, key, this.#deps.now()) : null
    if (user === null) {
      if (this.#deps.settings.users.tellExistence) throw taken(email)
      const owner = await tx.users.findByEmail(key)
      const to = { userId: owner?.id ?? null, email: owner?.email ?? email }
      await this.#note(tx, 'users.registration_refused', to.userId, key, from)
      await this.#rooms.outbox.addOnceADay(tx, 'registration_tried', to, this.#facts(from))
      return null
    }
    await tx.passwords.set(user.id, hash, this.#deps.now())
    if (from?.language !== undefined) await tx.users.setLanguage(user.id, from.language)
    await this.#note(tx, 'users.registered', user.id, key, from)
    return user
  }

  /** Notes what came of a registration: one entry, whatever it was. */
  async #note(
    tx: DB,
    event: AuditEvent,
    userId: UserId | null,
    email: CanonicalEmail,
    from?: Circumstances,
  ): Promise<void> {
    await this.#rooms.audit.note(tx, event, { userId, email, from, method: 'password' })
  }

  /**
   * Makes a pending registration and mails a link. For an email with a verified owner it writes as many rows, none of which has any
   * effect but the letter to the owner. [ASVS 6.3.8]
   */
  async #wait(tx: DB, key: CanonicalEmail, email: string, hash: string, from?: Circumstances): Promise<null> {
    const { now, settings } = this.#deps
    const owner = await tx.users.findByEmail(key)
    const former = await findFormerOwner(tx, key, now())
    const addressee = owner?.emailVerified === true ? { userId: owner.id, email: owner.email } : former
    if (addressee !== null && settings.users.tellExistence) throw taken(email)
    const expiresAt = addressee === null ? new Date(now().getTime() + settings.users.pendingDays * DAY) : now()
    await tx.pendings.add({ email, hash }, key, now(), expiresAt)
    const to = addressee === null ? null : { userId: addressee.userId, email: addressee.email }
    const language = languageFor(null, from)
    const event = addressee === null ? 'users.registration_pending' : 'users.registration_refused'
    await this.#note(tx, event, addressee?.userId ?? null, key, from)
    await this.#rooms.outbox.addForRegistration(tx, key, to, { facts: this.#facts(from), language })
    return null
  }

  /** What a letter to an owner tells of whoever tried to register. */
  #facts(from?: Circumstances): OutboxEntry['facts'] {
    return { at: this.#deps.now().getTime(), ...inOurWords(from) }
  }

  /** The person of this id, or null. */
  async find(id: number): Promise<User | null> {
    return this.#deps.db.users.find(id as UserId)
  }

  /** The person of this email, however it is written, or null. */
  async findByEmail(email: string): Promise<User | null> {
    const key = canonicalEmail(email)
    return key === null ? null : this.#deps.db.users.findByEmail(key)
  }

  /** The person of this email with the state of the account, or null. */
  async findAccountByEmail(email: string): Promise<Account | null> {
    const key = canonicalEmail(email)
    return key === null ? null : this.#deps.db.users.findAccountByEmail(key)
  }

  /** The account of this id, or null. */
  async findAccount(id: number): Promise<Account | null> {
    return this.#deps.db.users.findAccount(id as UserId)
  }

  /** Up to `limit` accounts in the order of their ids, those after this id. */
  async listAccounts(after: number, limit: number): Promise<readonly Account[]> {
    return this.#deps.db.users.listAccounts(after, limit)
  }

  /** Up to `limit` people in the order of their ids, those after this id. */
  async list(after: number, limit: number): Promise<readonly User[]> {
    return this.#deps.db.users.list(after, limit)
  }

  /** Removes a person with all that is theirs: password, sessions, tokens. False when there was none. [ASVS 7.4.2] */
  async remove(id: UserId): Promise<boolean> {
    return this.#deps.db.transaction(async (tx) => {
      const isRemoved = await tx.users.remove(id)
      if (isRemoved) await this.#rooms.audit.note(tx, 'users.removed', { userId: id, method: 'operator' })
      return isRemoved
    })
  }
}

/**
 * The canonical form of an email that must be one.
 * @throws {AuthError} `users.invalid_email`.
 */
export function keyOf(given: string): CanonicalEmail {
  const key = canonicalEmail(given)
  if (key !== null) return key
  const message = 'That is no email address that we can take.'
  throw new AuthError('users.invalid_email', { field: 'email', message })
}

/** The refusal of an email that somebody has. */
export function taken(email: string): AuthError {
  return new AuthError('users.email_taken', { field: 'email', message: `User ${email} already exists` })
}
