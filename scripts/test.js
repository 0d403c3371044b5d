/**
 * Builds, checks, tests and measures, and counts what passed and what failed: every test, and every other step.
 * It goes on after a failure, so that all of them are seen. With arguments it only builds, and hands them to the test runner.
 */
import './guard.js'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { standardComplaints } from './standard-check.js'
import { build, checks, passes, passesEach, root } from './steps.js'

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
  const runner = join(root, 'node_modules/vitest/vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const isPassed = await passes({
    name: 'tests',
    command: process.execPath,
    args: [runner, 'run', ...reporters, ...args],
    isShownLive: true,
  })
  const report = readReport(file)
  if (isWhole && existsSync(file)) count(agrees(standardComplaints(file)))
  rmSync(folder, { recursive: true })
  total.passed += report.passed
  total.failed += report.failed
  if (!isPassed && report.failed === 0) count(false)
  return report.passed + report.failed > 0
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

/**
 * Reads how many tests passed and failed. A file that failed before its first test counts as a failed test; without a report there are none.
 * @param {string} file
 */
function readReport(file) {
  if (!existsSync(file)) return { passed: 0, failed: 0 }
  /** @type {{ numPassedTests: number, numFailedTests: number, testResults: { status: string, assertionResults: { status: string }[] }[] }} */
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'))
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  return { passed: numPassedTests, failed: numFailedTests + broken.length }
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
