/** The jobs of the hashing process: one that waits, those that run, and the refusal of one. */
import { AuthError } from '../errors.ts'
import type { Lane } from './hasher.ts'
import type { HashJob } from './hashing.ts'
import type { JobOutcome } from './hashing-process.ts'

/** A job that waits for its turn. */
export interface WaitingJob {
  readonly job: HashJob
  readonly lane: Lane
  readonly expiry: NodeJS.Timeout
  readonly resolve: (result: string | boolean) => void
  readonly reject: (error: Error) => void
}

/** A job that the process is at. */
interface RunningJob extends WaitingJob {
  readonly startedAt: number
  readonly timer: NodeJS.Timeout
}

const FIRST_GUESS_MS = 250
const QUICKEST_MS = 50 // cheap hashes that were imported must not make the queue longer than it can serve

/** The jobs that the process is at, by number, and how long such jobs take. */
export class RunningJobs {
  readonly #jobs = new Map<number, RunningJob>()
  #lastNumber = 0
  #meanMs = FIRST_GUESS_MS

  /** How many there are. */
  get size(): number {
    return this.#jobs.size
  }

  /** How long a job has taken of late, in milliseconds; for quick ones somewhat more. */
  get meanMs(): number {
    return Math.max(this.#meanMs, QUICKEST_MS)
  }

  /** Takes a job in, and gives it a number. If it is not done after so long, `onHung` is called. */
  add(waiting: WaitingJob, longestMs: number, onHung: () => void): number {
    const number = ++this.#lastNumber
    this.#jobs.set(number, { ...waiting, startedAt: performance.now(), timer: setTimeout(onHung, longestMs) })
    return number
  }

  /** Gives an answer to whom it belongs, and learns how long it took: false when there is no such job. */
  settle({ number, result }: JobOutcome): boolean {
    const running = this.#jobs.get(number)
    if (running === undefined) return false
    clearTimeout(running.timer)
    this.#jobs.delete(number)
    this.#meanMs = 0.9 * this.#meanMs + 0.1 * (performance.now() - running.startedAt)
    if (result === null) running.reject(new Error('a password could not be hashed'))
    else running.resolve(result)
    return true
  }

  /** Refuses all of them: their process has died. */
  refuseAll(): void {
    for (const [number, { reject, timer }] of this.#jobs) {
      clearTimeout(timer)
      this.#jobs.delete(number)
      reject(busy(1))
    }
  }
}

/** The refusal of a job for want of time. */
export function busy(retryAfterSeconds: number): AuthError {
  return new AuthError('passwords.busy', { retryAfterSeconds })
}
