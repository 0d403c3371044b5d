/** The steps of the walkthrough: where they are, how their scripts are run, and what those should print. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The scripts of a step, in the order in which they are run. A step need not have the second. */
export const SCRIPTS = Object.freeze(['main.ts', 'attack.ts'])

/** What differs from run to run, and the word that stands for it. The longer patterns come first. */
const RANDOM = /** @type {const} */ ([
  [/\$2b\$(\d\d)\$[./A-Za-z0-9]{53}/g, '$$2b$$$1$$<salt and hash>'],
  [/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[\w-]{43}(?![\w-])/g, '<token>'],
  [/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>'],
  [/(?<![\w-])[\w-]{43}(?![\w-])/g, '<mac>'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<instant>'],
  [/\d+(?:\.\d+)? ms/g, '<ms>'],
])

/**
 * The steps in their order: the names of their folders.
 * @param {string} root
 */
export function stepsIn(root) {
  return readdirSync(join(root, 'walkthrough'))
    .filter((name) => /^\d\d-/.test(name))
    .sort()
}

/**
 * The scripts that a step has.
 * @param {string} root
 * @param {string} step
 */
export function scriptsOf(root, step) {
  return SCRIPTS.map((script) => `walkthrough/${step}/${script}`).filter((path) => existsSync(join(root, path)))
}

/**
 * The title of a step's chapter, and the first paragraph that says what it teaches.
 * @param {string} root
 * @param {string} step
 */
export function gistOf(root, step) {
  const chapter = readFileSync(join(root, 'walkthrough', step, 'README.md'), 'utf8')
  const title = /^# (.+)$/m.exec(chapter)?.[1] ?? step
  const gist = /^## What this step teaches\n\n(.+)$/m.exec(chapter)?.[1] ?? ''
  return { title, gist: gist.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[*`]|\b_(?=\w)|(?<=\w)_\b/g, '') }
}

/**
 * Output with a word in the place of everything that is random, a time or an instant, and without spaces at the ends of lines.
 * @param {string} output
 */
export function normalised(output) {
  return RANDOM.reduce((text, [pattern, word]) => text.replace(pattern, word), output)
    .replace(/[ \t]+$/gm, '')
    .trimEnd()
}

/**
 * What a script should print, out of the expected.txt beside it, or null when nothing is said of it there.
 * @param {string} root
 * @param {string} script From the root.
 * @returns {string | null}
 */
export function expectedOutput(root, script) {
  const file = join(root, dirname(script), 'expected.txt')
  if (!existsSync(file)) return null
  const parts = readFileSync(file, 'utf8').split(/^\$ node (?=walkthrough\/)/m)
  const part = parts.find((text) => text.startsWith(`${script}\n`))
  return part === undefined ? null : part.slice(script.length + 1).trimEnd()
}

/**
 * Runs a script from the root with the Node that runs this. What it prints is shown live, or else returned.
 * @param {string} root
 * @param {string} script From the root.
 * @param {{ isShownLive?: boolean }} [options]
 * @returns {Promise<{ code: number | null, output: string }>}
 */
export function runScript(root, script, { isShownLive = false } = {}) {
  return new Promise((resolve, reject) => {
    const isInherited = isShownLive && process.stdout.isTTY
    const child = spawn(process.execPath, [script], {
      cwd: root,
      stdio: isInherited ? 'inherit' : 'pipe',
      env: isInherited ? process.env : { ...process.env, FORCE_COLOR: undefined, NO_COLOR: '1' },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        if (isShownLive) process.stdout.write(text)
        output += text
      })
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}
