/** What waits to be hashed, and in which order it has its turn; and the plain queue of classic. */
import type { Lane } from './hasher.ts'

/** Jobs that wait. The room is how many can be served in the time allowed; it is given anew each time, because it follows the cost of hashes. */
export interface HashingQueue<T extends object> {
  /** How many wait. */
  readonly length: number
  /** Whether a job of this lane could wait now. */
  hasRoom(lane: Lane, room: number): boolean
  /** Lets a job wait. Returns the job that therefore cannot wait any more: one that it displaced, or itself; null when nobody has to go. */
  add(job: T, lane: Lane, room: number): T | null
  /** Takes out the job whose turn it is; null when none waits. */
  take(): T | null
  /** Takes out this job, wherever it stands; false when it does not wait. */
  remove(job: T, lane: Lane): boolean
}

/** One queue for everyone: first come, first served. It does not look at lanes. */
export class PlainQueue<T extends object> implements HashingQueue<T> {
  readonly #jobs: T[] = []

  /** How many wait. */
  get length(): number {
    return this.#jobs.length
  }

  /** Whether the queue is shorter than it may be. */
  hasRoom(_: Lane, room: number): boolean {
    return this.#jobs.length < room
  }

  /** Puts a job at the end; returns it when the queue is full. */
  add(job: T, lane: Lane, room: number): T | null {
    if (!this.hasRoom(lane, room)) return job
    this.#jobs.push(job)
    return null
  }

  /** Takes out the first job; null when none waits. */
  take(): T | null {
    return this.#jobs.shift() ?? null
  }

  /** Takes out this job; false when it does not wait. */
  remove(job: T): boolean {
    const at = this.#jobs.indexOf(job)
    if (at >= 0) this.#jobs.splice(at, 1)
    return at >= 0
  }
}
