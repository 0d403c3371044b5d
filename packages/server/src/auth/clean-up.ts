/** Clearing away what has come to its end: batch by batch, as long as there is any, and so slowly that no request notices. */
import type { TimerOptions } from 'node:timers'
import { setTimeout as pause } from 'node:timers/promises'
import { BATCH } from '../db/batch.ts'
import type { Audit } from './audit.ts'
import type { Deps } from './deps.ts'
import { STOPPED_DAYS } from './guard-numbers.ts'
import { Retention } from './seals-retention.ts'

const DAY = 24 * 60 * 60_000
const COUNTS_KEPT_DAYS = 2
const FAILURES_KEPT_DAYS = 90
const GIVEN_UP_KEPT_DAYS = 30
const ACCOUNTS = 5 // each goes with all that is its own, which may be hundreds of rows
const REST = 4 // times as long as a batch took: four of five requests meet none
const SHORTEST_REST_MS = 5
const LONGEST_REST_MS = 1000

/** Clears away a batch of one kind, and returns how much it was. */
type Clear = () => Promise<number>

/** Clearing away. */
export class CleanUp {
  readonly #deps: Deps
  readonly #audit: Audit
  readonly #retention: Retention

  /** Works with the lifetimes of the settings. */
  constructor(deps: Deps, audit: Audit) {
    this.#deps = deps
    this.#audit = audit
    this.#retention = new Retention(deps)
  }

  /**
   * Clears away all that has come to its end until now, in turns, so that much of one kind holds up no other. Ends early where it may not
   * go on, or its rests are ended. [ASVS 14.2.7]
   */
  async run(mayGoOn: () => Promise<boolean>, rests: TimerOptions = {}): Promise<void> {
    let kinds = this.#kinds(this.#deps.now())
    while (kinds.length > 0) {
      const left: Clear[] = []
      for (const clear of kinds) {
        if (rests.signal?.aborted === true || !(await mayGoOn())) return
        const begunMs = performance.now()
        if ((await clear()) > 0) left.push(clear)
        await restFor(performance.now() - begunMs, rests)
      }
      kinds = left
    }
  }

  /** All kinds: accounts whose time of grace is over, and all that has expired. */
  #kinds(at: Date): readonly Clear[] {
    const { db, settings } = this.#deps
    const ago = (days: number): Date => new Date(at.getTime() - days * DAY)
    return [
      async () => this.#deleteDue(at),
      async () => db.sessions.removeExpired(at),
      async () => db.tokens.removeExpired(at),
      async () => db.pendings.removeExpired(at),
      async () => db.limits.removeBefore(ago(COUNTS_KEPT_DAYS)),
      async () => db.budgets.removeWhole(at),
      async () => db.streaks.removeIdle(ago(FAILURES_KEPT_DAYS), settings.limits.stopAfterTries),
      async () => db.streaks.removeOld(ago(STOPPED_DAYS)),
      async () => db.devices.removeUnused(ago(settings.devices.days)),
      async () => db.outbox.removeGivenUp(ago(GIVEN_UP_KEPT_DAYS)),
      async () => this.#retention.letGo(BATCH),
    ]
  }

  /** Deletes some of the accounts whose time of grace is over, and returns how many. */
  async #deleteDue(at: Date): Promise<number> {
    return this.#deps.db.transaction(async (tx) => {
      const gone = await tx.users.removeDue(at, ACCOUNTS)
      for (const userId of gone) await this.#audit.note(tx, 'deletion.completed', { userId })
      return gone.length
    })
  }
}

/** Lets everybody else go first, for several times as long as the work took. */
async function restFor(workedMs: number, rests: TimerOptions): Promise<void> {
  const ms = Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, workedMs * REST))
  await pause(ms, undefined, rests).catch(() => undefined) // what ends a rest is looked at before the next batch
}
