/**
 * What was refused, kept in memory: so that whoever is over a limit costs no further look at the storage, and so that a flood of refusals
 * is noted as sums. [hardened 27]
 */
import type { LimitKey } from '../db/limits.ts'
import type { UserId } from '../user.ts'

/** What is limited. */
export type Limited = 'login' | 'registration' | 'letter' | 'reset' | 'export' | 'email' | 'password'

/** Refusals of one kind that came from one place. */
export interface Sum {
  readonly limited: Limited
  readonly by: 'account' | 'device' | 'source' | 'person'
  /** The address; null where none is known. */
  readonly source: string | null
  /** Whom they are about; null where it is a matter of the source alone. */
  readonly subject: string | null
  readonly userId: UserId | null
}

const MOST_KEYS = 20_000
const MOST_SUMS = 1000
const LONGEST_MS = 2000 // after that the storage is asked again: another node may have cleared it

/** Refusals of the last moments. What is kept is bounded, whatever strangers send (CVE-2026-79651). */
export class Refusals {
  readonly #standing = new Map<LimitKey, { readonly until: Date; readonly askedAgainMs: number }>()
  readonly #sums = new Map<string, { readonly sum: Sum; times: number }>()

  /** Remembers that nothing is taken for this key before an instant. */
  remember(key: LimitKey, now: Date, until: Date): void {
    const [oldest] = this.#standing.keys()
    if (this.#standing.size >= MOST_KEYS && oldest !== undefined) this.#standing.delete(oldest)
    this.#standing.delete(key) // so that it comes last
    this.#standing.set(key, { until, askedAgainMs: Math.min(until.getTime(), now.getTime() + LONGEST_MS) })
  }

  /** Until when nothing is taken for this key, as far as is known here; null where the storage has to be asked. */
  find(key: LimitKey, now: Date): Date | null {
    const standing = this.#standing.get(key)
    if (standing === undefined) return null
    const leftMs = standing.askedAgainMs - now.getTime()
    if (leftMs > 0 && leftMs <= LONGEST_MS) return standing.until // more is left only where the clock was set back
    this.#standing.delete(key)
    return null
  }

  /** Forgets a refusal. */
  forget(key: LimitKey): void {
    this.#standing.delete(key)
  }

  /** Counts a refusal. Beyond a thousand places in a minute the rest are summed up as from nowhere. */
  count(sum: Sum): void {
    const name = JSON.stringify([sum.limited, sum.by, sum.source, sum.subject, sum.userId])
    const known = this.#sums.get(name)
    if (known !== undefined) known.times++
    else if (this.#sums.size < MOST_SUMS) this.#sums.set(name, { sum, times: 1 })
    else this.#countRest(sum)
  }

  /** Counts a refusal for which there is no room of its own. */
  #countRest({ limited, by }: Sum): void {
    const name = `${limited} ${by}`
    const rest = this.#sums.get(name) ?? { sum: { limited, by, source: null, subject: null, userId: null }, times: 0 }
    rest.times++
    this.#sums.set(name, rest)
  }

  /** Hands over each sum to be noted, and drops it once it is. What could not be noted is kept for the next time. */
  async noteSums(note: (sum: Sum, times: number) => Promise<void>): Promise<void> {
    for (const [name, entry] of [...this.#sums]) {
      const { sum, times } = entry
      await note(sum, times)
      entry.times -= times // some may have come while it was noted
      if (entry.times === 0) this.#sums.delete(name)
    }
  }
}
