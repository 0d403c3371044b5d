/** The room of sessions: opening, finding, ending. */
import { isTokenId, parseToken } from '../crypto/token.ts'
import type { Token } from '../crypto/token.ts'
import { isLive } from '../db/sessions.ts'
import type { ListedSession, StoredSession } from '../db/sessions.ts'
import type { DB } from '../db/db.ts'
import { AuthError } from '../errors.ts'
import type { User, UserId } from '../user.ts'
import { endOthers, mayLogIn } from './accounts.ts'
import { inOurWords } from './circumstances.ts'
import type { Circumstances } from './circumstances.ts'
import type { Audit } from './audit.ts'
import type { Deps } from './deps.ts'
import { refuseTakenOver } from './preset-memory.ts'
import { SessionUse } from './session-use.ts'

export type { ListedSession, Token }

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** A session that counts, as its owner may see it. */
export interface Session {
  /** Names the session; nobody gets in with it. */
  readonly id: string
  readonly user: User
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** What a new session is to be. */
export interface SessionOptions {
  /** Whether the person asked to be remembered: it then lasts longer. */
  readonly remember?: boolean
  /** What the browser held before. It ends, so that nobody can slip a session of theirs to someone else. [ASVS 7.2.4] */
  readonly replaces?: string | null
  /** From where it is opened. */
  readonly from?: Circumstances | undefined
}

/** Sessions by their token. */
export class Sessions {
  readonly #deps: Deps
  readonly #audit: Audit
  readonly #use: SessionUse

  /** Works with the settings' lifetimes. */
  constructor(deps: Deps, audit: Audit) {
    this.#deps = deps
    this.#audit = audit
    this.#use = new SessionUse(deps, audit)
  }

  /**
   * Opens a session for a person who has proved who they are, and resolves to its token: the only copy there is.
   * Where a hash proved it, it must still be theirs, and the account still let in: what ends sessions also stops one that is under way.
   * What else belongs to the login is done `also`, within the same transaction.
   * @throws {AuthError} `login.invalid` when it is not, or when the person was removed meanwhile.
   */
  async open(
    userId: UserId,
    { remember = false, replaces = null, from }: SessionOptions = {},
    provenBy: string | null = null,
    also: (tx: DB, sessionId: string) => Promise<void> = async () => Promise.resolve(),
  ): Promise<Token> {
    const { db, now, settings } = this.#deps
    const { token, stored } = db.keys.make('session', userId)
    const replaced = await this.#find(replaces)
    const createdAt = now()
    await db.transaction(async (tx) => {
      await refuseTakenOver(tx, settings)
      const account = await tx.users.findAccount(userId)
      const isStill = provenBy === null || (await tx.passwords.isStill(userId, provenBy))
      if (account === null || !isStill || !mayLogIn(account, settings)) throw new AuthError('login.invalid')
      if (replaced !== null) await tx.sessions.remove(replaced.id)
      await tx.sessions.removeExpired(createdAt)
      await tx.sessions.add(userId, stored, { createdAt, ...this.#lifetimes(remember, createdAt) }, inOurWords(from))
      if (from?.language !== undefined && from.language !== account.language)
        await tx.users.setLanguage(userId, from.language)
      await also(tx, stored.id)
    })
    return token
  }

  /** The live session of this token, or null. Its use is noted now and then, with where it comes from, which is asked for only then. */
  async find(token: string | null | undefined, from?: () => Circumstances): Promise<Session | null> {
    const session = await this.#find(token)
    if (session === null) return null
    if (this.#use.isDue(session)) await this.#use.note(session, from?.())
    const { id, user, createdAt, expiresAt } = session
    return { id, user, createdAt, expiresAt }
  }

  /** The live sessions of whoever is signed in, the one that was used last first. [ASVS 7.5.2] */
  async list({ user }: Session): Promise<readonly ListedSession[]> {
    return this.#deps.db.sessions.list(user.id, this.#deps.now())
  }

  /**
   * Sees to it that whoever is signed in has logged in a short while ago: before what a borrowed browser must not do. [ASVS 7.5.1]
   * @throws {AuthError} `sessions.not_fresh`.
   */
  refuseStale({ createdAt }: Session): void {
    const ageMs = this.#deps.now().getTime() - createdAt.getTime()
    if (ageMs > this.#deps.settings.sessions.freshMinutes * MINUTE) throw new AuthError('sessions.not_fresh')
  }

  /**
   * Ends one session of whoever is signed in, by its id, after a fresh login. [ASVS 7.5.2, 8.2.2]
   * @throws {AuthError} `sessions.not_fresh`; `sessions.unknown` for an id that is none of theirs.
   */
  async closeOne(session: Session, id: string, from?: Circumstances): Promise<void> {
    this.refuseStale(session)
    await this.#deps.db.transaction(async (tx) => {
      await this.refuseEnded(tx, session)
      if (!isTokenId(id) || !(await tx.sessions.removeOf(session.user.id, id))) throw new AuthError('sessions.unknown')
      const act = { userId: session.user.id, from, sessionId: session.id, method: 'session' } as const
      await this.#audit.note(tx, 'sessions.ended', { ...act, facts: { ended: id } })
    })
  }

  /**
   * Ends all sessions of whoever is signed in but this one, and forgets their devices but this one; after a fresh login. Resolves to how
   * many sessions ended. Where there was nothing to end nothing is noted: asking again and again must not fill the record.
   * @throws {AuthError} `sessions.not_fresh`.
   */
  async closeOthers(session: Session, device: string | null, from?: Circumstances): Promise<number> {
    this.refuseStale(session)
    const { id, user } = session
    return this.#deps.db.transaction(async (tx) => {
      await this.refuseEnded(tx, session)
      const { ended, forgotten } = await endOthers(tx, user.id, { session: id, device })
      const act = { userId: user.id, from, sessionId: id, method: 'session' } as const
      if (ended + forgotten > 0) await this.#audit.note(tx, 'sessions.others_ended', { ...act, facts: { ended } })
      return ended
    })
  }

