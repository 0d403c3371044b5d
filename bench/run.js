/**
 * The benchmarks: everything is measured side by side in one run, in turns, and compared as a ratio: machines differ, and are noisy.
 * Without arguments it measures all of it, which takes half an hour, and writes docs/performance.md and docs/performance.json.
 * `--short` is for CI: a few topics, short rounds, bars with a wide margin; and then the short forms of tells.js and storm.js.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ALL, machineInWords, pinThis } from './machine.js'
import { endAll } from './program.js'
import { isPageCurrent, lineOf, linesOf, replace, write } from './report.js'
import { isKept } from './table.js'
import { TOPICS } from './topics.js'

const USAGE = `node bench/run.js           measures everything in half an hour, and writes docs/performance.md and .json
  --short            a few topics in short rounds, for CI: fails on a fall, and writes nothing
  --draft            everything, quickly, for whoever works on the benchmarks
  --only NAME        one topic; writes nothing; also with --short or --draft
  --again NAME       one topic in full, whose rows are replaced in the files, and marked there
  --help             this
The topics: ${TOPICS.map(({ name }) => name).join(', ')}`

/** The options; ends with the usage where they are wrong. */
function optionsOf() {
  try {
    const { values } = parseArgs({
      options: {
        short: { type: 'boolean', default: false },
        draft: { type: 'boolean', default: false },
        only: { type: 'string' },
        again: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    const { short, draft, only, again, help } = values
    if (help) return endWith(0)
    const isMixed = [short, draft, again !== undefined].filter(Boolean).length > 1
    if (isMixed || (only !== undefined && again !== undefined))
      throw new Error('--short, --draft and --again do not go together, nor --only with --again')
    const name = only ?? again
    if (name !== undefined && TOPICS.every((topic) => topic.name !== name)) throw new Error(`there is no topic ${name}`)
    return values
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return endWith(2)
  }
}

/** Prints the usage, and ends. */
function endWith(/** @type {number} */ code) {
  console[code === 0 ? 'log' : 'error'](USAGE)
  return process.exit(code)
}

const options = optionsOf()
const { short: isShort, draft: isDraft, again, only = again } = options
const isQuick = isShort || isDraft
const FORM = { isShort, isSmall: isQuick, rounds: isQuick ? 3 : 7, ms: isQuick ? 1000 : 3000 }

/**
 * Measures a topic in a folder of its own, and prints what it finds. What breaks it does not break the others.
 * @param {import('./table.js').Topic} topic - What to measure.
 * @returns {Promise<import('./report.js').Result>} What it found.
 */
async function measure({ name, measure: find }) {
  const folder = mkdtempSync(join(tmpdir(), 'bienvenue-bench-'))
  const begun = performance.now()
  const seconds = () => Math.round((performance.now() - begun) / 1000)
  try {
    const findings = await find({ ...FORM, folder })
    for (const row of findings.rows ?? []) console.log(lineOf(row, isShort))
    for (const line of (findings.tables ?? []).flatMap(linesOf)) console.log(line)
    return { name, seconds: seconds(), ...findings }
  } catch (error) {
    console.error(`BROKEN    ${name}:`, error)
    return { name, seconds: seconds(), error: error instanceof Error ? error.message : String(error) }
  } finally {
    endAll()
    pinThis(ALL)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Measures a topic, and once more where it broke or missed a bar: one bad second of a busy machine is most of a short round. */
async function measureUntilKept(/** @type {import('./table.js').Topic} */ topic) {
  const result = await measure(topic)
  if (result.error === undefined && (result.rows ?? []).every((row) => isKept(row, true))) return result
  console.log(`once more  ${topic.name}`)
  return measure(topic)
}

/** The commit that is measured, and whether it is as it was committed. */
function commitOfNow() {
  const { stdout } = spawnSync('git', ['describe', '--always', '--dirty=, with changes'], { encoding: 'utf8' })
  return stdout.trim()
}

/** Measures all topics that are asked for, and resolves to whether all went well and all bars were kept. */
async function main() {
  const machine = machineInWords()
  console.log(machine)
  const topics = TOPICS.filter((topic) => (only === undefined ? !isShort || topic.isShort : topic.name === only))
  const results = []
  for (const topic of topics) results.push(isShort ? await measureUntilKept(topic) : await measure(topic))
  const what = { at: new Date().toISOString(), commit: commitOfNow() }
  if (!isShort && only === undefined) await write({ ...what, form: isDraft ? 'draft' : 'full', machine, results })
  if (again !== undefined) await replace(results, what)
  const rows = results.flatMap((result) => result.rows ?? [])
  const missed = rows.filter((row) => !isKept(row, isShort)).length
  const broken = results.filter(({ error }) => error !== undefined).length
  const leftOut = rows.filter((row) => row.leftOut !== undefined).length
  console.log(`${rows.length} rows: ${missed} missed, ${leftOut} left out; ${broken} topics broke`)
  return missed === 0 && broken === 0
}

/** Whether the short form of another benchmark finds all as it should be, in one of two runs: what tells, or is slow, is so in both. It prints for itself. */
function isFine(/** @type {string} */ name) {
  const isFineNow = () =>
    spawnSync(process.execPath, [join(import.meta.dirname, name), '--short'], { stdio: 'inherit' }).status === 0
  return isFineNow() || isFineNow()
}

process.exitCode = (await main()) ? 0 : 1
if (isShort && !(await isPageCurrent())) {
  console.error('docs/performance.md does not show the figures of docs/performance.json: run `npm run bench`')
  process.exitCode = 1
}
if (isShort) for (const name of ['tells.js', 'storm.js']) if (!isFine(name)) process.exitCode = 1 // after the rest: programs of before would be in its way
