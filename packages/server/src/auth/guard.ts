/**
 * The room that stands before every password that is tried: it counts first and looks afterwards, so that parallel tries gain nothing; and
 * it knows no more of a person than the email that was typed, so that it tells nothing of who exists.
 * docs/guarding.md says what happens to whom, with the numbers. [ASVS 6.1.1, 6.3.1, 2.4.1]
 */
import type { Lane } from '../crypto/hasher.ts'
import type { DB } from '../db/db.ts'
import type { LimitKey } from '../db/limits.ts'
import type { Delay } from '../db/streaks.ts'
import type { CanonicalEmail } from '../email.ts'
import { AuthError } from '../errors.ts'
import type { UserId } from '../user.ts'
import type { Counted, Counters, Streak } from './counters.ts'
import type { Deps } from './deps.ts'
import type { Devices } from './devices.ts'
import { GuardNames, networkOf } from './guard-names.ts'
import { delaysOfKnown, delaysOfStrangers } from './guard-numbers.ts'
import { Suspects } from './suspects.ts'
import { Turns } from './turns.ts'
import type { Warnings } from './warnings.ts'

/** A password that is tried. */
export interface Try {
  /** The email as typed, in its canonical form; null for text that is none. */
  readonly key: CanonicalEmail | null
  /** The address that it comes from; undefined where nobody says, as in the library. */
  readonly source: string | undefined
  /** What the browser keeps of earlier logins. */
  readonly device: string | null
}

/** The rooms that the guard works with. */
export interface GuardRooms {
  readonly counters: Counters
  readonly devices: Devices
  readonly warnings: Warnings
}

/** Looks at a password; its hash waits in this lane. Resolves to null for a wrong one. */
type Look<T> = (lane: Lane) => Promise<T | null>

/** A look, with what it counts for, and what is done with so many failures in a row. */
interface Looking<T> {
  readonly counted: Counted
  readonly lane: Lane
  readonly look: Look<T>
  readonly warn: (failures: number) => Promise<void>
}

const NOBODY = { source: null, subject: null, userId: null }

/** Passwords that are tried. One for each Auth, so that every door has the same budget: form, JSON, page, library. */
export class Guard {
  readonly #deps: Deps
  readonly #devices: Devices
  readonly #warnings: Warnings
  readonly #names: GuardNames
  readonly #counters: Counters
  readonly #turns = new Turns()
  readonly #suspects = new Suspects()
  readonly #strangers: readonly Delay[]
  readonly #known: readonly Delay[]

  /** Reads the numbers from the settings. */
  constructor(deps: Deps, { counters, devices, warnings }: GuardRooms) {
    this.#deps = deps
    this.#devices = devices
    this.#warnings = warnings
    this.#names = new GuardNames(deps)
    this.#counters = counters
    this.#strangers = delaysOfStrangers(deps.settings.limits)
    this.#known = delaysOfKnown(deps.settings.limits)
  }

