/** The session check on one core, beside what people would use instead, and beside what the runtime itself costs. */
import { join } from 'node:path'
import { awake, rateOf, refuseOthers } from '../load.js'
import { ALL, LOAD, pinThis, SERVER } from '../machine.js'
import { missingBetterAuth, missingFlask, startBetterAuth, startByHand, startConstant, startFlask } from '../peers.js'
import { get, logIn, startService } from '../service.js'
import { sideBySide } from '../side-by-side.js'
import { comparing } from '../table.js'

const CONNECTIONS = 16
const WARM_MS = 2000
const WHAT = 'session checks a second on one core'
const MANY = 100_000

/** The others that are not always there: how a row calls them, its bar, what is missing, and how they are started. */
const OTHERS = [
  {
    name: 'Better Auth 1.6, get-session, SQLite',
    bar: { least: 8 },
    missing: missingBetterAuth,
    start: startBetterAuth,
  },
  {
    name: 'Better Auth 1.6 with its cookie cache, which asks no database',
    bar: { least: 5 },
    missing: missingBetterAuth,
    start: async (/** @type {import('../peers.js').Place} */ place) => startBetterAuth({ ...place, cookieCache: true }),
  },
  {
    name: 'the original in Flask under gunicorn, ten people',
    bar: { least: 4 },
    missing: missingFlask,
    start: async (/** @type {import('../peers.js').Place} */ place) => startFlask({ ...place, people: 10 }),
  },
  {
    name: 'the original in Flask under gunicorn, 100,000 people',
    bar: { least: 50 },
    missing: missingFlask,
    start: async (/** @type {import('../peers.js').Place} */ place) => startFlask({ ...place, people: MANY }),
  },
]

/**
 * Measures everybody in turns.
 * @param {import('../table.js').World} world - How long.
 * @returns {Promise<import('../table.js').Findings>} A row for each of the others.
 */
async function measure({ folder, isShort, rounds, ms }) {
  pinThis(LOAD)
  const place = { folder, cores: SERVER }
  const database = join(folder, 'check.db')
  const service = await startService(`sqlite:${database}`, { cwd: folder, cores: SERVER })
  const request = get('/profile', await logIn(service.port))
  const ours = { name: 'ours', port: service.port, request }
  const byHand = { name: 'by hand', port: (await startByHand(database, place)).port, request }
  const tuned = { name: 'tuned', port: (await startByHand(database, place, 'tuned')).port, request }
  const constant = { name: 'constant', port: (await startConstant(place)).port, request }
  const others = isShort ? [] : OTHERS.map((other) => ({ ...other, reason: other.missing() }))
  const started = []
  for (const { name, start, reason } of others) {
    if (reason !== null) continue
    const { program, request: theirs } = await start(place)
    started.push({ name, port: program.port, request: theirs, program })
  }
  const all = [ours, byHand, tuned, constant, ...started]
  for (const { port, request: its } of all) {
    await refuseOthers(port, its, 'bob@example.com')
    await rateOf({ port, request: its, connections: CONNECTIONS, ms: WARM_MS })
  }
  const contenders = all.map(({ name, port, request: its }) => ({
    name,
    measure: async () => rateOf({ port, request: its, connections: CONNECTIONS, ms }),
  }))
  const figures = await awake(async () => sideBySide(contenders, rounds))
  for (const program of [service, ...started.map((each) => each.program)]) await program.end('SIGKILL')
  pinThis(ALL)
  return { rows: [...ownRows(figures), ...others.map((other) => rowOf(other, figures))] }
}

/** The rows that compare with what is always there. */
function ownRows(/** @type {import('../side-by-side.js').Figures} */ figures) {
  const note =
    'the same cookie, keyed hash, two expiries, headers and log line, without a framework; the log and the rows as pino and node:sqlite give them'
  return [
    comparing(
      { what: WHAT, against: 'the same duties by hand on node:http and node:sqlite', bar: { least: 0.75 }, note },
      figures.compare('ours', 'by hand'),
    ),
    comparing(
      {
        what: WHAT,
        against: 'the same by hand, with what we do for speed',
        note: 'by hand too, lines of the log are gathered and rows come as lists: what is left is the price of a framework and of layers',
      },
      figures.compare('ours', 'tuned'),
    ),
    comparing(
      {
        what: WHAT,
        against: 'a constant answer from bare node:http',
        note: 'where the rest goes is in the profile below',
      },
      figures.compare('ours', 'constant'),
    ),
  ]
}

/** The row of one of the others. */
function rowOf(
  /** @type {typeof OTHERS[number] & {reason: string | null}} */ { name, bar, reason },
  /** @type {import('../side-by-side.js').Figures} */ figures,
) {
  if (reason !== null) return { what: WHAT, against: name, bar, leftOut: reason }
  return comparing({ what: WHAT, against: name, bar }, figures.compare('ours', name))
}

/** The topic. */
export const sessionCheck = { name: 'session-check', isShort: true, measure }
