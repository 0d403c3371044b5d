/** The room of people: registering, finding, listing, removing. */
import { canonicalEmail, trimEmail } from '../email.ts'
import { AuthError } from '../errors.ts'
import type { User, UserId } from '../user.ts'
import type { Deps } from './deps.ts'
import type { Passwords } from './passwords.ts'

/** People, from outside. */
export class Users {
  readonly #deps: Deps
  readonly #passwords: Passwords

  /** Works with the rules for passwords. */
  constructor(deps: Deps, passwords: Passwords) {
    this.#deps = deps
    this.#passwords = passwords
  }

  /**
   * Registers a person and resolves to them.
   * @throws {AuthError} `users.invalid_email`, `users.email_taken`, or a refusal of the password.
   */
  async register(email: string, password: string): Promise<User> {
    const key = canonicalEmail(email)
    if (key === null)
      throw new AuthError('users.invalid_email', {
        field: 'email',
        message: 'That is no email address that we can take.',
      })
    const hash = await this.#passwords.hash(password, 'password') // before the look-up: a taken email costs as much as a free one
    return this.#deps.db.transaction(async (tx) => {
      const user = await tx.users.add(trimEmail(email), key, this.#deps.now())
      if (user === null)
        throw new AuthError('users.email_taken', { field: 'email', message: `User ${trimEmail(email)} already exists` })
      await tx.passwords.set(user.id, hash, this.#deps.now())
      return user
    })
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

  /** Up to `limit` people in the order of their ids, those after this id. */
  async list(after: number, limit: number): Promise<readonly User[]> {
    return this.#deps.db.users.list(after, limit)
  }

  /** Removes a person with all that is theirs: password, sessions, tokens. False when there was none. [ASVS 7.4.2] */
  async remove(id: UserId): Promise<boolean> {
    return this.#deps.db.users.remove(id)
  }
}
