/** The room of forgotten passwords: a token that works once, and what it does. */
import { parseToken } from '../crypto/token.ts'
import type { Token } from '../crypto/token.ts'
import type { StoredOneTimeToken } from '../db/tokens.ts'
import { canonicalEmail } from '../email.ts'
import { AuthError } from '../errors.ts'
import type { User } from '../user.ts'
import type { Deps } from './deps.ts'
import type { Passwords } from './passwords.ts'

/** Asking for a reset, and completing it. */
export class Reset {
  readonly #deps: Deps
  readonly #passwords: Passwords

  /** Works with the rules for passwords. */
  constructor(deps: Deps, passwords: Passwords) {
    this.#deps = deps
    this.#passwords = passwords
  }

  /**
   * Makes a reset token for the person of this email.
   * @throws {AuthError} `reset.unknown_email`.
   */
  async request(email: string): Promise<{ readonly user: User; readonly token: Token }> {
    const { db, now, settings } = this.#deps
    const key = canonicalEmail(email)
    const createdAt = now()
    const expiresAt = new Date(createdAt.getTime() + settings.reset.minutes * 60_000)
    return db.transaction(async (tx) => {
      const user = key === null ? null : await tx.users.findByEmail(key)
      if (user === null) throw unknownEmail()
      const { token, stored } = db.keys.make('reset', user.id)
      await tx.tokens.removeExpired(createdAt)
      await tx.tokens.add('reset', user.id, stored, createdAt, expiresAt)
      return { user, token }
    })
  }

  /**
   * Sets the password of the token's owner, spends the token, and ends every session and every other token of theirs.
   * The email must be the owner's; where the contract's `updatePassword` gives none, the token speaks for itself.
   * A wrong token costs no hash, and a refused password spends no token.
   * @throws {AuthError} `reset.invalid_token`, or a refusal of the password.
   */
  async complete(email: string | null, token: string, password: string): Promise<User> {
    const { db, now } = this.#deps
    const found = await this.#find(token)
    if (found === null || (email !== null && canonicalEmail(email) !== found.email)) throw invalidToken()
    const hash = await this.#passwords.hash(password, 'new_password') // slow: before the transaction, not in it
    return db.transaction(async (tx) => {
      const spent = await tx.tokens.spend(found.id)
      const user = spent ? await tx.users.find(found.userId) : null
      if (user === null) throw invalidToken()
      await tx.passwords.set(user.id, hash, now())
      await tx.sessions.removeAll(user.id)
      await tx.tokens.removeAll(user.id)
      return user
    })
  }

  /** The stored token, if it is genuine and has not expired. */
  async #find(given: string): Promise<StoredOneTimeToken | null> {
    const { db, now } = this.#deps
    const token = parseToken(given)
    const found = token === null ? null : await db.tokens.findLive(token.id, 'reset', now())
    if (token === null || found === null) return null
    return db.keys.matches(token.secret, 'reset', found.userId, found) ? found : null
  }
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
