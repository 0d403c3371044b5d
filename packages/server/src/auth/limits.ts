/** The room of counters: how often something happened today. What is counted is stored as a keyed hash. */
import type { DB } from '../db/db.ts'
import type { LimitKey } from '../db/limits.ts'
import type { Deps } from './deps.ts'

const DAY = 24 * 60 * 60_000

/** Counts by what happened and to what: an address, or a link. */
export class Limits {
  readonly #deps: Deps

  /** Works with the clock and the keys of the storage. */
  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Counts one more of this today, and returns how many there are. */
  async countToday(tx: DB, what: string, key: string): Promise<number> {
    return tx.limits.hit(this.#keyOf(what, key), this.#today())
  }

  /** How many of this there were today. */
  async findToday(tx: DB, what: string, key: string): Promise<number> {
    return tx.limits.find(this.#keyOf(what, key), this.#today())
  }

  /** When today began, in UTC. */
  #today(): Date {
    return new Date(Math.floor(this.#deps.now().getTime() / DAY) * DAY)
  }

  /** The name under which something is counted. */
  #keyOf(what: string, key: string): LimitKey {
    return this.#deps.db.keys.nameOf(`${what}:${key}`) as LimitKey
  }
}
