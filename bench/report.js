/** How the results of a run read: on the console, and in docs/performance.md with its figures beside it in docs/performance.json. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { modelOf } from './model.js'
import { barOf, figureOf, isKept } from './table.js'

const PAGE = join(import.meta.dirname, '../docs/performance.md')
const FIGURES = join(import.meta.dirname, '../docs/performance.json')
const BEGIN = '<!-- bench: begin -->'
const END = '<!-- bench: end -->'
const DRAFT =
  '**These are the figures of a draft**, with short rounds and a tenth of the data, on a machine that had other work. `npm run bench` replaces them.'

/** A topic with what it found, or why it broke; how long it took; and, where it was measured again by itself later, when and of what. */
/** @typedef {{name: string, seconds: number, error?: string, again?: {at: string, commit: string}} & import('./table.js').Findings} Result */

/** A run: when, of which commit, in which form, on what machine, with what results. */
/** @typedef {{at: string, commit: string, form: 'full' | 'draft' | 'short', machine: string, results: Result[]}} Run */

/**
 * A row as a line of the console.
 * @param {import('./table.js').Row} row - A row.
 * @param {boolean} isShort - Whether it may miss its bar by its slack.
 * @returns {string} The line.
 */
export function lineOf(row, isShort) {
  const { what, against, ours, theirs, note, leftOut } = row
  if (leftOut !== undefined) return `left out  ${what}, against ${against}: ${leftOut}`
  const sides = [ours, theirs === undefined ? undefined : `${against}: ${theirs}`].filter((side) => side !== undefined)
  const verdict = isKept(row, isShort) ? 'ok      ' : 'MISSED  '
  const more = note === undefined ? '' : ` (${note})`
  return `${verdict}  ${what}: ${figureOf(row)}, ${barOf(row, isShort)}; ${sides.join(', ')}${more}`
}

/**
 * A table as lines of the console.
 * @param {import('./table.js').Table} table - A table.
 * @returns {string[]} The lines.
 */
export function linesOf({ title, columns, lines }) {
  return [`${title} (${columns.join(' | ')}):`, ...lines.map((line) => `  ${line.join(' | ')}`)]
}

/**
 * The part of the page that is made from a run, in Markdown.
 * @param {Run} run - A run.
 * @returns {string} The text.
 */
export function pageOf({ at, commit, form, machine, results }) {
  const rows = results.flatMap((result) => result.rows ?? [])
  const broken = results.filter(({ error }) => error !== undefined)
  const tables = [...results.flatMap((result) => result.tables ?? []), ...modelOf(results)]
  return [
    ...(form === 'draft' ? [DRAFT, ''] : []),
    `Measured on ${at.slice(0, 10)}, at commit ${commit}. The machine: ${machine}`,
    ...againOf(results),
    '',
    ...markdown(['what', 'measured', 'against', 'that', 'ratio or figure', 'bar', ''], rows.map(cellsOf)),
    '',
    ...notesOf(rows),
    ...broken.map(({ name, error }) => `\nNot measured, because it broke: ${name} (${error}).`),
    ...tables.flatMap(({ title, columns, lines }) => ['', `### ${title}`, '', ...markdown(columns, lines)]),
  ].join('\n')
}

/** What was measured in another run than the rest, and must be said. */
function againOf(/** @type {readonly Result[]} */ results) {
  return results.flatMap(({ name, again }) =>
    again === undefined
      ? []
      : ['', `**${name}** was measured again on ${again.at.slice(0, 16)}, at commit ${again.commit}.`],
  )
}

/** The cells of a row. */
function cellsOf(/** @type {import('./table.js').Row} */ row) {
  const { what, against, ours = '', theirs = '', leftOut } = row
  if (leftOut !== undefined) return [what, '', against, '', '', barOf(row), 'left out']
  const verdict = row.bar === undefined ? '' : isKept(row, false) ? 'kept' : '**missed**'
  return [what, ours, against, theirs, figureOf(row), barOf(row), verdict]
}

/** What else belongs to rows, as a list. */
function notesOf(/** @type {import('./table.js').Row[]} */ rows) {
  const notes = rows.flatMap(({ what, against, note, leftOut }) => {
    if (leftOut !== undefined) return [`- ${what}, against ${against}: left out. ${leftOut}.`]
    return note === undefined ? [] : [`- ${what}, against ${against}: ${note}.`]
  })
  return [...new Set(notes)]
}

/** A table in Markdown. */
function markdown(/** @type {readonly string[]} */ columns, /** @type {readonly (readonly string[])[]} */ lines) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`
  return [line(columns), line(columns.map(() => '---')), ...lines.map(line)]
}

/**
 * Writes the figures, and the page that is made from them, laid out as all pages are.
 * @param {Run} run - A run.
 */
export async function write(run) {
  writeFileSync(FIGURES, await laidOut(FIGURES, JSON.stringify(run, null, 2)))
  writeFileSync(PAGE, await filled(run))
}

/**
 * Puts results in the place of those that the last run had of the same topics, and writes both files. What broke replaces nothing.
 * @param {readonly Result[]} results - What was measured again.
 * @param {{at: string, commit: string}} again - When, and of which commit.
 */
export async function replace(results, again) {
  /** @type {Run} */
  const last = JSON.parse(readFileSync(FIGURES, 'utf8'))
  const fine = results.filter(({ error }) => error === undefined).map((result) => ({ ...result, again }))
  const of = (/** @type {Result} */ old) => fine.find(({ name }) => name === old.name)
  await write({ ...last, results: last.results.map((old) => of(old) ?? old) })
}

/**
 * Whether the page shows the figures that lie beside it, and no others.
 * @returns {Promise<boolean>} False when one was changed without the other.
 */
export async function isPageCurrent() {
  return readFileSync(PAGE, 'utf8') === (await filled(JSON.parse(readFileSync(FIGURES, 'utf8'))))
}

/** The page with the figures of a run. */
async function filled(/** @type {Run} */ run) {
  const page = readFileSync(PAGE, 'utf8')
  const before = page.slice(0, page.indexOf(BEGIN) + BEGIN.length)
  const after = page.slice(page.indexOf(END))
  return laidOut(PAGE, `${before}\n\n${pageOf(run)}\n\n${after}`)
}

/** A text as the files of this kind are laid out. */
async function laidOut(/** @type {string} */ filepath, /** @type {string} */ text) {
  return format(text, { ...(await resolveConfig(filepath)), filepath })
}
