/**
 * Writes docs/standard.md from the titles of the tests that carry ids of the security standard, and says what does not fit. Whether these
 * tests pass is for `npm test` to say, which holds the page against what it saw.
 * What is declared `not yet` in docs/standard-rows.txt, and held by now, is taken out there. With `--check` nothing is written.
 */
import './guard.js'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, passes, root } from './steps.js'
import { filesWithIds, judge, PAGE, ROWS, standardComplaints } from './standard-check.js'

/**
 * Makes a report as if each of those tests had passed, and hands its path to what uses it.
 * @template T
 * @param {(report: string) => T} use
 * @returns {Promise<T>}
 */
async function withTitles(use) {
  const folder = mkdtempSync(join(tmpdir(), 'bienvenue-standard-'))
  const [list, report] = [join(folder, 'list.json'), join(folder, 'report.json')]
  const args = ['list', '--no-static-parse', '--testNamePattern', '\\[ASVS ', `--json=${list}`, ...filesWithIds()]
  try {
    const isListed = await passes({
      name: 'titles of the tests',
      command: process.execPath,
      args: [join(root, 'node_modules/vitest/vitest.mjs'), ...args],
    })
    if (isListed) writeFileSync(report, JSON.stringify({ testResults: resultsFrom(readFileSync(list, 'utf8')) }))
    return use(report)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * The files and titles of vitest's list, in the form of its report.
 * @param {string} list
 */
function resultsFrom(list) {
  /** @type {{ name: string, file: string }[]} */
  const tests = JSON.parse(list)
  return [...Map.groupBy(tests, ({ file }) => file)].map(([file, ofFile]) => ({
    name: file,
    status: 'passed',
    assertionResults: ofFile.map(({ name }) => ({ title: name.split(' > ').at(-1), status: 'passed' })),
  }))
}

/**
 * Writes the page, and the rows without what is outdated; or leaves both when the titles could not be read.
 * @param {ReturnType<typeof judge>} judgement
 * @returns {readonly string[]} What is wrong.
 */
function writeFrom({ complaints, outdated, page, rows, isWhole }) {
  if (!isWhole) return [...complaints, `${PAGE} is left as it was: the titles of the tests cannot be read.`]
  for (const id of outdated) console.log(`${id} was declared not yet, but is held: the declaration is taken out.`)
  if (outdated.length > 0) writeFileSync(join(root, ROWS), rows)
  writeFileSync(join(root, PAGE), page)
  console.log(`${PAGE} is written.`)
  return complaints
}

const isChecked = process.argv.includes('--check')
const isBuilt = await passes(build)
const complaints = await withTitles((report) => (isChecked ? standardComplaints(report) : writeFrom(judge(report))))
for (const complaint of complaints) console.error(complaint)
process.exitCode = isBuilt && complaints.length === 0 ? 0 : 1
