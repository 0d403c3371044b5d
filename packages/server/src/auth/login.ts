/** The room of logging in: from an email and a password to a session. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Token } from '../crypto/token.ts'
import type { DB } from '../db/db.ts'
import { canonicalEmail } from '../email.ts'
import type { CanonicalEmail } from '../email.ts'
import { AuthError } from '../errors.ts'
import type { User } from '../user.ts'
import { inOurWords } from './circumstances.ts'
import type { Deps } from './deps.ts'
import type { Devices } from './devices.ts'
import type { Limits } from './limits.ts'
import type { Outbox } from './outbox.ts'
import type { PasswordChange } from './password-change.ts'
import type { Passwords, VerifiedLogin } from './passwords.ts'
import type { SessionOptions, Sessions } from './sessions.ts'

/** What a login may bring along. */
export interface LoginOptions extends SessionOptions {
  /** What the browser keeps of earlier logins. */
  readonly device?: string | null
  /** The password to have from now on, where the right one is no longer taken. */
  readonly newPassword?: string | undefined
}

/** Somebody who is logged in. */
export interface LoggedIn {
  readonly user: User
  /** The token of the session. */
  readonly token: Token
  /** What the browser is to keep; null where devices are not known again. */
  readonly device: Token | null
}

/** The rooms that logging in works with. */
export interface LoginRooms {
  readonly passwords: Passwords
  readonly passwordChange: PasswordChange
  readonly sessions: Sessions
  readonly devices: Devices
  readonly limits: Limits
  readonly outbox: Outbox
}

/** Ways to log in; there is one. */
export class Login {
  readonly #deps: Deps
  readonly #rooms: LoginRooms

  /** Works with passwords, sessions and devices. */
  constructor(deps: Deps, rooms: LoginRooms) {
    this.#deps = deps
    this.#rooms = rooms
  }

  /**
   * Logs a person in.
   * @throws {AuthError} `login.invalid`, which does not say what was wrong: email, password, or the state of the account;
   * `login.password_change_required` for a right password that is no longer taken, unless `newPassword` comes with it; `passwords.busy`.
   */
  async withPassword(email: string, password: string, options: LoginOptions = {}): Promise<LoggedIn> {
    const arrivedMs = performance.now()
    const key = canonicalEmail(email)
    const login = await this.#rooms.passwords.verify(key, password)
    if (login === null) return this.#refuse(key, arrivedMs)
    const { user, hash } = await this.#withFitPassword(login, key, password, options)
    if (key !== null && this.#deps.settings.login.warnAfterTries > 0) await this.#rooms.limits.clear('failures', key)
    return this.#enter(user, hash, options)
  }

  /** Opens the session, and notes the device with it; a device that the account has not seen is told to its owner. [ASVS 6.3.5] */
  async #enter(user: User, hash: string, options: LoginOptions): Promise<LoggedIn> {
    const { sessions, devices, outbox } = this.#rooms
    const { device: given = null } = options
    if (!this.#deps.settings.devices.known)
      return { user, token: await sessions.open(user.id, options, hash), device: null }
    const isKnown = await devices.isKnown(user.id, given)
    const seen = { device: null as Token | null }
    const token = await sessions.open(user.id, options, hash, async (tx: DB) => {
      const noted = await devices.note(tx, user.id, given, isKnown)
      seen.device = noted.token
      if (noted.isNew)
        await outbox.addOnceADay(tx, 'new_device', { userId: user.id, email: user.email }, inOurWords(options.from))
    })
    return { user, token, device: seen.device }
  }

  /** A right password that would be refused today is changed before anything else. */
  async #withFitPassword(
    { user, hash }: VerifiedLogin,
    key: CanonicalEmail | null,
    password: string,
    options: LoginOptions,
  ): Promise<VerifiedLogin> {
    const weakness = this.#rooms.passwords.weaknessOf(password, key)
    if (weakness === null) return { user, hash }
    if (options.newPassword === undefined) {
      const message = `${weakness.message} Send the password once more, together with a new one as new_password.`
      throw new AuthError('login.password_change_required', { field: 'new_password', message, cause: weakness })
    }
    return {
      user,
      hash: await this.#rooms.passwordChange.replace(user, hash, options.newPassword, {
        from: options.from,
        device: options.device ?? null,
      }),
    }
  }

  /** Counts a failure, for known and unknown alike, and refuses at a fixed point in time. [ASVS 6.3.8] */
  async #refuse(key: CanonicalEmail | null, arrivedMs: number): Promise<never> {
    const { login } = this.#deps.settings
    if (key !== null && login.warnAfterTries > 0) await this.#countFailure(key, login.warnAfterTries)
    const elapsedMs = performance.now() - arrivedMs
    const pointMs = login.refusedAfterMilliseconds
    if (pointMs > 0) await pause(Math.ceil(elapsedMs / pointMs) * pointMs - elapsedMs)
    throw new AuthError('login.invalid')
  }

  /** Counts a failure; at the one that is too many, the owner hears of it. */
  async #countFailure(key: CanonicalEmail, tooMany: number): Promise<void> {
    const { db, now } = this.#deps
    const { limits, outbox } = this.#rooms
    if ((await limits.countToday(db, 'failures', key)) !== tooMany) return
    const user = await db.users.findByEmail(key)
    if (user?.emailVerified !== true) return
    const facts = { at: now().getTime(), tries: tooMany }
    await db.transaction(async (tx) =>
      outbox.addOnceADay(tx, 'failed_tries', { userId: user.id, email: user.email }, facts),
    )
  }
}
