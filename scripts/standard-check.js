/** Holds docs/standard.md, docs/standard-rows.txt, docs/security.md and the tests against each other. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './steps.js'
import { standardPage } from './standard-page.js'
import { contradictions, proofsFrom } from './standard-proofs.js'
import { headingsFrom, idsIn, mismatches, rowsFrom, withoutNotYet } from './standard-rows.js'

/** The page that is made. */
export const PAGE = 'docs/standard.md'
/** The rows, and what is said of those that no test holds. */
export const ROWS = 'docs/standard-rows.txt'
const DOCUMENT = 'docs/security.md'
const TESTS = 'packages/server/test'

/**
 * The text of a file; empty when it is not there.
 * @param {string} path From the root.
 */
function read(path) {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : ''
}

/**
 * What the report of a test run makes of the standard: the page, the file of rows without what is outdated in it, and what does not fit.
 * @param {string | null} report The path of vitest's JSON report; null, or a path at which there is none, when no test could be run.
 * After a failed test only the failures are complaints: that rows lack an answer may come from them.
 */
export function judge(report) {
  const found = report === null || !existsSync(report) ? null : proofsFrom(report, root)
  const proofs = found?.proofs ?? new Map()
  const text = read(ROWS)
  const { complaints, outdated } = contradictions(rowsFrom(text).rows, proofs)
  const rows = withoutNotYet(text, outdated)
  const page = standardPage({ rows: rowsFrom(rows).rows, proofs, headings: headingsFrom(read(DOCUMENT)).headings })
  const isWhole = found?.isWhole ?? false
  return {
    page,
    rows,
    outdated,
    isWhole,
    complaints: [...(found?.complaints ?? []), ...(isWhole ? complaints : [])],
  }
}

/**
 * Says what the report of a whole test run finds wrong. After a failed test the page is not compared: it would differ for that alone.
 * @param {string} report The path of vitest's JSON report.
 * @returns {string[]}
 */
export function standardComplaints(report) {
  const { complaints, outdated, page, isWhole } = judge(report)
  const declared = outdated.map(
    (id) => `${id} is declared not yet, but held: remove the declaration (\`npm run standard\`).`,
  )
  const isStale = isWhole && read(PAGE) !== page
  return [...complaints, ...declared, ...(isStale ? [`${PAGE} is stale: run \`npm run standard\`.`] : [])]
}

/**
 * Says what is wrong with the standard's files by themselves, without a test run: rows, headings, ids in titles of tests.
 * @returns {string[]}
 */
export function standardSources() {
  const { rows, complaints } = rowsFrom(read(ROWS))
  const { headings, complaints: doubles } = headingsFrom(read(DOCUMENT))
  return [...complaints, ...doubles, ...mismatches(rows, headings), ...strangeIds(rows)]
}

/**
 * Says which tests carry ids that are no rows. A range such as `1.2.x` proves nothing.
 * @param {Map<string, unknown>} rows
 * @returns {string[]}
 */
function strangeIds(rows) {
  return testFiles().flatMap((name) => {
    const strange = idsIn(read(name)).filter((id) => !rows.has(id))
    return [...new Set(strange)].map((id) => `${name}: ${id} is no row of ${ROWS}.`)
  })
}

/**
 * The files of tests whose titles carry ids, from the root.
 * @returns {string[]}
 */
export function filesWithIds() {
  return testFiles().filter((name) => read(name).includes('[ASVS '))
}

/**
 * All files of tests, from the root, in their order.
 * @returns {string[]}
 */
function testFiles() {
  return readdirSync(join(root, TESTS), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.test\.tsx?$/.test(name))
    .sort()
    .map((name) => `${TESTS}/${name}`)
}
