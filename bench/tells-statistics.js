/** The test of bench/tells.js: whether two lists of times can come from the same source. Pure. */

const FAMILY_ERROR = 0.01
const TAIL = 0.05

/** A finding counts when it is no accident and large enough to be of use: how far from one half the chances must be. */
const FLOORS = { order: 0.1, tail: 0.25 }

/**
 * How two kinds compare. `order` is the chance that a time of the one is above a time of the other, `tail` the share of the one among the
 * slowest 5 % of both; both are 0.5 where nothing tells. `accuracy` is what a threshold learnt on one half gets right of the other half.
 * @typedef {{order: number, tail: number, accuracy: number, p: {order: number, tail: number}}} Comparison
 */

/**
 * Compares two lists of times.
 * @param {readonly number[]} one - Times in ms, in the order in which they were measured.
 * @param {readonly number[]} other - The same of the other kind.
 * @returns {Comparison} What the two tests say.
 */
export function compare(one, other) {
  const all = [...one.map((ms) => ({ ms, mine: 1 })), ...other.map((ms) => ({ ms, mine: 0 }))].sort(
    (a, b) => a.ms - b.ms,
  )
  const [n, m] = [one.length, other.length]
  const order = (sumOfRanks(all) - (n * (n + 1)) / 2) / (n * m)
  const slowest = all.slice(-Math.max(1, Math.round(all.length * TAIL)))
  const mine = slowest.reduce((sum, { mine: count }) => sum + count, 0)
  const share = n / (n + m)
  const k = slowest.length
  const spread = Math.sqrt((share * (1 - share) * (n + m - k)) / (k * (n + m - 1)))
  return {
    order,
    tail: mine / k,
    accuracy: accuracyOf(one, other),
    p: {
      order: twoSided((order - 0.5) / Math.sqrt((n + m + 1) / (12 * n * m))),
      tail: twoSided((mine / k - share) / spread),
    },
  }
}

/**
 * The sum of the ranks of the first kind; equal times share their ranks.
 * @param {readonly {ms: number, mine: number}[]} sorted - All times, ascending.
 * @returns {number} The sum.
 */
function sumOfRanks(sorted) {
  let sum = 0
  for (let start = 0; start < sorted.length;) {
    let end = start
    while (end < sorted.length && sorted[end]?.ms === sorted[start]?.ms) end++
    for (let at = start; at < end; at++) sum += ((sorted[at]?.mine ?? 0) * (start + 1 + end)) / 2
    start = end
  }
  return sum
}

/**
 * The probability of so large a deviation, to either side, where nothing tells (by Abramowitz and Stegun 7.1.26, to 1e-7).
 * @param {number} z - The deviation in standard deviations.
 * @returns {number} The probability.
 */
function twoSided(z) {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return series * Math.exp(-x * x)
}

/**
 * How often an attacker would be right who learns the best threshold from every other time, and judges the times between by it.
 * @param {readonly number[]} one - Times of the one kind.
 * @param {readonly number[]} other - Times of the other.
 * @returns {number} From 0 to 1; 0.5 is guessing.
 */
function accuracyOf(one, other) {
  const half = (/** @type {readonly number[]} */ times, /** @type {number} */ which) =>
    times.filter((_, index) => index % 2 === which)
  const [learnt, others] = [half(one, 0), half(other, 0)]
  const best = { gain: 0, threshold: 0, sign: 1 }
  for (const threshold of [...learnt, ...others]) {
    const gain = shareAbove(learnt, threshold) - shareAbove(others, threshold)
    if (Math.abs(gain) > best.gain) Object.assign(best, { gain: Math.abs(gain), threshold, sign: Math.sign(gain) })
  }
  const judged = shareAbove(half(one, 1), best.threshold) - shareAbove(half(other, 1), best.threshold)
  return 0.5 + (best.sign * judged) / 2
}

/**
 * The share of times above a threshold.
 * @param {readonly number[]} times - At the least one.
 * @param {number} threshold - In ms.
 * @returns {number} From 0 to 1.
 */
function shareAbove(times, threshold) {
  return times.filter((ms) => ms > threshold).length / times.length
}

/**
 * Which of many comparisons tell something: significant by Holm's correction over both tests of all of them, and beyond the floor.
 * @param {readonly Comparison[]} comparisons - All comparisons of a run.
 * @returns {ReadonlySet<Comparison>} Those that tell.
 */
export function tellingOf(comparisons) {
  const tests = comparisons
    .flatMap((comparison) => /** @type {const} */ (['order', 'tail']).map((test) => ({ comparison, test })))
    .sort((a, b) => a.comparison.p[a.test] - b.comparison.p[b.test])
  const first = tests.findIndex(
    ({ comparison, test }, index) => comparison.p[test] > FAMILY_ERROR / (tests.length - index),
  )
  const significant = first < 0 ? tests : tests.slice(0, first)
  return new Set(
    significant
      .filter(({ comparison, test }) => Math.abs(comparison[test] - 0.5) > FLOORS[test])
      .map(({ comparison }) => comparison),
  )
}

/**
 * Whether a comparison by itself tells something, as one of so many tests.
 * @param {Comparison} comparison - What was found.
 * @param {number} tests - How many tests there are.
 * @returns {boolean} True when it does, by Bonferroni's correction, and beyond the floor.
 */
export function isTelling({ order, p }, tests) {
  return p.order <= FAMILY_ERROR / tests && Math.abs(order - 0.5) > FLOORS.order
}

/**
 * The time below which this share of the times lies.
 * @param {readonly number[]} times - At the least one.
 * @param {number} share - From 0 to 1.
 * @returns {number} In ms.
 */
export function quantile(times, share) {
  return times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
}
