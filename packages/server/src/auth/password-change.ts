/** The room of changing a password that is known, by its owner. */
import { canonicalEmail } from '../email.ts'
import { AuthError } from '../errors.ts'
import type { User } from '../user.ts'
import { endOthers, killLinks } from './accounts.ts'
import type { Audit } from './audit.ts'
import { inOurWords } from './circumstances.ts'
import type { Costs } from './costs.ts'
import type { Deps } from './deps.ts'
import type { Guard } from './guard.ts'
import type { Outbox } from './outbox.ts'
import type { Passwords } from './passwords.ts'
import type { Session, SessionOptions, Sessions } from './sessions.ts'

/** How a password is changed. */
export interface PasswordChangeOptions extends Pick<SessionOptions, 'from'> {
  /** Whether all other sessions are to end. */
  readonly endOthers?: boolean
  /** What this browser keeps of earlier logins: it stays known. */
  readonly device: string | null
}

/** The rooms that changing a password works with. */
export interface PasswordChangeRooms {
  readonly passwords: Passwords
  readonly sessions: Sessions
  readonly outbox: Outbox
  readonly guard: Guard
  readonly costs: Costs
  readonly audit: Audit
}

/** Changing passwords. */
export class PasswordChange {
  readonly #deps: Deps
  readonly #rooms: PasswordChangeRooms

  /** Works with the rules for passwords. */
  constructor(deps: Deps, rooms: PasswordChangeRooms) {
    this.#deps = deps
    this.#rooms = rooms
  }

  /**
   * Changes the password of whoever is signed in, who must know the current one. Links that were mailed die, the owner is told, and
   * where it is wished all other sessions end. [ASVS 6.2.3, 6.3.7, 7.4.3]
   * @throws {AuthError} `passwords.wrong`, `limits.exceeded`, or a refusal of the new one.
   */
  async change(session: Session, current: string, next: string, options: PasswordChangeOptions): Promise<void> {
    const { user, id: sessionId } = session
    const old = await this.prove(user, current)
    if (old === null) {
      const act = { userId: user.id, from: options.from, sessionId, method: 'password' } as const
      await this.#rooms.audit.note(this.#deps.db, 'passwords.change_failed', act)
      throw new AuthError('passwords.wrong', { field: 'password' })
    }
    await this.#rooms.costs.spendOf('password', user.id) // each costs a hash and a letter
    const lane = { name: 'known', source: options.from?.source ?? null } as const
    const hash = await this.#rooms.passwords.hash(next, 'new_password', canonicalEmail(user.email), lane)
    await this.#set(user, old, hash, options, session)
  }

  /**
   * Looks whether this is the password of somebody who is signed in, or holds a link of theirs, and resolves to its hash; null when it is
   * not. Such tries are counted for the person, whichever door they come through.
   * @throws {AuthError} `limits.exceeded`, `passwords.busy`.
   */
  async prove({ id }: Pick<User, 'id'>, password: string): Promise<string | null> {
    const { guard, passwords } = this.#rooms
    return guard.tryProof(id, async (lane) => {
      const hash = await this.#deps.db.passwords.findHash(id)
      return (await passwords.matches(password, hash, lane)) ? hash : null
    })
  }

  /**
   * Puts a new password in the place of one that was right a moment ago and is no longer taken. All sessions end: they are as
   * strong as the old one. Resolves to the new hash.
   * @throws {AuthError} for a refusal of the new one; `login.invalid` when the old one was changed meanwhile.
   */
  async replace(user: User, old: string, next: string, options: PasswordChangeOptions): Promise<string> {
    const lane = { name: 'login', source: options.from?.source ?? null } as const
    const hash = await this.#rooms.passwords.hash(next, 'new_password', canonicalEmail(user.email), lane)
    await this.#set(user, old, hash, { ...options, endOthers: true }, null)
    return hash
  }

  /** Sets a hash if the old one is still there, and so is the session where there is one; with all that follows. */
  async #set(
    user: User,
    old: string,
    hash: string,
    options: PasswordChangeOptions,
    session: Session | null,
  ): Promise<void> {
    const { db, now } = this.#deps
    await db.transaction(async (tx) => {
      if (session !== null) await this.#rooms.sessions.refuseEnded(tx, session)
      if (!(await tx.passwords.isStill(user.id, old))) throw new AuthError('login.invalid')
      await tx.passwords.set(user.id, hash, now())
      await killLinks(tx, user.id)
      const stays = { session: session?.id ?? null, device: options.device }
      if (options.endOthers === true) await endOthers(tx, user.id, stays)
      const key = canonicalEmail(user.email)
      if (key !== null) await this.#rooms.guard.clear(tx, key, user.id)
      const act = { userId: user.id, from: options.from, sessionId: session?.id ?? null, method: 'password' } as const
      await this.#rooms.audit.note(tx, 'passwords.changed', act)
      const facts = { at: now().getTime(), ...inOurWords(options.from) }
      await this.#rooms.outbox.add(tx, 'password_changed', { userId: user.id, email: user.email }, facts)
    })
  }
}
