/** The room of logging in: from an email and a password to a session. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Lane } from '../crypto/hasher.ts'
import type { Token } from '../crypto/token.ts'
import type { DB } from '../db/db.ts'
import { canonicalEmail } from '../email.ts'
import type { CanonicalEmail } from '../email.ts'
import { AuthError } from '../errors.ts'
import type { User } from '../user.ts'
import type { Audit } from './audit.ts'
import { inOurWords } from './circumstances.ts'
import type { Circumstances } from './circumstances.ts'
import { Crowds } from './crowds.ts'
import type { Deps } from './deps.ts'
import type { Devices } from './devices.ts'
import type { Guard, Try } from './guard.ts'
import type { Outbox } from './outbox.ts'
import type { PasswordChange } from './password-change.ts'
import type { CheckedLogin, Passwords, VerifiedLogin } from './passwords.ts'
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

/** When a try came, and at which point it is refused at the earliest. */
interface Arrived {
  readonly ms: number
  readonly point: number
}

/** The rooms that logging in works with. */
export interface LoginRooms {
  readonly passwords: Passwords
  readonly passwordChange: PasswordChange
  readonly sessions: Sessions
  readonly devices: Devices
  readonly guard: Guard
  readonly outbox: Outbox
  readonly audit: Audit
}

/** Ways to log in; there is one. */
export class Login {
  readonly #deps: Deps
  readonly #rooms: LoginRooms
  readonly #crowds = new Crowds()

  /** Works with passwords, sessions and devices. */
  constructor(deps: Deps, rooms: LoginRooms) {
    this.#deps = deps
    this.#rooms = rooms
  }

  /**
   * Logs a person in.
   * @throws {AuthError} `login.invalid`, which does not say what was wrong: email, password, or the state of the account;
   * `login.password_change_required` for a right password that is no longer taken, unless `newPassword` comes with it;
   * `limits.exceeded`, `passwords.busy`.
   */
  async withPassword(email: string, password: string, options: LoginOptions = {}): Promise<LoggedIn> {
    const key = canonicalEmail(email)
    const place = this.#crowds.enter(key)
    try {
      return await this.#tryPassword(key, password, options, { ms: performance.now(), point: place.point })
    } finally {
      place.leave()
    }
  }

  /** Lets the guard look at a password, and lets the person in or refuses. */
  async #tryPassword(
    key: CanonicalEmail | null,
    password: string,
    options: LoginOptions,
    arrived: Arrived,
  ): Promise<LoggedIn> {
    const seen: { checked: CheckedLogin | null } = { checked: null }
    const login = await this.#rooms.guard.tryPassword(tryOf(key, options), async (lane) => {
      seen.checked = await this.#rooms.passwords.check(key, password, lane)
      return seen.checked.login
    })
    if (login === null) return this.#refuse(key, seen.checked, options, arrived)
    const { user, hash } = await this.#withFitPassword(login, key, password, options)
    return this.#enter(user, hash, options)
  }

  /** Whether this is the password of the person of this email, and they may log in. It counts like a login. */
  async isRight(email: string, password: string): Promise<boolean> {
    const key = canonicalEmail(email)
    const look = async (lane: Lane): Promise<true | null> =>
      (await this.#rooms.passwords.verify(key, password, lane)) === null ? null : true
    return (await this.#rooms.guard.tryPassword(tryOf(key, {}), look)) === true
  }

  /** Opens the session, and notes the device with it; a device that the account has not seen is told to its owner. [ASVS 6.3.5] */
  async #enter(user: User, hash: string, options: LoginOptions): Promise<LoggedIn> {
    const { sessions, devices, audit } = this.#rooms
    const { device: given = null, from } = options
    const areKnown = this.#deps.settings.devices.known
    const isKnown = areKnown && (await devices.isKnown(user.id, given))
    const seen = { device: null as Token | null }
    const token = await sessions.open(user.id, options, hash, async (tx: DB, sessionId: string) => {
      if (areKnown) seen.device = await this.#noteDevice(tx, user, { given, isKnown }, from)
      const act = { userId: user.id, from, sessionId, method: 'password' } as const
      await audit.note(tx, 'login.succeeded', { ...act, facts: { known_device: isKnown } })
    })
    return { user, token, device: seen.device }
  }

  /** Notes from which device somebody has logged in, and resolves to what the browser is to keep. */
  async #noteDevice(
    tx: DB,
    { id: userId, email }: User,
    { given, isKnown }: { readonly given: string | null; readonly isKnown: boolean },
    from: Circumstances | undefined,
  ): Promise<Token> {
    const { token, isNew } = await this.#rooms.devices.note(tx, userId, given, isKnown)
    if (isNew) await this.#rooms.outbox.addOnceADayForEach(tx, 'new_device', { userId, email }, inOurWords(from))
    return token
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
    const { from } = options
    if (options.newPassword === undefined) {
      const act = { userId: user.id, from, method: 'password' } as const
      await this.#rooms.audit.note(this.#deps.db, 'login.password_change_required', act)
      const message = `${weakness.message} Send the password once more, together with a new one as new_password.`
      throw new AuthError('login.password_change_required', { field: 'new_password', message, cause: weakness })
    }
    const stays = { from, device: options.device ?? null }
    return { user, hash: await this.#rooms.passwordChange.replace(user, hash, options.newPassword, stays) }
  }

  /** Notes a failure, for known and unknown alike, and refuses at a fixed point in time. [ASVS 6.3.8] */
  async #refuse(
    key: CanonicalEmail | null,
    checked: CheckedLogin | null,
    { from }: LoginOptions,
    arrived: Arrived,
  ): Promise<never> {
    const { db, settings } = this.#deps
    const facts = { reason: checked?.reason ?? 'no_account' }
    const act = { userId: checked?.userId ?? null, email: key, from, method: 'password', facts } as const
    await this.#rooms.audit.note(db, 'login.failed', act)
    const elapsedMs = performance.now() - arrived.ms
    const pointMs = settings.login.refusedAfterMilliseconds
    if (pointMs > 0) await pause(Math.max(arrived.point, Math.ceil(elapsedMs / pointMs)) * pointMs - elapsedMs)
    throw new AuthError('login.invalid')
  }
}

/** A password that is tried, as the guard counts it. */
function tryOf(key: CanonicalEmail | null, { from, device = null }: LoginOptions): Try {
  return { key, source: from?.source, device }
}
