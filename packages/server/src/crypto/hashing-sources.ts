/** A queue that is fair by source: each has one turn a round, however much it asks for. */

/** What waits for one source, the oldest first. */
export interface Holder<T> {
  readonly source: string | null
  readonly jobs: T[]
}

/**
 * Jobs by source. Jobs of no source count as one source, the unknown. Nothing is kept of a source that waits for nothing, so there are
 * never more sources than jobs.
 */
export class SourceQueue<T extends object> {
  readonly #holders = new Map<string | null, Holder<T>>() // the first has the next turn
  #length = 0

  /** How many jobs wait. */
  get length(): number {
    return this.#length
  }

  /** How many jobs of this source wait. */
  countOf(source: string | null): number {
    return this.#holders.get(source)?.jobs.length ?? 0
  }

  /** Lets a job wait behind the others of its source. A source that is new here has its turn after all others. */
  add(job: T, source: string | null): void {
    const holder = this.#holders.get(source)
    if (holder === undefined) this.#holders.set(source, { source, jobs: [job] })
    else holder.jobs.push(job)
    this.#length++
  }

  /** Takes out the oldest job of the source whose turn it is; null when none waits. */
  take(): T | null {
    const [holder] = this.#holders.values()
    if (holder === undefined) return null
    this.#holders.delete(holder.source)
    this.#holders.set(holder.source, holder)
    return this.#takeFrom(holder, 0)
  }

  /** Takes out this job; false when it does not wait. */
  remove(job: T, source: string | null): boolean {
    const holder = this.#holders.get(source)
    const at = holder?.jobs.indexOf(job) ?? -1
    if (holder === undefined || at < 0) return false
    this.#takeFrom(holder, at)
    return true
  }

  /**
   * The source for which most jobs wait, if that is at least so many, or else null; of several alike, the one whose turn comes last. The
   * unknown source only when no other has so many: many people may stand behind it, and each of its jobs may be another one's.
   */
  heaviest(least: number): Holder<T> | null {
    let found: Holder<T> | null = null
    for (const holder of this.#holders.values()) {
      if (holder.source !== null && holder.jobs.length >= (found?.jobs.length ?? least)) found = holder
    }
    const unknown = this.#holders.get(null)
    return found ?? (unknown !== undefined && unknown.jobs.length >= least ? unknown : null)
  }

  /** Takes out the newest job of a source, and returns it. */
  takeNewest(holder: Holder<T>): T | null {
    return this.#takeFrom(holder, holder.jobs.length - 1)
  }

  /** Takes out one job of a source, which is forgotten with its last one. */
  #takeFrom(holder: Holder<T>, at: number): T | null {
    const [job] = holder.jobs.splice(at, 1)
    if (job !== undefined) this.#length--
    if (holder.jobs.length === 0) this.#holders.delete(holder.source)
    return job ?? null
  }
}
