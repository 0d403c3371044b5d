/** Runs the tests that hold a control, and tells whether they noticed that it is gone. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { withChange } from './copy.js'

/** @import { Control } from './controls.js' */

/** Where the tests of the service are, from the root. */
export const TESTS = 'packages/server/test'
/** Where its sources are, from the root. */
export const SOURCES = 'packages/server/src'
const MOST_SECONDS = 120
/** How the complaint of an assertion begins, also of one about a promise, which vitest words as a plain error. */
const ASSERTION = /^(?:AssertionError|Error: promise (?:resolved|rejected) .* instead of (?:rejecting|resolving))/

/** The processes that run now: they end with the command. */
const running = new Set()

/**
 * What came of a test, as vitest's JSON report tells it.
 * @typedef {{ status: string, fullName: string, failureMessages: string[] | null }} TestResult
 * @typedef {{ name: string, status: string, message: string, assertionResults: TestResult[] }} FileResult
 */

/**
 * What came of a run: null where it took too long, or left no report.
 * @typedef {{ readonly files: readonly FileResult[] | null, readonly isLate: boolean }} Outcome
 */

/** Ends the processes that run now, with all that they have started. */
export function endAll() {
  for (const end of running) end()
}

/**
 * Runs a program to its end, in a process group of its own, and tells how it ended: with which code, or that it took too long and was ended.
 * @param {string} cwd
 * @param {readonly string[]} args For Node.
 * @param {number} mostSeconds
 * @returns {Promise<{ readonly code: number | null, readonly isLate: boolean }>}
 */
function run(cwd, args, mostSeconds) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NO_COLOR: '1' }
    const child = spawn(process.execPath, args, { cwd, env, stdio: 'ignore', detached: true })
    let isLate = false
    const end = () => {
      if (child.pid === undefined) return
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // it has ended by itself
      }
    }
    const timer = setTimeout(() => {
      isLate = true
      end()
    }, mostSeconds * 1000)
    running.add(end)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      running.delete(end)
      resolve({ code, isLate })
    })
  })
}

/**
 * Text as a pattern that means it and nothing else.
 * @param {string} text
 */
function literal(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/**
 * Runs the tests of some controls in a tree.
 * @param {string} tree
 * @param {readonly Control[]} controls
 * @returns {Promise<Outcome>}
 */
export async function test(tree, controls) {
  const report = join(tree, 'report.json')
  rmSync(report, { force: true })
  const files = [...new Set(controls.flatMap(({ tests }) => tests))].map((name) => `${TESTS}/${name}`)
  const titles = controls.map(({ only }) => only)
  const pattern = titles.includes(undefined) ? [] : ['-t', titles.map((title) => literal(title ?? '')).join('|')]
  const args = ['run', ...files, ...pattern, '--reporter=json', `--outputFile.json=${report}`]
  const { isLate } = await run(tree, ['node_modules/vitest/vitest.mjs', ...args], MOST_SECONDS * controls.length)
  if (!existsSync(report)) return { files: null, isLate }
  /** @type {{ testResults: FileResult[] }} */
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  return { files: testResults, isLate }
}

/**
 * What a test that failed says first.
 * @param {TestResult} result
 */
function complaintOf({ failureMessages }) {
  return failureMessages?.[0] ?? ''
}

/**
 * Why the tests are not green, in a line for each that is not; nothing where all are.
 * @param {Outcome} outcome
 */
export function failures({ files, isLate }) {
  if (files === null) return [isLate ? 'the tests took too long' : 'the tests could not be run']
  return files.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((result) => result.status === 'failed')
    if (failed.length === 0 && status === 'failed') return [`${name} did not run: ${message}`]
    return failed.map((result) => `${result.fullName}: ${complaintOf(result).split('\n')[0]}`)
  })
}

/**
 * Which controls name a test that is not there, in a line for each.
 * @param {Outcome} outcome
 * @param {readonly Control[]} controls
 */
export function titlesWithoutTest({ files }, controls) {
  const titles = (files ?? []).flatMap(({ name, assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'passed').map(({ fullName }) => ({ name, fullName })),
  )
  const has = (/** @type {Control} */ { tests, only = '' }) =>
    titles.some(({ name, fullName }) => fullName.includes(only) && tests.some((file) => name.endsWith(`/${file}`)))
  return controls.filter((control) => !has(control)).map(({ name, only }) => `${name}: no test “${only ?? ''}” passed`)
}

/**
 * What keeps the tests of a control from biting; null where an assertion of theirs failed. That a file could not be loaded, a hook failed
 * or a test broke down in another way is no bite: anything at all would have done that.
 * @param {Outcome} outcome
 */
export function toothlessness({ files, isLate }) {
  if (files === null) return isLate ? `its tests took longer than ${MOST_SECONDS} s` : 'its tests could not be run'
  const results = files.flatMap(({ assertionResults }) => assertionResults)
  const failed = results.filter(({ status }) => status === 'failed')
  if (failed.some((result) => ASSERTION.test(complaintOf(result)))) return null
  const [first] = failures({ files, isLate })
  if (first !== undefined) return `no assertion failed, but ${first}`
  const passed = results.filter(({ status }) => status === 'passed').length
  return passed === 0 ? 'it has no test' : `${passed} ${passed === 1 ? 'test passes' : 'tests pass'} without it`
}

/**
 * Takes a control out of a tree, runs its tests, and puts it back. Resolves to what keeps them from biting; null where they do.
 * @param {string} tree
 * @param {Control} control
 */
export async function tryWithout(tree, control) {
  try {
    return await withChange(join(tree, SOURCES, control.file), control, async () => {
      if (control.isBuilt === true && (await run(tree, ['scripts/build.js'], MOST_SECONDS)).code !== 0)
        return 'it did not build'
      return toothlessness(await test(tree, [control]))
    })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