  /**
   * Refuses a session that has ended since it was looked at: what it began must not be done any more. [ASVS 7.4.1, 15.4.2]
   * @throws {AuthError} `sessions.required`.
   */
  async refuseEnded(tx: DB, { id, user }: Session): Promise<void> {
    if (!(await tx.sessions.isThere(user.id, id))) throw new AuthError('sessions.required')
  }

  /** Ends a session. False when someone else ended it in the same instant. [ASVS 7.4.1] */
  async close({ id, user }: Pick<Session, 'id' | 'user'>, from?: Circumstances): Promise<boolean> {
    return this.#deps.db.transaction(async (tx) => {
      const isEnded = await tx.sessions.remove(id)
      const act = { userId: user.id, from, sessionId: id, method: 'session' } as const
      if (isEnded) await this.#audit.note(tx, 'sessions.ended', act)
      return isEnded
    })
  }

  /** Ends all sessions of a person. */
  async closeAll(userId: UserId): Promise<void> {
    await this.#deps.db.transaction(async (tx) => {
      const ended = await tx.sessions.removeAll(userId)
      await this.#audit.note(tx, 'sessions.all_ended', { userId, facts: { ended } })
    })
  }

  /** The stored session of a token, if the token is genuine and the session lives. */
  async #find(given: string | null | undefined): Promise<StoredSession | null> {
    const token = typeof given === 'string' ? parseToken(given) : null
    if (token === null) return null
    const { db, now } = this.#deps
    const session = await db.sessions.find(token.id)
    if (session === null || !isLive(session, now())) return null
    return db.keys.matches(token.secret, 'session', session.user.id, session) ? session : null
  }

  /** How long a session lasts, unused and at the most. [ASVS 7.1.1] */
  #lifetimes(remember: boolean, createdAt: Date): Pick<StoredSession, 'idleMs' | 'expiresAt'> {
    const { hours, idleMinutes, rememberedDays, rememberedIdleDays } = this.#deps.settings.sessions
    const lifeMs = remember ? rememberedDays * DAY : hours * 60 * MINUTE
    const idleMs = remember ? rememberedIdleDays * DAY : idleMinutes * MINUTE
    return { idleMs, expiresAt: new Date(createdAt.getTime() + lifeMs) }
  }
}