  /**
   * Looks at a password, once there is a turn and a try left for it, and resolves to what the look found; null is a wrong password.
   * A known device has tries of its own, so that nobody who guesses can keep the owner out. [hardened 22, 23, 24]
   * @throws {AuthError} `limits.exceeded` for one try too many, `passwords.busy` when there is no room to hash it.
   */
  async tryPassword<T>(given: Try, look: Look<T>): Promise<T | null> {
    if (!this.#deps.settings.limits.on) return look({ name: 'login' })
    const known = await this.#findDevice(given)
    if (known !== null) return this.#tryAsKnown(given, known, look)
    const rebound = await this.#findRebound(given)
    if (rebound === null) return this.#tryAsStranger(given, look)
    try {
      return await this.#tryAsKnown(given, rebound, look)
    } catch (error) {
      if (!isOneTooMany(error)) throw error
      return this.#tryAsStranger(given, look) // who has used up what was given to them is as good as anybody else
    }
  }

  /**
   * Looks at a password that somebody who is signed in, or holds a link, gives once more. It has as many tries as a known device.
   * @throws {AuthError} like `tryPassword`.
   */
  async tryProof<T>(userId: UserId, look: Look<T>): Promise<T | null> {
    if (!this.#deps.settings.limits.on) return look({ name: 'known' })
    const key = this.#names.proof(userId)
    return this.#look({
      counted: { limited: 'password', shares: [], streak: this.#ownStreak(key), about: { ...NOBODY, userId } },
      lane: { name: 'known', source: key },
      look,
      warn: async (failures) => this.#warnings.warnOfProofs(userId, failures),
    })
  }

  /** Ends the rows of failures of an account, because its owner has set the password anew. [hardened 23] */
  async clear(tx: DB, key: CanonicalEmail, userId: UserId): Promise<void> {
    await this.#counters.clear(tx, this.#names.account(key))
    await this.#counters.clear(tx, this.#names.proof(userId))
  }

  /**
   * The same for an owner who has followed a mailed link. From where they followed it they have tries of their own for an hour, like a known
   * device: whoever goes on guessing would else use up at once what was given back, and the mailed link is the way in. [hardened 23, 24]
   */
  async welcomeBack(tx: DB, key: CanonicalEmail, userId: UserId, source: string | undefined): Promise<void> {
    if (!this.#deps.settings.limits.on) return
    await this.clear(tx, key, userId)
    if (source !== undefined) await this.#counters.begin(tx, this.#names.rebound(key, source))
  }

  /** Under what the tries of a known device are counted; null for any other browser. */
  async #findDevice({ key, device }: Try): Promise<LimitKey | null> {
    if (key === null) return null
    const known = await this.#devices.findKnown(key, device)
    return known === null ? null : this.#names.device(key, known)
  }

  /** Under what the tries are counted from where a mailed link of this email was followed within the last hour; null from anywhere else. */
  async #findRebound({ key, source }: Try): Promise<LimitKey | null> {
    const rebound = key === null || source === undefined ? null : this.#names.rebound(key, source)
    return rebound !== null && (await this.#counters.isOfLastHour(rebound)) ? rebound : null
  }

  /** A try from a browser that the account does not know: it counts for the account, and for its source. */
  async #tryAsStranger<T>({ key, source }: Try, look: Look<T>): Promise<T | null> {
    const counted: Counted = {
      limited: 'login',
      shares: this.#names.sharesOf('login', source, this.#deps.settings.limits.sourceFailures),
      streak: key === null ? null : { by: 'account', key: this.#names.account(key), delays: this.#strangers },
      about: this.#names.about(source, key),
    }
    const network = source === undefined ? null : networkOf(source)
    const warn = this.#warnAs(key, true)
    if (network === null) return this.#look({ counted, lane: { name: 'login' }, look, warn })
    this.#counters.refuseStanding(counted) // before it waits for a turn
    const end = await this.#turns.take(network)
    if (end === null) throw this.#counters.refusal(counted, 'source', 1)
    const { now } = this.#deps
    const lane = { name: 'login', source: this.#suspects.sourceOf(network, now()) } as const
    const found = await this.#look({ counted, lane, look, warn }).finally(end)
    if (found === null) this.#suspects.note(network, now())
    return found
  }

  /** A try from a browser that has tries of its own. */
  async #tryAsKnown<T>({ key, source }: Try, own: LimitKey, look: Look<T>): Promise<T | null> {
    return this.#look({
      counted: { limited: 'login', shares: [], streak: this.#ownStreak(own), about: this.#names.about(source, key) },
      lane: { name: 'known', source: own },
      look,
      warn: this.#warnAs(key, false),
    })
  }

  /** Counts a try, looks, and settles what was counted by what came of it. */
  async #look<T>({ counted, lane, look, warn }: Looking<T>): Promise<T | null> {
    this.#counters.refuseStanding(counted)
    await this.#deps.hasher.refuseWhenFull(lane)
    const failures = await this.#counters.count(counted)
    try {
      const found = await look(lane)
      if (found !== null) await this.#counters.settle(counted, 'right')
      else if (failures !== null) await warn(failures)
      return found
    } catch (error) {
      if (error instanceof AuthError && error.code === 'passwords.busy') await this.#counters.settle(counted, 'unseen')
      throw error
    }
  }

  /** What tells the owner of an email of failures. */
  #warnAs(key: CanonicalEmail | null, byStrangers: boolean): (failures: number) => Promise<void> {
    return async (failures) => {
      if (key !== null) await this.#warnings.warn(key, failures, byStrangers)
    }
  }

  /** The row of failures of somebody who has tries of their own. */
  #ownStreak(key: LimitKey): Streak {
    return { by: 'device', key, delays: this.#known }
  }
}

/** Whether this is the refusal of one try too many. */
function isOneTooMany(error: unknown): boolean {
  return error instanceof AuthError && error.code === 'limits.exceeded'
}
