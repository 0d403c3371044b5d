/**
 * Clearing away a million expired sessions among ten million, on SQLite and on PostgreSQL: what session checks notice of it, in turns with
 * and without, how long it takes, and whether memory grows. docs/operating.md has the figures of a run.
 * `node bench/clean-up.js [--short] [sqlite] [postgres]`; ends with 1 when the checks notice too much.
 */
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fillPostgres, fillSqlite } from './clean-up-fill.js'
import { logIn, median, memoryOf } from './figures.js'
import { run } from './load.js'

const short = process.argv.includes('--short')
const COUNTS = short ? { rows: 200_000, expired: 20_000 } : { rows: 10_000_000, expired: 1_000_000 }
const TURNS = short ? 3 : 10
const TURN_MS = short ? 1000 : 5000
const ALONE_MS = short ? 5000 : 60_000
const CONNECTIONS = 16
const TARGET = 2
const BOUND = short ? 6 : TARGET // a short turn on a busy machine may meet one slow sync of the disk

const folder = mkdtempSync(join(tmpdir(), 'bienvenue-clean-up-'))
const secret = randomBytes(32).toString('base64url')
const FILLS = {
  sqlite: async () => fillSqlite(join(folder, 'clean-up.db'), secret, COUNTS),
  postgres: async () => fillPostgres(secret, COUNTS),
}
const named = process.argv.filter((name) => Object.hasOwn(FILLS, name))

/** A service over a database that is full, and a load on it. */
class Node {
  #process
  #port = 0
  #request = ''

  /** Starts it. */
  constructor(/** @type {string} */ url) {
    this.#process = fork(join(import.meta.dirname, 'clean-up-node.js'), [url, secret])
  }

  /** Waits until it listens, and logs somebody in. */
  async begin() {
    const [port] = await once(this.#process, 'message')
    this.#port = port
    this.#request = `GET /profile HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${await logIn(port)}\r\n\r\n`
    await this.check() // warms
  }

  /** Says a word to it, and waits until it is done. */
  async say(/** @type {'begin' | 'end'} */ word) {
    this.#process.send(word)
    await once(this.#process, 'message')
  }

  /** Measures session checks for a turn. */
  async check() {
    return run({ port: this.#port, request: this.#request, connections: CONNECTIONS, ms: TURN_MS })
  }

  /** The memory of it and its hashing process, in MB. */
  memory() {
    return memoryOf(this.#process.pid)
  }

  /** Ends it. */
  end() {
    this.#process.kill('SIGKILL')
  }
}

/**
 * Measures in turns, without clearing away and with it.
 * @param {Node} node - The service.
 * @returns {Promise<{without: Turn[], with: Turn[]}>} What was measured.
 * @typedef {Awaited<ReturnType<typeof run>>} Turn
 */
async function takeTurns(node) {
  /** @type {{without: Turn[], with: Turn[]}} */
  const turns = { without: [], with: [] }
  for (let turn = 0; turn < TURNS; turn++) {
    turns.without.push(await node.check())
    await node.say('begin')
    turns.with.push(await node.check())
    await node.say('end')
  }
  return turns
}

/**
 * Lets more be cleared away, while nobody asks for anything.
 * @param {Node} node - The service.
 * @param {import('./clean-up-fill.js').Filled} database - Its database.
 * @returns {Promise<number>} How many rows went in a second.
 */
async function clearAlone(node, database) {
  const before = await database.countExpired()
  const begunMs = performance.now()
  await node.say('begin')
  while (performance.now() - begunMs < ALONE_MS && (await database.countExpired()) > 0) await pause(500)
  const seconds = (performance.now() - begunMs) / 1000
  await node.say('end')
  return (before - (await database.countExpired())) / seconds
}

/** Measures with one database, prints, and resolves to whether the checks noticed little enough. */
async function measure(/** @type {import('./clean-up-fill.js').Filled} */ database) {
  const node = new Node(database.url)
  try {
    await node.begin()
    const memoryBefore = node.memory()
    const expired = await database.countExpired()
    const turns = await takeTurns(node)
    const gone = expired - (await database.countExpired())
    const figure = (/** @type {Turn[]} */ list, /** @type {'p50' | 'p99' | 'perSecond'} */ name) =>
      median(list.map((turn) => turn[name]))
    const ratio = figure(turns.with, 'p99') / figure(turns.without, 'p99')
    console.log(`${database.name}, ${COUNTS.rows} sessions, ${expired} of them expired:`)
    for (const [name, list] of Object.entries(turns))
      console.log(
        `  session checks ${name} clearing away: ${figure(list, 'perSecond').toFixed(0)}/s, p50 ${figure(list, 'p50').toFixed(2)} ms, p99 ${figure(list, 'p99').toFixed(2)} ms`,
      )
    console.log(`  p99 with / without: ${ratio.toFixed(2)} (target at most ${TARGET}, bound here ${BOUND})`)
    const beside = gone / ((TURNS * TURN_MS) / 1000)
    const alone = await clearAlone(node, database)
    console.log(`  cleared away a second: ${beside.toFixed(0)} beside the checks, ${alone.toFixed(0)} alone`)
    console.log(`  memory before and after: ${memoryBefore?.toFixed(0)} and ${node.memory()?.toFixed(0)} MB (PSS)`)
    const errors = [...turns.with, ...turns.without].reduce((sum, turn) => sum + turn.errors, 0)
    return ratio <= BOUND && errors === 0
  } finally {
    node.end()
    await database.remove()
  }
}

try {
  for (const [name, fill] of Object.entries(FILLS)) {
    if (named.length > 0 && !named.includes(name)) continue
    if (!(await measure(await fill()))) process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
