/** The room of taking one's data along: what is stored of a person, but for what could tell of others, and no secret. */
import type { User } from '../user.ts'
import type { Audit, OwnEvent } from './audit.ts'
import type { Circumstances } from './circumstances.ts'
import type { Costs } from './costs.ts'
import type { Deps } from './deps.ts'
import type { ListedSession, Session, Sessions } from './sessions.ts'

/**
 * What is stored of a person. Not in it: a new address that was asked for and not confirmed, and letters that wait. They are stored for
 * a free address alone, so they would tell whether somebody else has it. [ASVS 6.3.8]
 */
export interface ExportedAccount {
  readonly exportedAt: Date
  readonly user: User
  readonly isAdmin: boolean
  /** Null for a person without a password. The hash stays here: it is a secret. */
  readonly passwordSetAt: Date | null
  readonly sessions: readonly ListedSession[]
  readonly devices: readonly { readonly createdAt: Date; readonly usedAt: Date }[]
  readonly events: readonly OwnEvent[]
}

const MOST_EVENTS_OF_A_KIND = 1000

/** The rooms that exports work with. */
export interface ExportsRooms {
  readonly sessions: Sessions
  readonly costs: Costs
  readonly audit: Audit
}

/** Exports. */
export class Exports {
  readonly #deps: Deps
  readonly #rooms: ExportsRooms

  /** Works with sessions. */
  constructor(deps: Deps, rooms: ExportsRooms) {
    this.#deps = deps
    this.#rooms = rooms
  }

  /**
   * What is stored of whoever is signed in, after a fresh login. [ASVS 7.5.3]
   * @throws {AuthError} `sessions.not_fresh`, `sessions.required`, `limits.exceeded`.
   */
  async collect(session: Session, from?: Circumstances): Promise<ExportedAccount> {
    const { sessions, costs, audit } = this.#rooms
    sessions.refuseStale(session)
    const { db, now } = this.#deps
    const { user } = session
    await costs.spendOf('export', user.id)
    await db.transaction(async (tx) => {
      await sessions.refuseEnded(tx, session)
      await audit.note(tx, 'export.made', { userId: user.id, from, sessionId: session.id, method: 'session' })
    })
    const account = await db.users.findAccount(user.id)
    return {
      exportedAt: now(),
      user,
      isAdmin: account?.isAdmin === true,
      passwordSetAt: await db.passwords.findSetAt(user.id),
      sessions: await db.sessions.list(user.id, now()),
      devices: await db.devices.list(user.id),
      events: await audit.listOwn(session, MOST_EVENTS_OF_A_KIND),
    }
  }
}
