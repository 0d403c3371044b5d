#!/usr/bin/env node
/**
 * The command `bienvenue`: a small door to the built code, which says in one line what to do where that cannot run.
 * It has to be readable for old versions of Node, so it loads everything else later.
 */
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const OLDEST = { major: 22, minor: 18 }
const PROGRAM = new URL('../dist/bundled/main.js', import.meta.url)

/** Says in one sentence what keeps the command from running, or returns null when nothing does. */
function problem() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
    return `bienvenue needs Node ${OLDEST.major}.${OLDEST.minor} or newer, and this is Node ${process.versions.node}: install a newer one from nodejs.org or your system's packages.`
  }
  if (!existsSync(PROGRAM)) {
    return 'This clone of bienvenue is not built yet: run `npm start`, or `npm run build`, in its root folder.'
  }
  return null
}

/** Keeps Node from calling SQLite experimental at each start. Every other warning is shown. */
function muteSqliteWarning() {
  const emit = process.emitWarning.bind(process)
  process.emitWarning = (/** @type {string | Error} */ warning, /** @type {any[]} */ ...rest) => {
    const isAboutSqlite = String(warning).startsWith('SQLite is an experimental feature')
    if (!isAboutSqlite) emit(warning, ...rest)
  }
}

/**
 * Has Node keep what it compiled beside the program, for the next start: a seventh of it. Where that folder cannot be written nothing is
 * kept, and nothing is said.
 */
function keepCompiled() {
  module.enableCompileCache(fileURLToPath(new URL('.cache', PROGRAM)))
}

const found = problem()
if (found !== null) {
  console.error(found)
  process.exit(2)
}
muteSqliteWarning()
keepCompiled()
await import(PROGRAM.href)
