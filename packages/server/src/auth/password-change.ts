/** The room of changing a password that is known, by its owner. */
import { canonicalEmail } from '../email.ts'
import { AuthError } from '../errors.ts'
import type { User } from '../user.ts'
import { endOthers, killLinks } from './accounts.ts'
import { inOurWords } from './circumstances.ts'
import type { Deps } from './deps.ts'
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

/** Changing passwords. */
export class PasswordChange {
  readonly #deps: Deps
  readonly #passwords: Passwords
  readonly #sessions: Sessions
  readonly #outbox: Outbox

  /** Works with the rules for passwords. */
  constructor(deps: Deps, passwords: Passwords, sessions: Sessions, outbox: Outbox) {
    this.#deps = deps
    this.#passwords = passwords
    this.#sessions = sessions
    this.#outbox = outbox
  }

  /**
   * Changes the password of whoever is signed in, who must know the current one. Links that were mailed die, the owner is told, and
   * where it is wished all other sessions end. [ASVS 6.2.3, 6.3.7, 7.4.3]
   * @throws {AuthError} `passwords.wrong`, or a refusal of the new one.
   */
  async change(session: Session, current: string, next: string, options: PasswordChangeOptions): Promise<void> {
    const { db } = this.#deps
    const { user } = session
    const old = await db.passwords.findHash(user.id)
    if (!(await this.#passwords.matches(current, old)) || old === null)
      throw new AuthError('passwords.wrong', { field: 'password' })
    const hash = await this.#passwords.hash(next, 'new_password', canonicalEmail(user.email))
    await this.#set(user, old, hash, options, session)
  }

  /**
   * Puts a new password in the place of one that was right a moment ago and is no longer taken. All sessions end: they are as
   * strong as the old one. Resolves to the new hash.
   * @throws {AuthError} for a refusal of the new one; `login.invalid` when the old one was changed meanwhile.
   */
  async replace(user: User, old: string, next: string, options: PasswordChangeOptions): Promise<string> {
    const hash = await this.#passwords.hash(next, 'new_password', canonicalEmail(user.email))
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
      if (session !== null) await this.#sessions.refuseEnded(tx, session)
      if (!(await tx.passwords.isStill(user.id, old))) throw new AuthError('login.invalid')
      await tx.passwords.set(user.id, hash, now())
      await killLinks(tx, user.id)
      const stays = { session: session?.id ?? null, device: options.device }
      if (options.endOthers === true) await endOthers(tx, user.id, stays)
      const facts = { at: now().getTime(), ...inOurWords(options.from) }
      await this.#outbox.add(tx, 'password_changed', { userId: user.id, email: user.email }, facts)
    })
  }
}
