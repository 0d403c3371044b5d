/** The service itself, without HTTP: the list of rooms, and the contract's methods, a line or so each over them. */
import { HashingPool } from '../crypto/hashing-pool.ts'
import type { Hasher } from '../crypto/hasher.ts'
import type { Token } from '../crypto/token.ts'
import type { DB } from '../db/db.ts'
import type { InboxLetter } from '../db/inbox.ts'
import type { StoredOutboxEntry } from '../db/outbox.ts'
import type { Mailer } from '../mail/mailer.ts'
import { settingsOf } from '../settings-list.ts'
import type { User, UserId } from '../user.ts'
import { Admin } from './admin.ts'
import { Audit } from './audit.ts'
import { Background } from './background.ts'
import { Costs } from './costs.ts'
import { Counters } from './counters.ts'
import { Deletion } from './deletion.ts'
import type { AuthLog, Deps } from './deps.ts'
import { Devices } from './devices.ts'
import { Doctor } from './doctor.ts'
import { Email } from './email.ts'
import { Exports } from './export.ts'
import { Guard } from './guard.ts'
import { Keys } from './keys.ts'
import { Limits } from './limits.ts'
import { Login } from './login.ts'
import { MovingIn } from './moving-in.ts'
import { MovingOut } from './moving-out.ts'
import { Outbox } from './outbox.ts'
import { PasswordChange } from './password-change.ts'
import { Passwords } from './passwords.ts'
import { Reset } from './reset.ts'
import { Sender } from './sender.ts'
import { Seals } from './seals.ts'
import { Sessions } from './sessions.ts'
import { Users } from './users.ts'
import { Verification } from './verification.ts'
import { Warnings } from './warnings.ts'

/** The log of whoever gives none. */
export const SILENT: AuthLog = { info: () => undefined, warn: () => undefined, error: () => undefined }
const NOBODY = 0 as UserId // ids begin at 1

/** The rules of authentication over a storage. One room per feature, one file per room. */
export class Auth {
  readonly users: Users
  readonly login: Login
  readonly devices: Devices
  readonly sessions: Sessions
  readonly verification: Verification
  readonly reset: Reset
  readonly passwordChange: PasswordChange
  readonly email: Email
  readonly deletion: Deletion
  readonly exports: Exports
  readonly admin: Admin
  readonly audit: Audit
  readonly seals: Seals
  readonly movingIn: MovingIn
  readonly movingOut: MovingOut
  readonly keys: Keys
  readonly doctor: Doctor
  readonly background: Background
  readonly #passwords: Passwords
  readonly #hasher: Hasher
  readonly #mailer: Mailer | null
  readonly #db: DB
  readonly #deps: Deps

  /** The rules over this storage, with the settings of classic where none are given. */
  constructor(db: DB, given: Partial<Omit<Deps, 'db'>> = {}) {
    const settings = given.settings ?? settingsOf('classic')
    this.#db = db
    this.#hasher = given.hasher ?? new HashingPool(settings.passwords)
    this.#mailer = given.mailer ?? null
    const outside = { mailer: null, breaches: null, now: db.now, log: SILENT }
    const deps: Deps = { ...outside, ...given, db, settings, hasher: this.#hasher }
    this.#deps = deps
    const audit = new Audit(deps)
    this.audit = audit
    const seals = new Seals(deps)
    this.seals = seals
    const limits = new Limits(deps)
    const outbox = new Outbox(deps, limits)
    const passwords = new Passwords(deps)
    this.#passwords = passwords
    const sessions = new Sessions(deps, audit)
    this.sessions = sessions
    this.devices = new Devices(deps)
    const { devices } = this
    const counters = new Counters(deps)
    const costs = new Costs(deps, counters)
    const guard = new Guard(deps, { counters, devices, warnings: new Warnings(deps, audit, outbox) })
    this.users = new Users(deps, { passwords, outbox, costs, audit })
    this.passwordChange = new PasswordChange(deps, { passwords, sessions, outbox, guard, costs, audit })
    const { passwordChange } = this
    this.login = new Login(deps, { passwords, passwordChange, sessions, devices, guard, outbox, audit })
    this.reset = new Reset(deps, { passwords, outbox, guard, costs, audit })
    this.email = new Email(deps, { passwordChange, sessions, limits, outbox, guard, costs, audit })
    this.verification = new Verification(deps, { passwords, outbox, limits, email: this.email, guard, costs, audit })
    this.deletion = new Deletion(deps, sessions, outbox, audit)
    this.exports = new Exports(deps, { sessions, costs, audit })
    this.admin = new Admin(deps, this.reset, outbox, audit)
    this.movingIn = new MovingIn(deps, audit)
    this.movingOut = new MovingOut(deps, audit)
    this.keys = new Keys(deps)
    this.doctor = new Doctor(db.keys, deps.now)
    this.background = new Background(deps, { sender: new Sender(deps, limits), counters, audit, seals })
  }

  /**
   * Registers a person. Where emails must be verified first nobody is there yet: the person has the id 0, which is nobody's.
   * @throws {AuthError} "User E already exists" when the email is taken, and callers may be told.
   */
  async registerUser(email: string, password: string): Promise<User> {
    const { user, email: written } = await this.users.register(email, password)
    return user ?? { id: NOBODY, email: written, emailVerified: false, createdAt: this.#deps.now() }
  }

  /** Whether this is the password of the person of this email, and they may log in; false for an unknown one. */
  async validLogin(email: string, password: string): Promise<boolean> {
    return this.login.isRight(email, password)
  }

  /** A new session of the person of this email; null for an unknown one, and for one who may not log in. */
  async createSession(email: string): Promise<Token | null> {
    const account = await this.users.findAccountByEmail(email)
    return account === null || !this.#passwords.mayLogIn(account) ? null : this.sessions.open(account.user.id)
  }

  /** Whose session this is, or null. */
  async getUserFromSessionId(sessionId: string | null | undefined): Promise<User | null> {
    return (await this.sessions.find(sessionId))?.user ?? null
  }

  /** Ends all sessions of a person. */
  async destroySession(userId: UserId): Promise<void> {
    await this.sessions.closeAll(userId)
  }

  /** A reset token for the person of this email. @throws {AuthError} for an unknown one, and for one who may not log in. */
  async getResetPasswordToken(email: string): Promise<Token> {
    return (await this.reset.makeToken(email)).token
  }

  /** Sets the password of the token's owner and spends the token. @throws {AuthError} for a wrong token. */
  async updatePassword(resetToken: string, password: string): Promise<void> {
    await this.reset.complete(null, resetToken, password)
  }

  /** The letters in the inbox for development, the latest first: empty where there is a mail server. */
  async inbox(): Promise<readonly InboxLetter[]> {
    return this.#db.inbox.list()
  }

  /** Up to `most` letters that wait to be sent or were given up, the latest first. */
  async letters(most: number): Promise<readonly StoredOutboxEntry[]> {
    return this.#db.outbox.list(most)
  }

  /** Whether the storage answers. */
  async isReady(): Promise<boolean> {
    return this.#db.isReady()
  }

  /** Ends what goes on in the background, the hashing process and the connection to the mail server. The storage stays open: it was opened elsewhere. */
  async close(): Promise<void> {
    await this.background.stop()
    await this.#hasher.close()
    await this.#mailer?.close()
  }
}
