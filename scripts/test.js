/**
 * Builds, checks, tests and measures, and counts what passed and what failed: every test, and every other step.
 * It goes on after a failure, so that all of them are seen. With arguments it only builds, and hands them to the test runner.
 */
import './guard.js'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { standardComplaints } from './standard-check.js'
import { build, checks, passes, passesEach, root } from './steps.js'
import { countOf, filesToSeeAgain, readReport, replaceIn } from './test-report.js'

const args = process.argv.slice(2)
const total = { passed: 0, failed: 0 }

/**
 * Counts steps by how they went.
 * @param {...boolean} outcomes
 */
function count(...outcomes) {
  for (const passed of outcomes) total[passed ? 'passed' : 'failed'] += 1
}

/**
 * Runs the tests, and counts them. Anything that went wrong without a failed test to show for it counts as one.
 * @returns {Promise<boolean>} Whether at least one test ran.
 */
async function test() {
  const folder = mkdtempSync(join(tmpdir(), 'bienvenue-report-'))
  const file = join(folder, 'report.json')
  const isPassed = await runTests({ name: 'tests', file, args })
  const isBrokenOnly = !isPassed && countOf(readReport(file)).failed === 0
  if (isWhole) await lookAgain(file, join(folder, 'again.json'))
  if (isWhole && existsSync(file)) count(agrees(standardComplaints(file)))
  const { passed, failed } = countOf(readReport(file))
  rmSync(folder, { recursive: true })
  total.passed += passed
  total.failed += failed
  if (isBrokenOnly) count(false)
  return passed + failed > 0
}

/**
 * Runs the test runner, and resolves to whether all went well.
 * @param {{ name: string, file: string, args: readonly string[] }} what What to call it, where its report goes, and its arguments.
 */
async function runTests({ name, file, args }) {
  const runner = join(root, 'node_modules/vitest/vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  return passes({ name, command: process.execPath, args: [runner, 'run', ...reporters, ...args], isShownLive: true })
}

/**
 * Runs the files in which a test failed once more, one at a time. Five thousand tests with real browsers, processes and databases on a busy
 * machine are never all lucky; a test that passes by itself is named as unsteady, which is a defect to mend, and not counted as failed.
 * @param {string} file The path of the first report, in which the second findings take the place of the first.
 * @param {string} again The path of the second report.
 */
async function lookAgain(file, again) {
  const files = filesToSeeAgain(readReport(file))
  if (files.length === 0) return
  await runTests({ name: 'tests once more', file: again, args: ['--maxWorkers=1', ...files] })
  for (const name of replaceIn(file, readReport(again))) console.log(`UNSTEADY ${name}`)
}

/**
 * Shows what the tests find wrong with docs/standard.md, and tells whether that is nothing.
 * @param {readonly string[]} complaints
 */
function agrees(complaints) {
  for (const complaint of complaints) console.error(complaint)
  console.log(`${complaints.length === 0 ? 'ok    ' : 'FAILED'} standard`)
  return complaints.length === 0
}

const isWhole = args.length === 0
count(await passes(build))
if (isWhole) count(...(await passesEach(checks())))
const hasTested = await test()
if (isWhole && existsSync(join(root, 'bench/run.js'))) {
  count(
    await passes({ name: 'bench', command: process.execPath, args: ['bench/run.js', '--short'], isShownLive: true }),
  )
}
if (!hasTested) console.log('No test was run.')
process.exitCode = hasTested && total.failed === 0 ? 0 : 1
console.log(`${total.passed} passed, ${total.failed} failed`)
