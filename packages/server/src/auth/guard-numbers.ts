/** The numbers of the guards, made from the settings: how long a further try waits, and how large a budget is. */
import type { Budget } from '../db/budgets.ts'
import type { Delay } from '../db/streaks.ts'
import type { Settings } from '../settings.ts'

type Limits = Settings['limits']

/** An hour: the time in which a budget comes back, and in which whoever has set their password anew may log in. */
export const HOUR_MS = 60 * 60_000
const FIRST_WAIT_MS = 1000
/** How long a stopped password stays stopped, if its owner never comes back. */
export const STOPPED_DAYS = 400
const STOPPED_MS = STOPPED_DAYS * 24 * HOUR_MS

/** How long strangers wait after so many failures in a row: each time twice as long, until the password stops. [hardened 23] */
export function delaysOfStrangers({ accountTries, longestWaitSeconds, stopAfterTries }: Limits): readonly Delay[] {
  const longestMs = longestWaitSeconds * 1000
  const steps = Math.ceil(Math.log2(Math.max(longestMs / FIRST_WAIT_MS, 1)))
  const growing = Array.from({ length: steps + 1 }, (_, step) => ({
    from: accountTries + step,
    ms: Math.min(FIRST_WAIT_MS * 2 ** step, longestMs),
  }))
  return [...growing.filter(({ from }) => from < stopAfterTries), { from: stopAfterTries, ms: STOPPED_MS }]
}

/** How long a known device waits: an hour, each time, once it has used up its tries; and at last as long as strangers do. [hardened 24] */
export function delaysOfKnown({ deviceTries, stopAfterTries }: Limits): readonly Delay[] {
  return [
    { from: deviceTries, ms: HOUR_MS },
    { from: Math.max(stopAfterTries, deviceTries + 1), ms: STOPPED_MS },
  ]
}

/** A budget of so many at once that comes back evenly within an hour. */
export function anHoursBudget(most: number): Budget {
  return { most, eachMs: Math.ceil(HOUR_MS / most) }
}
