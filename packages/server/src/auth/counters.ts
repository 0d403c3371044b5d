/** Counting for the guards: everything that one try or act counts for at once, and the refusal where it is one too many. */
import type { Budget } from '../db/budgets.ts'
import type { DB } from '../db/db.ts'
import type { LimitKey } from '../db/limits.ts'
import type { Delay } from '../db/streaks.ts'
import { AuthError } from '../errors.ts'
import type { Deps } from './deps.ts'
import { HOUR_MS } from './guard-numbers.ts'
import { Refusals } from './refusals.ts'
import type { Sum } from './refusals.ts'

/** A budget of one source or person. */
export interface Share {
  readonly by: 'source' | 'person'
  readonly key: LimitKey
  readonly budget: Budget
}

/** Failures in a row, by what they count for. */
export interface Streak {
  readonly by: 'account' | 'device'
  readonly key: LimitKey
  readonly delays: readonly Delay[]
}

/** All that one try or act is counted by. */
export interface Counted {
  readonly limited: Sum['limited']
  readonly shares: readonly Share[]
  readonly streak: Streak | null
  /** Whom a refusal is about, for the audit. */
  readonly about: Pick<Sum, 'source' | 'subject' | 'userId'>
}

const LONGEST_ADVICE_SECONDS = 3600 // of a password that is stopped nobody need know for how long

/** Counts, in the storage that all nodes share, with a memory of refusals in front. */
export class Counters {
  readonly #deps: Deps
  readonly #refusals = new Refusals()

  /** Works with the storage and its clock. */
  constructor(deps: Deps) {
    this.#deps = deps
  }

  /**
   * Counts by everything that it counts for, in one transaction, and resolves to the failures in a row, this one included; null where none
   * are counted. Who is refused because of an account has used up a share of their source all the same.
   * @throws {AuthError} `limits.exceeded`.
   */
  async count(counted: Counted): Promise<number | null> {
    this.refuseStanding(counted)
    const { db, now } = this.#deps
    const { shares, streak } = counted
    const outcome = await db.transaction(async (tx) => {
      for (const share of shares)
        if (!(await tx.budgets.take(share.key, now(), share.budget))) return this.#refusalOfShare(tx, counted, share)
      const failures = streak === null ? null : await tx.streaks.count(streak.key, now(), streak.delays)
      return streak !== null && failures === null ? this.#refusalOfStreak(tx, counted, streak) : failures
    })
    if (outcome instanceof AuthError) throw outcome
    return outcome
  }

  /** After a right password: gives back what it took, and ends the row of failures. After one that was not looked at: as if it had not been tried. */
  async settle({ shares, streak }: Counted, was: 'right' | 'unseen'): Promise<void> {
    const { db, now } = this.#deps
    await db.transaction(async (tx) => {
      for (const { key, budget } of shares) await tx.budgets.giveBack(key, budget)
      if (streak !== null && was === 'right') await tx.streaks.clear(streak.key)
      else if (streak !== null) await tx.streaks.takeBack(streak.key, now())
    })
    if (streak !== null) this.#refusals.forget(streak.key)
  }

  /** Begins a row of failures of its own, for whoever has shown to be no stranger. */
  async begin(tx: DB, key: LimitKey): Promise<void> {
    await tx.streaks.begin(key, this.#deps.now())
    this.#refusals.forget(key)
    this.#refusals.forget(absenceOf(key))
  }

  /** Whether a row was begun, or failed, within the last hour. That there is none is remembered for a moment: whoever floods asks again and again. */
  async isOfLastHour(key: LimitKey): Promise<boolean> {
    const now = this.#deps.now()
    if (this.#refusals.find(absenceOf(key), now) !== null) return false
    const lastAt = await this.#deps.db.streaks.findLastAt(key)
    const isRecent = lastAt !== null && now.getTime() - lastAt.getTime() <= HOUR_MS
    if (!isRecent) this.#refusals.remember(absenceOf(key), now, new Date(now.getTime() + HOUR_MS))
    return isRecent
  }

  /**
   * Refuses, without a look at the storage, what was refused a moment ago. [hardened 27]
   * @throws {AuthError} `limits.exceeded`.
   */
  refuseStanding(counted: Counted): void {
    const now = this.#deps.now()
    for (const { by, key } of [...counted.shares, ...(counted.streak === null ? [] : [counted.streak])]) {
      const until = this.#refusals.find(key, now)
      if (until !== null) throw this.refusal(counted, by, secondsTo(until, now))
    }
  }

  /** Counts a refusal, and makes it. */
  refusal({ limited, about }: Counted, by: Sum['by'], retryAfterSeconds: number): AuthError {
    const subject = by === 'source' ? null : about.subject // else one source could have as many entries as it invents emails
    this.#refusals.count({ limited, by, ...about, subject })
    return new AuthError('limits.exceeded', { retryAfterSeconds })
  }

  /** Ends a row of failures. */
  async clear(tx: DB, key: LimitKey): Promise<void> {
    await tx.streaks.clear(key)
    this.#refusals.forget(key)
  }

  /** Hands over what was refused, as sums, to be noted. */
  async noteSums(note: Parameters<Refusals['noteSums']>[0]): Promise<void> {
    await this.#refusals.noteSums(note)
  }

  /** The refusal of one who has used up a budget. */
  async #refusalOfShare(tx: DB, counted: Counted, { by, key, budget }: Share): Promise<AuthError> {
    const now = this.#deps.now()
    const wholeAt = (await tx.budgets.findWholeAt(key)) ?? now
    const until = new Date(wholeAt.getTime() - (budget.most - 1) * budget.eachMs)
    this.#refusals.remember(key, now, until)
    return this.refusal(counted, by, secondsTo(until, now))
  }

  /** The refusal of one who must wait. */
  async #refusalOfStreak(tx: DB, counted: Counted, { by, key }: Streak): Promise<AuthError> {
    const now = this.#deps.now()
    const until = (await tx.streaks.findUntil(key)) ?? now
    this.#refusals.remember(key, now, until)
    return this.refusal(counted, by, secondsTo(until, now))
  }
}

/** Whole seconds until an instant: one at the least, an hour at the most. */
function secondsTo(until: Date, now: Date): number {
  const seconds = Math.ceil((until.getTime() - now.getTime()) / 1000)
  return Math.min(Math.max(seconds, 1), LONGEST_ADVICE_SECONDS)
}

/** The name under which it is remembered that there is no row of this name. */
function absenceOf(key: LimitKey): LimitKey {
  return `none ${key}` as LimitKey
}
