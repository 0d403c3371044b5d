/** Clearing away a million expired sessions among ten million: what session checks notice of it, on both databases. */
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fillPostgres, fillSqlite } from '../expired.js'
import { runWell } from '../load.js'
import { ALL, memoryOf, pinThis } from '../machine.js'
import { get, logIn } from '../service.js'
import { Figures } from '../side-by-side.js'
import { comparing, milliseconds, perSecond } from '../table.js'

const PROGRAM = join(import.meta.dirname, '../clean-up-service.js')
const COUNTS = { rows: 10_000_000, expired: 1_000_000 }
const SMALL = { rows: 200_000, expired: 20_000 }
const CONNECTIONS = 16
const ALONE_MS = 20_000
const LOOK_MS = 500

/** @typedef {import('../load.js').Load} Load */
/** @typedef {import('../expired.js').Filled} Filled */

/** A service over a database that is full, which clears away when told to, and a load on it. */
class Node {
  #process
  #port = 0
  #request = ''

  /** Starts it. */
  constructor(/** @type {string} */ url, /** @type {string} */ secret) {
    this.#process = fork(PROGRAM, [url], { env: { PATH: process.env['PATH'] ?? '', BIENVENUE_SECRET: secret } })
  }

  /** Waits until it listens, and logs somebody in. */
  async begin() {
    const [port] = await once(this.#process, 'message')
    this.#port = port
    this.#request = get('/profile', await logIn(port))
  }

  /** Says a word to it, and waits until it is done. */
  async say(/** @type {'begin' | 'end'} */ word) {
    this.#process.send(word)
    await once(this.#process, 'message')
  }

  /** Measures session checks for a time. */
  async check(/** @type {number} */ ms) {
    return runWell({ port: this.#port, request: this.#request, connections: CONNECTIONS, ms })
  }

  /** The memory of it and its hashing process, in MB. */
  memory() {
    return memoryOf(this.#process.pid ?? 0)
  }

  /** Ends it. */
  end() {
    this.#process.kill('SIGKILL')
  }
}

/**
 * Measures on both databases.
 * @param {import('../table.js').World} world - Where, how long, and whether a fiftieth of the data will do.
 * @returns {Promise<import('../table.js').Findings>} A row for each, and what was cleared away.
 */
async function measure({ folder, isSmall, rounds, ms }) {
  pinThis(ALL)
  const counts = isSmall ? SMALL : COUNTS
  const secret = randomBytes(32).toString('base64url')
  const fills = [
    async () => fillSqlite(join(folder, 'clean-up.db'), secret, counts),
    async () => fillPostgres(secret, counts),
  ]
  const rows = []
  const lines = []
  for (const fill of fills) {
    const database = await fill()
    const { row, line } = await measureOn(database, { secret, counts, rounds, ms })
    rows.push(row)
    lines.push(line)
  }
  const columns = ['database', 'cleared away beside the checks', 'alone', 'memory before (PSS)', 'and after']
  return { rows, tables: [{ title: 'Clearing away expired sessions', columns, lines }] }
}

/**
 * Measures on one database: with and without, in turns, and then how fast it goes alone.
 * @param {Filled} database - The database.
 * @param {{secret: string, counts: typeof COUNTS, rounds: number, ms: number}} how - With what, and how long.
 */
async function measureOn(database, { secret, counts, rounds, ms }) {
  const node = new Node(database.url, secret)
  try {
    await node.begin()
    await node.check(ms) // warms it
    const before = { memory: node.memory(), expired: await database.countExpired() }
    const turns = await takeTurns(node, rounds, ms)
    const beside = (before.expired - (await database.countExpired())) / ((rounds * ms) / 1000)
    const alone = await clearAlone(node, database, Math.min(ALONE_MS, rounds * ms))
    const p99 = new Figures(
      new Map(Object.entries(turns).map(([name, loads]) => [name, loads.map((load) => load.p99)])),
    )
    const words = {
      what: `session checks while expired sessions are cleared away on ${database.name}, p99`,
      against: 'the same without clearing away',
      bar: { most: 2, slack: 0.33 },
      note: `${before.expired.toLocaleString('en')} expired sessions lie anywhere among ${counts.rows.toLocaleString('en')}`,
    }
    const memories = [before.memory, node.memory()].map((memory) => `${memory.toFixed(0)} MB`)
    return {
      row: comparing(words, p99.compare('with', 'without'), milliseconds),
      line: [database.name, perSecond(beside), perSecond(alone), ...memories],
    }
  } finally {
    node.end()
    await database.remove()
  }
}

/** Measures in turns, without clearing away and with it. */
async function takeTurns(/** @type {Node} */ node, /** @type {number} */ rounds, /** @type {number} */ ms) {
  /** @type {{without: Load[], with: Load[]}} */
  const turns = { without: [], with: [] }
  for (let round = 0; round < rounds; round++) {
    turns.without.push(await node.check(ms))
    await node.say('begin')
    turns.with.push(await node.check(ms))
    await node.say('end')
  }
  return turns
}

/** Lets more be cleared away while nobody asks for anything, and resolves to how many went in a second. */
async function clearAlone(/** @type {Node} */ node, /** @type {Filled} */ database, /** @type {number} */ longestMs) {
  const before = await database.countExpired()
  const begun = performance.now()
  await node.say('begin')
  while (performance.now() - begun < longestMs && (await database.countExpired()) > 0) await pause(LOOK_MS)
  const seconds = (performance.now() - begun) / 1000
  await node.say('end')
  return (before - (await database.countExpired())) / seconds
}

/** The topic. */
export const cleanUp = { name: 'clean-up', isShort: false, measure }
