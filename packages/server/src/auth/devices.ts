/** The room of known devices: browsers from which a person has logged in, known again by a cookie of their own (OWASP's device cookie). */
import { parseToken } from '../crypto/token.ts'
import type { Token } from '../crypto/token.ts'
import type { DB } from '../db/db.ts'
import type { CanonicalEmail } from '../email.ts'
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
   * A name for the device from which the person of this email has logged in before; null for any other browser. It is another one once the
   * device was forgotten and has come back, or the password was changed, so that what was counted under it begins anew; and it stays the
   * same when somebody else who shares the browser logs in, who could else begin it anew at will. [hardened 24]
   */
  async findKnown(key: CanonicalEmail, given: string | null): Promise<string | null> {
    const { db } = this.#deps
    const token = given === null ? null : parseToken(given)
    const found = token === null ? null : await db.devices.findByEmail(key, token.id)
    if (token === null || found === null) return null
    if (!db.keys.matches(token.secret, 'device', found.userId, found.stored)) return null
    return [found.knownSince.getTime(), found.passwordSetAt?.getTime()].join(' ') // not its id, which changes when others log in there
  }

  /**
   * Notes that a person has logged in from a device, after everything that a login asks was given. A browser that the account does not
   * know gets a fresh token, never the one that it brought: whoever slipped that into it would be known along with it. [ASVS 7.2.4]
   */
  async note(tx: DB, userId: UserId, given: string | null, isKnown: boolean): Promise<Recognised> {
    const { db, now } = this.#deps
    const known = isKnown && given !== null ? db.keys.remake('device', userId, given as Token) : null
    if (known !== null) {
      await tx.devices.add(userId, known, now())
      return { token: given as Token, isNew: false }
    }
    const { token, stored } = db.keys.make('device', userId)
    const isNew = (await tx.devices.list(userId)).length > 0
    await tx.devices.add(userId, stored, now())
    await this.#takeAlong(tx, given, token)
    return { token, isNew }
  }

  /** Lets everybody who knows a browser by its old token know it by the fresh one: several people may share it. */
  async #takeAlong(tx: DB, given: string | null, token: Token): Promise<void> {
    const { keys } = this.#deps.db
    const old = given === null ? null : parseToken(given)
    if (old === null) return
    for (const { userId, stored } of await tx.devices.listKnowing(old.id)) {
      const fresh = keys.remake('device', userId, token)
      if (fresh !== null && keys.matches(old.secret, 'device', userId, stored))
        await tx.devices.exchange(userId, old.id, fresh)
    }
  }
}
