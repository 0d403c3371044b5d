/** Measures several things side by side: in turns, round after round, so that whatever else the machine does meets all of them alike. */

/**
 * Something to measure: its name and how, which resolves to a figure.
 * @typedef {{name: string, measure: () => Promise<number>}} Contender
 */

/**
 * A comparison of two contenders: their medians, the median of their ratios of each round, and the lowest and highest of these.
 * @typedef {{ours: number, theirs: number, ratio: number, range: [number, number]}} Comparison
 */

/** The figures of all rounds, by contender. */
export class Figures {
  /** @type {Map<string, number[]>} */
  #byName

  /**
   * Takes the figures.
   * @param {Map<string, number[]>} byName - Of each contender one figure a round.
   */
  constructor(byName) {
    this.#byName = byName
  }

  /**
   * The middle figure of a contender.
   * @param {string} name - Whose.
   * @returns {number} The median.
   */
  median(name) {
    return median(this.#byName.get(name) ?? [])
  }

  /**
   * The lowest and the highest figure of a contender.
   * @param {string} name - Whose.
   * @returns {[number, number]} Both.
   */
  range(name) {
    const figures = this.#byName.get(name) ?? []
    return [Math.min(...figures), Math.max(...figures)]
  }

  /**
   * The figures of two contenders added up, round by round.
   * @param {string} one - The one.
   * @param {string} other - The other.
   * @returns {number[]} The sums.
   */
  sum(one, other) {
    const others = this.#byName.get(other) ?? []
    return (this.#byName.get(one) ?? []).map((figure, round) => figure + (others[round] ?? Number.NaN))
  }

  /**
   * Compares two contenders round by round.
   * @param {string} ours - The one.
   * @param {string} theirs - The other.
   * @returns {Comparison} The one divided by the other.
   */
  compare(ours, theirs) {
    const others = this.#byName.get(theirs) ?? []
    const ratios = (this.#byName.get(ours) ?? []).map((figure, round) => figure / (others[round] ?? Number.NaN))
    return {
      ours: this.median(ours),
      theirs: this.median(theirs),
      ratio: median(ratios),
      range: [Math.min(...ratios), Math.max(...ratios)],
    }
  }
}

/**
 * Measures each contender once a round, in turns; every other round backwards.
 * @param {readonly Contender[]} contenders - What to measure.
 * @param {number} rounds - How often.
 * @returns {Promise<Figures>} All figures.
 */
export async function sideBySide(contenders, rounds) {
  const byName = new Map(contenders.map(({ name }) => [name, /** @type {number[]} */ ([])]))
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed()
    for (const { name, measure } of order) byName.get(name)?.push(await measure())
  }
  return new Figures(byName)
}

/**
 * The middle one of some numbers.
 * @param {readonly number[]} numbers - At the least one.
 * @returns {number} The median; NaN of none.
 */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}
