/** The table of the benchmarks: what a row is, when it is kept, and how it reads. */

/**
 * What a figure must be: at the least, or at the most, so much. In the short form, whose rounds are short and whose machine is busy, it
 * may miss that by this factor.
 * @typedef {{least?: number, most?: number, slack?: number}} Bar
 */

/**
 * A row: what was measured, against what, both in words, and the figure that counts, which is a ratio unless a unit is named; the lowest
 * and highest of the rounds; the bar, if there is one; what else belongs to it. A row that was left out says why instead.
 * @typedef {object} Row
 * @property {string} what - Such as `session checks on one core`.
 * @property {string} against - What it is compared with.
 * @property {string} [ours] - Such as `14,000/s`.
 * @property {number} [raw] - The same as a number.
 * @property {string} [theirs] - Such as `18,000/s`.
 * @property {number} [figure] - What the bar is about.
 * @property {string} [unit] - Of the figure.
 * @property {readonly [number, number]} [range] - The lowest and highest figure of a round.
 * @property {Bar} [bar] - What it must be.
 * @property {string} [note] - What a reader must know to judge it.
 * @property {string} [leftOut] - Why it was not measured.
 */

/** What every topic is given: a folder, whether this is the short form or a draft, how many rounds to measure, and how long each is. */
/** @typedef {{folder: string, isShort: boolean, isSmall: boolean, rounds: number, ms: number}} World */

/** Something that does not fit in rows, as a table of its own. */
/** @typedef {{title: string, columns: readonly string[], lines: readonly (readonly string[])[]}} Table */

/** What a topic finds: rows, tables of its own, and bytes by kind of row for the model of what is carried. */
/** @typedef {{rows?: Row[], tables?: Table[], bytes?: {name: string, sqlite: number, postgres: number}[]}} Findings */

/** A topic: its name, whether it belongs to the short form, and how it is measured. */
/** @typedef {{name: string, isShort: boolean, measure: (world: World) => Promise<Findings>}} Topic */

const SLACK = 0.7

/**
 * A row that compares rates, of which more is better.
 * @param {Pick<Row, 'what' | 'against' | 'bar' | 'note'>} words - What it is about.
 * @param {import('./side-by-side.js').Comparison} comparison - What came of it.
 * @param {(figure: number) => string} inWords - How the figures read.
 * @returns {Row} The row.
 */
export function comparing(words, { ours, theirs, ratio, range }, inWords = perSecond) {
  return { ...words, ours: inWords(ours), theirs: inWords(theirs), raw: ours, figure: ratio, range }
}

/**
 * Whether a row keeps its bar.
 * @param {Row} row - A row.
 * @param {boolean} isShort - Whether it may miss it by its slack.
 * @returns {boolean} True also where there is no bar, or it was left out.
 */
export function isKept({ figure, bar = {}, leftOut }, isShort) {
  if (leftOut !== undefined) return true
  const { least, most, slack = SLACK } = bar
  if (least === undefined && most === undefined) return true
  if (figure === undefined || Number.isNaN(figure)) return false
  const factor = isShort ? slack : 1
  return (least === undefined || figure >= least * factor) && (most === undefined || figure <= most / factor)
}

/** Something a second, in words. */
export function perSecond(/** @type {number} */ figure) {
  return `${rounded(figure)}/s`
}

/** Milliseconds, in words. */
export function milliseconds(/** @type {number} */ figure) {
  return `${rounded(figure)} ms`
}

/** Megabytes, in words. */
export function megabytes(/** @type {number} */ figure) {
  return `${rounded(figure)} MB`
}

/**
 * A number to three digits, or all of its digits before the point.
 * @param {number} figure - Any number.
 * @returns {string} Such as `14,210`, `3.62` or `0.0480`.
 */
export function rounded(figure) {
  if (Number.isNaN(figure)) return 'unknown'
  const whole = Math.abs(figure) >= 100
  return whole ? Math.round(figure).toLocaleString('en') : figure.toPrecision(3)
}

/**
 * The figure of a row with its rounds, as it reads.
 * @param {Row} row - A row that was measured.
 * @returns {string} Such as `0.78 (0.74–0.80)`.
 */
export function figureOf({ figure, unit = '', range }) {
  if (figure === undefined) return ''
  const digits = unit === '' ? 2 : 0
  const text = (/** @type {number} */ number) => (number >= 100 ? rounded(number) : number.toFixed(digits))
  const spread = range === undefined || range[0] === range[1] ? '' : ` (${text(range[0])}–${text(range[1])})`
  return `${text(figure)}${unit === '' ? '' : ` ${unit}`}${spread}`
}

/**
 * The bar of a row, as it reads.
 * @param {Row} row - A row.
 * @param {boolean} isShort - Whether it may be missed by its slack, and what is left of it is to be told.
 * @returns {string} Such as `at least 0.75`, or `at least 0.75 (here 0.53)`.
 */
export function barOf({ bar = {}, unit = '' }, isShort = false) {
  const { least, most, slack = SLACK } = bar
  const end = unit === '' ? '' : ` ${unit}`
  const words = (/** @type {string} */ which, /** @type {number} */ whole, /** @type {number} */ part) =>
    isShort && slack !== 1 ? `${which} ${whole}${end} (here ${rounded(part)})` : `${which} ${whole}${end}`
  if (least !== undefined) return words('at least', least, least * slack)
  return most === undefined ? 'shown' : words('at most', most, most / slack)
}
