/** The room of logging in: from an email and a password to a session. */
import type { Token } from '../crypto/token.ts'
import { canonicalEmail } from '../email.ts'
import { AuthError } from '../errors.ts'
import type { User } from '../user.ts'
import type { Passwords } from './passwords.ts'
import type { SessionOptions, Sessions } from './sessions.ts'

/** Ways to log in; there is one. */
export class Login {
  readonly #passwords: Passwords
  readonly #sessions: Sessions

  /** Works with passwords and sessions. */
  constructor(passwords: Passwords, sessions: Sessions) {
    this.#passwords = passwords
    this.#sessions = sessions
  }

  /**
   * Logs a person in: the person, and the token of a new session.
   * @throws {AuthError} `login.invalid`, which does not say which of the two was wrong; `passwords.busy`.
   */
  async withPassword(
    email: string,
    password: string,
    options: SessionOptions = {},
  ): Promise<{ readonly user: User; readonly token: Token }> {
    const login = await this.#passwords.verify(canonicalEmail(email), password)
    if (login === null) throw new AuthError('login.invalid')
    return { user: login.user, token: await this.#sessions.open(login.user.id, options, login.hash) }
  }
}
