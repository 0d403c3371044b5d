/** Runs the steps of `npm run check` and `npm test`, and says of each how it went and how long it took. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/** The root folder of the repository, in which every step runs. */
export const root = dirname(import.meta.dirname)

/**
 * @typedef {object} Step
 * @property {string} name What is shown of it.
 * @property {string} command The program, or a whole line for the shell when there are no arguments.
 * @property {readonly string[]} [args] The arguments, as they are.
 * @property {boolean} [isShownLive] Whether its output is shown as it comes. Otherwise it is shown at the end, and only if it failed.
 */

const env = { ...process.env, PATH: join(root, 'node_modules/.bin') + delimiter + (process.env['PATH'] ?? '') }

/**
 * The steps of `npm run check`: the scripts in package.json whose names begin with `check:`.
 * @returns {Step[]}
 */
export function checks() {
  /** @type {{ scripts: Record<string, string> }} */
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return Object.entries(scripts)
    .filter(([name]) => name.startsWith('check:'))
    .map(([name, command]) => ({ name, command }))
}

/** The step that builds, which must come before the checks and the tests. It costs next to nothing when nothing changed. */
export const build = Object.freeze({ name: 'build', command: 'node scripts/build.js' })

/**
 * Runs one step, and tells whether it passed.
 * @param {Step} step
 * @returns {Promise<boolean>}
 */
export async function passes(step) {
  const start = Date.now()
  const { code, output } = await run(step)
  const seconds = ((Date.now() - start) / 1000).toFixed(1)
  if (code !== 0) process.stdout.write(output)
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${step.name} (${seconds} s)`)
  return code === 0
}

/**
 * Runs steps that do not depend on each other, two at a time, all of them even if some fail.
 * @param {readonly Step[]} steps
 * @returns {Promise<boolean[]>} Whether each of them passed.
 */
export async function passesEach(steps) {
  const waiting = [...steps]
  /** @type {boolean[]} */
  const passed = []
  const work = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) passed.push(await passes(step))
  }
  await Promise.all([work(), work()])
  return passed
}

/**
 * Runs a step to its end. Output that was not shown is in the answer; the code is null when a signal ended it.
 * @param {Step} step
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function run({ command, args, isShownLive = false }) {
  return new Promise((resolve, reject) => {
    const stdio = isShownLive ? 'inherit' : 'pipe'
    const child = spawn(command, args ?? [], { cwd: root, env, stdio, shell: args === undefined })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output += text))
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}
