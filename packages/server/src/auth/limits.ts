/** The room of counters: how often something happened today. What is counted is stored as a keyed hash. */
import type { DB } from '../db/db.ts'
import type { LimitKey } from '../db/limits.ts'
import { mailboxOf } from '../email.ts'
import type { CanonicalEmail } from '../email.ts'
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

  /** Counts a letter of this kind that went to an address, and to the mailbox that is likely to stand behind it. */
  async countLetter(tx: DB, kind: string, key: CanonicalEmail): Promise<void> {
    await this.countToday(tx, kind, key)
    await this.countToday(tx, kind === 'none' ? 'no mailbox' : 'mailbox', mailboxOf(key))
  }

  /** How many letters of this kind went to an address today, and how many of any kind to its mailbox. */
  async findLetters(
    tx: DB,
    kind: string,
    key: CanonicalEmail,
  ): Promise<{ readonly toAddress: number; readonly toMailbox: number }> {
    const toAddress = await this.#findToday(tx, kind, key)
    return { toAddress, toMailbox: await this.#findToday(tx, 'mailbox', mailboxOf(key)) }
  }

  /** How many of this there were today. */
  async #findToday(tx: DB, what: string, key: CanonicalEmail): Promise<number> {
    return tx.limits.find(this.#keyOf(what, key), this.#today())
  }

  /** Begins a count anew. */
  async clear(what: string, key: CanonicalEmail): Promise<void> {
    await this.#deps.db.limits.clear(this.#keyOf(what, key))
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
