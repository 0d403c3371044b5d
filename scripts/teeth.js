/**
 * Takes the controls of the service out, one at a time, in a copy of the repository, and expects the tests that hold each to fail.
 * A control that no test misses may be gone tomorrow, and nobody would know.
 */
import './guard.js'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build, passes, root } from './steps.js'
import { CONTROLS } from './teeth/controls.js'
import { copyTree } from './teeth/copy.js'
import { endAll, failures, test, titlesWithoutTest, tryWithout } from './teeth/trial.js'

/** @import { Control } from './teeth/controls.js' */

const HELP = `Usage: npm run test:teeth [-- options] [word…]

Takes the controls of the service out one at a time, in a copy of the repository, and expects their tests to fail: those whose name, file
or room has all the words, or every one of them.

Options:
  --list    print the controls
  --jobs N  try so many at a time, each in a copy of its own; 1 if left out, 4 at the most
  --help    print this`

const MOST_JOBS = 4

/**
 * Ends the program, because it was used wrongly.
 * @param {string} complaint
 * @returns {never}
 */
function refuse(complaint) {
  console.error(`${complaint} (try --help)`)
  process.exit(2)
}

/** The arguments, read. */
function readArguments() {
  const options = /** @type {const} */ ({
    list: { type: 'boolean' },
    jobs: { type: 'string', default: '1' },
    help: { type: 'boolean' },
  })
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    const jobs = Number(values.jobs)
    if (!Number.isInteger(jobs) || jobs < 1 || jobs > MOST_JOBS) refuse(`--jobs takes 1 to ${MOST_JOBS}`)
    return { ...values, jobs, words: positionals.map((word) => word.toLowerCase()) }
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

/**
 * The controls in whose name, file or room all these words are, room by room.
 * @param {readonly string[]} words In lower case.
 */
function controlsWith(words) {
  return Object.entries(CONTROLS).flatMap(([room, controls]) =>
    controls
      .filter(({ name, file }) => words.every((word) => `${room} ${name} ${file}`.toLowerCase().includes(word)))
      .map((control) => ({ room, control })),
  )
}

/**
 * Makes as many copies of the repository as are asked for, and sees to it that they are gone when the program ends, however it does.
 * @param {number} jobs
 */
function makeTrees(jobs) {
  const folder = mkdtempSync(join(tmpdir(), 'bienvenue-teeth-'))
  process.on('exit', () => {
    endAll()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => process.exit(130))
  return Array.from({ length: jobs }, (_, job) => {
    const tree = join(folder, String(job))
    mkdirSync(tree)
    copyTree(root, tree)
    return tree
  })
}

/**
 * Runs the tests while every control is there: what fails now, or is not there, could show nothing later. Tells whether all is well.
 * @param {string} tree
 * @param {readonly Control[]} controls
 */
async function areGreen(tree, controls) {
  const start = Date.now()
  console.log(`With every control in its place, the tests of ${controls.length} of them:`)
  const outcome = await test(tree, controls)
  const complaints = [...failures(outcome), ...titlesWithoutTest(outcome, controls)]
  for (const complaint of complaints) console.error(complaint)
  console.log(`${complaints.length === 0 ? 'green    ' : 'FAILED   '} (${secondsSince(start)} s)`)
  return complaints.length === 0
}

/**
 * How long ago this was, in seconds.
 * @param {number} start
 */
function secondsSince(start) {
  return ((Date.now() - start) / 1000).toFixed(1)
}

/**
 * Tries one control after the other in each tree, says of each what came of it, and resolves to how many are toothless.
 * @param {readonly string[]} trees
 * @param {readonly { readonly room: string, readonly control: Control }[]} chosen
 */
async function tryAll(trees, chosen) {
  const waiting = [...chosen.entries()]
  let toothless = 0
  const work = async (/** @type {string} */ tree) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, { room, control }] = next
      const start = Date.now()
      const reason = await tryWithout(tree, control)
      const place = `${String(index + 1).padStart(String(chosen.length).length)}/${chosen.length}`
      const what = `${room}: ${control.name} (${secondsSince(start)} s)`
      console.log(`${place} ${reason === null ? 'bites    ' : 'TOOTHLESS'} ${what}`)
      if (reason === null) continue
      toothless += 1
      console.log(`    ${control.file}: ${reason}; ${control.tests.join(', ')}`)
    }
  }
  await Promise.all(trees.map(work))
  return toothless
}

const { list, help, jobs, words } = readArguments()
const chosen = controlsWith(words)
if (help === true) console.log(HELP)
else if (chosen.length === 0) refuse('No control has these words.')
else if (list === true)
  for (const { room, control } of chosen) console.log(`${room}: ${control.name} (${control.file})`)
else {
  const start = Date.now()
  const isReady = await passes(build)
  const trees = isReady ? makeTrees(Math.min(jobs, chosen.length)) : []
  const [first] = trees
  const controls = chosen.map(({ control }) => control)
  if (first !== undefined && (await areGreen(first, controls))) {
    const toothless = await tryAll(trees, chosen)
    console.log(`${chosen.length - toothless} bite, ${toothless} toothless, in ${secondsSince(start)} s`)
    process.exitCode = toothless === 0 ? 0 : 1
  } else process.exitCode = 1
}
