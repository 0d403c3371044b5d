/** The service itself, without HTTP: the list of rooms, and the contract's methods, a line or so each over them. */
import { HashingPool } from '../crypto/hashing-pool.ts'
import type { Hasher } from '../crypto/hasher.ts'
import type { Token } from '../crypto/token.ts'
import type { DB } from '../db/db.ts'
import { canonicalEmail } from '../email.ts'
import { settingsOf } from '../settings-list.ts'
import type { User, UserId } from '../user.ts'
import type { Deps } from './deps.ts'
import { Login } from './login.ts'
import { Passwords } from './passwords.ts'
import { Reset } from './reset.ts'
import { Sessions } from './sessions.ts'
import { Users } from './users.ts'

/** The rules of authentication over a storage. One room per feature, one file per room. */
export class Auth {
  readonly users: Users
  readonly login: Login
  readonly sessions: Sessions
  readonly reset: Reset
  readonly #passwords: Passwords
  readonly #hasher: Hasher
  readonly #db: DB

  /** The rules over this storage, with the settings of classic where none are given. */
  constructor(db: DB, given: Partial<Omit<Deps, 'db'>> = {}) {
    const settings = given.settings ?? settingsOf('classic')
    this.#db = db
    this.#hasher = given.hasher ?? new HashingPool(settings.passwords)
    const deps: Deps = { now: db.now, ...given, db, settings, hasher: this.#hasher }
    this.#passwords = new Passwords(deps)
    this.sessions = new Sessions(deps)
    this.users = new Users(deps, this.#passwords)
    this.login = new Login(this.#passwords, this.sessions)
    this.reset = new Reset(deps, this.#passwords)
  }

  /** Registers a person. @throws {AuthError} "User E already exists" when the email is taken. */
  async registerUser(email: string, password: string): Promise<User> {
    return this.users.register(email, password)
  }

  /** Whether this is the password of the person of this email; false for an unknown one. */
  async validLogin(email: string, password: string): Promise<boolean> {
    return (await this.#passwords.verify(canonicalEmail(email), password)) !== null
  }

  /** A new session of the person of this email, or null for an unknown one. */
  async createSession(email: string): Promise<Token | null> {
    const user = await this.users.findByEmail(email)
    return user === null ? null : this.sessions.open(user.id)
  }

  /** Whose session this is, or null. */
  async getUserFromSessionId(sessionId: string | null | undefined): Promise<User | null> {
    return (await this.sessions.find(sessionId))?.user ?? null
  }

  /** Ends all sessions of a person. */
  async destroySession(userId: UserId): Promise<void> {
    await this.sessions.closeAll(userId)
  }

  /** A reset token for the person of this email. @throws {AuthError} for an unknown one. */
  async getResetPasswordToken(email: string): Promise<Token> {
    return (await this.reset.request(email)).token
  }

  /** Sets the password of the token's owner and spends the token. @throws {AuthError} for a wrong token. */
  async updatePassword(resetToken: string, password: string): Promise<void> {
    await this.reset.complete(null, resetToken, password)
  }

  /** Whether the storage answers. */
  async isReady(): Promise<boolean> {
    return this.#db.isReady()
  }

  /** Ends the hashing process. The storage stays open: it was opened elsewhere. */
  async close(): Promise<void> {
    await this.#hasher.close()
  }
}
