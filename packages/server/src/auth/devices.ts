/** The room of known devices: browsers from which a person has logged in, known again by a cookie of their own (OWASP's device cookie). */
import { parseToken } from '../crypto/token.ts'
import type { Token } from '../crypto/token.ts'
import type { DB } from '../db/db.ts'
import type { UserId } from '../user.ts'
import type { Deps } from './deps.ts'

/** What came of a look at a device. */
export interface Recognised {
  /** What the browser is to keep. */
  readonly token: Token
  /** Whether this person has other devices, and this is none of them. */
  readonly isNew: boolean
}

/** Devices by the token in their cookie. One browser may know several people: its token is the same, its keyed hash differs. */
export class Devices {
  readonly #deps: Deps

  /** Works with the keys of the storage. */
  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Whether this is a device of the person. */
  async isKnown(userId: UserId, given: string | null): Promise<boolean> {
    const { db } = this.#deps
    const token = given === null ? null : parseToken(given)
    const stored = token === null ? null : await db.devices.find(userId, token.id)
    return token !== null && stored !== null && db.keys.matches(token.secret, 'device', userId, stored)
  }

  /**
   * Notes that a person has logged in from a device, after everything that a login asks was given. A browser that is known to others
   * keeps its token; so does one whose token we never saw, or forgot: it is random, and as good as another.
   */
  async note(tx: DB, userId: UserId, given: string | null, isKnown: boolean): Promise<Recognised> {
    const { db, now } = this.#deps
    const kept = given === null ? null : db.keys.remake('device', userId, given as Token)
    const { token, stored } = kept === null ? db.keys.make('device', userId) : { token: given as Token, stored: kept }
    const isNew = !isKnown && (await tx.devices.list(userId)).length > 0
    await tx.devices.add(userId, stored, now())
    return { token, isNew }
  }
}
