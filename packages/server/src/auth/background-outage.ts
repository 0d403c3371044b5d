/** What the log hears of an outage under the work in the background: its error at once, then a line a minute, and its end. */
import type { DatabaseUnavailable } from '../errors.ts'
import type { Deps } from './deps.ts'

const MINUTE = 60_000

/** An outage, as the kind of work tells that met it first: all others meet the same, and it is over once that one goes well again. */
export class BackgroundOutage {
  readonly #deps: Pick<Deps, 'log' | 'now'>
  #metBy: string | null = null
  #saidAt = 0

  /** Begins without one. */
  constructor(deps: Pick<Deps, 'log' | 'now'>) {
    this.#deps = deps
  }

  /** Hears that this kind of work met an outage. */
  meet(work: string, err: DatabaseUnavailable): void {
    const at = this.#deps.now().getTime()
    const isNew = this.#metBy === null
    this.#metBy ??= work
    if (!isNew && Math.abs(at - this.#saidAt) < MINUTE) return
    this.#saidAt = at
    this.#deps.log.warn(isNew ? { err } : { reason: err.message }, 'work in the background waits for the database')
  }

  /** Hears that this kind of work went well. */
  pass(work: string): void {
    if (this.#metBy !== work) return
    this.#metBy = null
    this.#deps.log.info({}, 'work in the background goes on: the database does its work again')
  }
}
