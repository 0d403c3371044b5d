/** Whose turn it is, by weights. */

/**
 * Shares out turns by stride scheduling (Waldspurger and Weihl, 1995): whoever has a turn moves on by one over its weight, and the one
 * that has come least far is next. So nobody who waits is passed over for ever, and nobody saves up turns while there is nothing to do.
 */
export class HashingTurns<Name extends string> {
  readonly #names: readonly Name[]
  readonly #weights: Readonly<Record<Name, number>>
  readonly #reached = new Map<Name, number>()

  /** Starts with everyone at the same place; who is named first goes first. */
  constructor(weights: Readonly<Record<Name, number>>) {
    this.#weights = weights
    this.#names = Object.keys(weights) as Name[]
  }

  /** Gives a turn to one of those that wait, and returns its name; null when nobody does. */
  next(waits: (name: Name) => boolean): Name | null {
    const waiting = this.#names.filter(waits)
    const now = Math.min(...waiting.map((name) => this.#placeOf(name)))
    const next = waiting.find((name) => this.#placeOf(name) === now)
    if (next === undefined) return null
    for (const name of this.#names) if (!waits(name)) this.#reached.set(name, Math.max(this.#placeOf(name), now))
    this.#reached.set(next, now + 1 / this.#weights[next])
    return next
  }

  /** How far somebody has come. */
  #placeOf(name: Name): number {
    return this.#reached.get(name) ?? 0
  }
}
