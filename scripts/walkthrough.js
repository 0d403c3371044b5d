/** Walks through the 21 steps in their order, or runs one of them. In a terminal it uses colours, and pauses after each step. */
import './guard.js'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs, styleText } from 'node:util'
import { root } from './steps.js'
import { gistOf, normalised, runScript, scriptsOf, stepsIn } from './walkthrough-steps.js'

const HELP = `Usage: npm run walkthrough [-- options] [step…]

Walks through the 21 steps of the walkthrough, or through those that are named: 10, or 10-create-session.

Options:
  --list    print the steps
  --record  write what the scripts print into expected.txt, for those who change them
  --help    print this`

const { stdin, stdout } = process
const isTerminal = stdin.isTTY && stdout.isTTY

/**
 * Ends the program, because it was used wrongly.
 * @param {string} complaint
 * @returns {never}
 */
function refuse(complaint) {
  console.error(complaint)
  process.exit(2)
}

/** The arguments, read. */
function readArguments() {
  const options = /** @type {const} */ ({
    list: { type: 'boolean' },
    record: { type: 'boolean' },
    help: { type: 'boolean' },
  })
  try {
    return parseArgs({ allowPositionals: true, options })
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : String(error)} (try --help)`)
  }
}

/**
 * The step of this number or name.
 * @param {string} wanted
 */
function stepOf(wanted) {
  const found = stepsIn(root).find(
    (step) => step === wanted || (/^\d\d?$/.test(wanted) && step.startsWith(`${wanted.padStart(2, '0')}-`)),
  )
  return (
    found ??
    refuse(
      `There is no step ${JSON.stringify(wanted)}: they go from 0 to 20 (\`npm run walkthrough -- --list\` prints them).`,
    )
  )
}

/**
 * Text in a colour, where the output is a terminal that shows colours.
 * @param {Parameters<typeof styleText>[0]} style
 * @param {string} text
 */
function painted(style, text) {
  return styleText(style, text, { stream: stdout })
}

/**
 * Breaks text into lines of this width at the most.
 * @param {string} text
 * @param {number} width
 */
function wrapped(text, width) {
  return text.replace(new RegExp(`(.{1,${width}})(?: +|$)`, 'g'), '$1\n').trimEnd()
}

/**
 * Prints the gist of a step, then runs its scripts. Tells whether all of them ended well.
 * @param {string} step
 */
async function show(step) {
  const { title, gist } = gistOf(root, step)
  console.log(painted(['bold', 'cyan'], title))
  console.log(wrapped(gist, isTerminal && stdout.columns > 40 ? Math.min(stdout.columns, 100) : 100))
  console.log(painted('dim', `The chapter: walkthrough/${step}/README.md`))
  let isWell = true
  for (const script of scriptsOf(root, step)) {
    console.log(`\n${painted(script.endsWith('attack.ts') ? 'red' : 'green', `$ node ${script}`)}`)
    const { code } = await runScript(root, script, { isShownLive: true })
    isWell &&= code === 0
  }
  return isWell
}

/**
 * Runs the scripts of a step, and writes what they print into its expected.txt.
 * @param {string} step
 */
async function record(step) {
  let isWell = true
  let text = ''
  for (const script of scriptsOf(root, step)) {
    const { code, output } = await runScript(root, script)
    isWell &&= code === 0
    text += `${text === '' ? '' : '\n'}$ node ${script}\n${normalised(output)}\n`
  }
  writeFileSync(join(root, 'walkthrough', step, 'expected.txt'), text)
  console.log(`walkthrough/${step}/expected.txt`)
  return isWell
}

/** Waits for a key in a terminal. Tells whether to go on: q, Escape, Ctrl-C and Ctrl-D stop. */
async function goesOn() {
  stdout.write(painted('dim', '\n— any key for the next step, q to stop — '))
  stdin.setRawMode(true).resume()
  const key = await new Promise((resolve) => stdin.once('data', (data) => resolve(data.toString())))
  stdin.setRawMode(false).pause()
  stdout.write('\r\x1b[K\n')
  return !['q', 'Q', '\x03', '\x04', '\x1b'].includes(String(key))
}

/**
 * Walks through these steps.
 * @param {readonly string[]} steps
 * @param {(step: string) => Promise<boolean>} work
 * @param {boolean} pauses
 */
async function walk(steps, work, pauses) {
  for (const [index, step] of steps.entries()) {
    if (index > 0 && pauses && !(await goesOn())) return
    if (index > 0 && !pauses && work === show) console.log()
    if (!(await work(step))) process.exitCode = 1
  }
}

stdout.on('error', () => process.exit(0)) // whoever read the output has seen enough
const { values, positionals } = readArguments()
const steps = positionals.length === 0 ? stepsIn(root) : positionals.map(stepOf)
if (values.help === true) console.log(HELP)
else if (values.list === true) for (const step of steps) console.log(gistOf(root, step).title)
else {
  await import('./build.js')
  await walk(steps, values.record === true ? record : show, isTerminal && values.record !== true)
}
