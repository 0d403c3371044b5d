/**
 * Builds packages/server/src into packages/server/dist when a source is newer than the last build, and is silent when none is.
 * Before that it makes the list of common passwords, in packages/server/data, where that is missing or made from something else.
 * Importing this module builds; when that fails, the old build stays, and the process ends with 1.
 */
import './guard.js'
import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.js'
import { buildCommonPasswords } from './common-passwords.js'

const root = dirname(import.meta.dirname)
const server = join(root, 'packages/server')
const source = join(server, 'src')
const dist = join(server, 'dist')
const fresh = `${dist}.${process.pid}` // beside dist and of our own: two builds at once never write into one folder
const settings = [
  join(root, 'tsconfig.json'),
  join(server, 'tsconfig.build.json'),
  join(server, 'package.json'),
  fileURLToPath(import.meta.url),
  join(import.meta.dirname, 'bundle.js'),
  join(root, 'package-lock.json'), // what is in the bundle comes from there
]

/** The moment, in milliseconds, at which something that a build depends on was last changed. Folders count: a deletion shows there. */
function changedAt() {
  const sources = readdirSync(source, { recursive: true, encoding: 'utf8' }).map((name) => join(source, name))
  return Math.max(...[source, ...sources, ...settings].map((path) => statSync(path).mtimeMs))
}

/** The moment, in milliseconds, at which the last build began, or 0 when there is none. */
function builtAt() {
  return statSync(dist, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/**
 * Compiles into the fresh folder, and copies there what browsers get as it is: scripts and styles.
 * @returns {string | null} What the compiler has to complain about, or null when all is well.
 */
function compile() {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const project = join(server, 'tsconfig.build.json')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [compiler, '--project', project, '--outDir', fresh, '--pretty', process.stderr.isTTY ? 'true' : 'false'],
    { cwd: root, encoding: 'utf8' },
  )
  if (status !== 0) return stdout + stderr
  cpSync(source, fresh, {
    recursive: true,
    filter: (path) => !/\.tsx?$/.test(path),
  })
  return null
}

/** Puts the fresh folder in the place of dist. A running service misses its files only between the two renames. */
function swap() {
  const old = `${fresh}.old`
  for (let tries = 1; ; tries += 1) {
    try {
      if (builtAt() !== 0) renameSync(dist, old)
      renameSync(fresh, dist)
      return
    } catch (error) {
      if (tries === 10) throw error // the first times, another build has only been quicker
    } finally {
      rmSync(old, { recursive: true, force: true })
    }
  }
}

/** Removes what builds left behind that were ended before they could clean up. */
function sweep() {
  for (const name of readdirSync(server)) {
    const pid = /^dist\.(\d+)/.exec(name)?.[1]
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(server, name), { recursive: true, force: true })
  }
}

/**
 * Tells whether a process of this number exists.
 * @param {number} pid
 */
function isRunning(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Builds, and says in one line how long it took. */
async function build() {
  const start = new Date()
  sweep()
  const complaint = compile()
  if (complaint !== null) {
    rmSync(fresh, { recursive: true, force: true })
    console.error(complaint.trimEnd())
    console.error('The build failed; the last one that worked was left as it is.')
    process.exit(1)
  }
  await bundle(fresh)
  utimesSync(fresh, start, start) // the folder's time says when the build began: what changed since is not in it
  swap()
  console.error(`Built packages/server/${basename(dist)} in ${((Date.now() - start.getTime()) / 1000).toFixed(1)} s.`)
}

await buildCommonPasswords()
if (changedAt() > builtAt()) await build()
