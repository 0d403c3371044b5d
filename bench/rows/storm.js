/** What is left of the session checks while 64 clients log in at once, again and again. */
import { join } from 'node:path'
import { run } from '../load.js'
import { ALL, memoryOf, pinThis } from '../machine.js'
import { get, logIn, post, startService } from '../service.js'
import { Figures } from '../side-by-side.js'
import { comparing, milliseconds } from '../table.js'

const CLIENTS = 64
const CONNECTIONS = 16
const REQUEST = post('/sessions', { email: 'bob@example.com', password: 'wrong' })
const SETTLED_MS = 1000
const WHAT = `session checks while ${CLIENTS} clients log in without pause`

/**
 * Measures with and without the storm, in turns.
 * @param {import('../table.js').World} world - How long.
 * @returns {Promise<import('../table.js').Findings>} What is left of the rate, and how much slower the slowest of a hundred are.
 */
async function measure({ folder, rounds, ms }) {
  pinThis(ALL)
  const service = await startService(`sqlite:${join(folder, 'storm.db')}`, { cwd: folder, cores: ALL })
  const request = get('/profile', await logIn(service.port))
  const check = async () => run({ port: service.port, request, connections: CONNECTIONS, ms })
  await check() // warms it
  const rates = empty()
  const slowest = empty()
  const note = (/** @type {string} */ name, /** @type {import('../load.js').Load} */ { perSecond, p99 }) => {
    rates.get(name)?.push(perSecond)
    slowest.get(name)?.push(p99)
  }
  for (let round = 0; round < rounds; round++) {
    note('calm', await check())
    const storm = run({ port: service.port, request: REQUEST, connections: CLIENTS, ms: ms + SETTLED_MS })
    await new Promise((resolve) => setTimeout(resolve, SETTLED_MS))
    note('storm', await check())
    refuseNoStorm((await storm).statuses)
  }
  const memory = memoryOf(service.pid)
  await service.end('SIGKILL')
  return { rows: rowsOf(new Figures(rates), new Figures(slowest), memory) }
}

/** Throws where no login was looked at: a storm that is refused at the door costs nothing. Those that the queue has no room for are 503. */
function refuseNoStorm(/** @type {Map<number, number>} */ statuses) {
  if (!statuses.has(401)) throw new Error(`no login of the storm was looked at: ${JSON.stringify([...statuses])}`)
}

/** No figures yet. */
function empty() {
  return new Map(['calm', 'storm'].map((name) => [name, /** @type {number[]} */ ([])]))
}

/** The rows. */
function rowsOf(/** @type {Figures} */ rates, /** @type {Figures} */ slowest, /** @type {number} */ memory) {
  const note = `nothing is set aside for anybody: service, hashing and load share all cores; ${memory.toFixed(0)} MB in all (PSS)`
  const against = 'session checks without the storm'
  return [
    comparing({ what: WHAT, against, bar: { least: 0.65 }, note }, rates.compare('storm', 'calm')),
    comparing({ what: `${WHAT}, p99`, against, bar: { most: 6 } }, slowest.compare('storm', 'calm'), milliseconds),
  ]
}

/** The topic. */
export const storm = { name: 'storm', isShort: true, measure }
