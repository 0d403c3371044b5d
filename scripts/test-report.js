/** What the test runner reports of its tests: how they are counted, and what a second look changes. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** @typedef {{ fullName: string, status: string, failureMessages?: string[] }} TestResult */
/** @typedef {{ name: string, status: string, assertionResults: TestResult[] }} FileResult */
/** @typedef {{ testResults: FileResult[] }} Report */

const MOST_FILES = 5 // more than that is no accident
const COUNTEREXAMPLE = 'Property failed after'

/**
 * Reads vitest's JSON report; without one no test ran.
 * @param {string} file
 * @returns {Report}
 */
export function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { testResults: [] }
}

/**
 * Counts tests by how they went. A file that failed before its first test counts as a failed test.
 * @param {Report} report
 */
export function countOf({ testResults }) {
  const statuses = testResults.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status))
  const broken = testResults.filter((file) => file.status === 'failed' && failuresOf(file).length === 0)
  const count = (/** @type {string} */ which) => statuses.filter((status) => status === which).length
  return { passed: count('passed'), failed: count('failed') + broken.length }
}

/**
 * The files whose failures are worth a second look: few, and none of them a property with a counterexample, which chance may not find again.
 * @param {Report} report
 * @returns {string[]}
 */
export function filesToSeeAgain({ testResults }) {
  const failed = testResults.filter(({ status }) => status === 'failed')
  const hasCounterexample = failed.some((file) =>
    failuresOf(file).some(({ failureMessages }) => String(failureMessages).includes(COUNTEREXAMPLE)),
  )
  return failed.length > MOST_FILES || hasCounterexample ? [] : failed.map(({ name }) => name)
}

/**
 * Puts what a second look found in the place of what the first did, in the report of the first.
 * @param {string} file The path of the first report.
 * @param {Report} again What the second look found.
 * @returns {string[]} The names of the tests that failed in the first, and passed in the second.
 */
export function replaceIn(file, again) {
  const first = readReport(file)
  const newer = new Map(again.testResults.map((result) => [result.name, result]))
  const unsteady = first.testResults.flatMap((result) => {
    const passed = passedIn(newer.get(result.name))
    return failuresOf(result).filter(({ fullName }) => passed.has(fullName))
  })
  const testResults = first.testResults.map((result) => newer.get(result.name) ?? result)
  writeFileSync(file, JSON.stringify({ ...first, testResults }))
  return unsteady.map(({ fullName }) => fullName)
}

/**
 * The tests of a file that failed.
 * @param {FileResult} file
 */
function failuresOf({ assertionResults }) {
  return assertionResults.filter(({ status }) => status === 'failed')
}

/**
 * The names of the tests of a file that passed.
 * @param {FileResult | undefined} file
 */
function passedIn(file) {
  return new Set(
    (file?.assertionResults ?? []).filter(({ status }) => status === 'passed').map(({ fullName }) => fullName),
  )
}
