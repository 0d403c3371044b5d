/** The session check on PostgreSQL, beside the same prepared query by `pg` alone; the database shares the machine, but not the core of the service. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PostgresServer } from '../../packages/server/test/support/postgres-server.ts'
import { rateOf, run } from '../load.js'
import { ALL, coreSecondsOf, LOAD, pinThis, SERVER } from '../machine.js'
import { startByHand } from '../peers.js'
import { get, logIn, startService } from '../service.js'
import { sideBySide } from '../side-by-side.js'
import { comparing, rounded } from '../table.js'

const CONNECTIONS = 16
const WARM_MS = 2000

/**
 * Measures both in turns on one database.
 * @param {import('../table.js').World} world - Where and how long.
 * @returns {Promise<import('../table.js').Findings>} The row.
 */
async function measure({ folder, rounds, ms }) {
  pinThis(LOAD)
  const server = await PostgresServer.make()
  try {
    await server.run('create database bench')
    const url = server.url('bench')
    const env = { BIENVENUE_SECRET: randomBytes(32).toString('base64url') }
    const service = await startService(url, { cwd: folder, cores: SERVER, env })
    const byHand = await startByHand(url, { folder, cores: SERVER, env })
    const request = get('/profile', await logIn(service.port))
    const tuned = await startByHand(url, { folder, cores: SERVER, env }, 'tuned')
    const contenders = Object.entries({ ours: service, 'by hand': byHand, tuned }).map(([name, { port }]) => ({
      name,
      measure: async (/** @type {number} */ time = ms) => rateOf({ port, request, connections: CONNECTIONS, ms: time }),
    }))
    for (const contender of contenders) await contender.measure(WARM_MS)
    const figures = await sideBySide(contenders, rounds)
    const costs = await costsOf({ service: service.pid, database: pidOf(server) }, async () =>
      run({ port: service.port, request, connections: CONNECTIONS, ms: 2 * ms }),
    )
    for (const program of [service, byHand, tuned]) await program.end('SIGKILL')
    const what = 'session checks a second on PostgreSQL'
    const words = {
      what,
      against: 'the same prepared query by `pg` alone, behind node:http with the same headers',
      bar: { least: 0.75 },
      note: 'both with ten connections; the database and the load share the other core',
    }
    const against = 'the same, with lines of the log gathered as ours are'
    const rows = [
      comparing(words, figures.compare('ours', 'by hand')),
      comparing({ what, against }, figures.compare('ours', 'tuned')),
    ]
    return { rows, tables: [costs] }
  } finally {
    pinThis(ALL)
    await server.remove()
  }
}

/** The process of a server of PostgreSQL that all others of it descend from. */
function pidOf(/** @type {PostgresServer} */ server) {
  return Number(readFileSync(join(server.data, 'postmaster.pid'), 'utf8').split('\n')[0])
}

/**
 * What an answer costs each of some programs.
 * @param {Record<string, number>} programs - Their processes by name.
 * @param {() => Promise<import('../load.js').Load>} load - Sends the requests.
 * @returns {Promise<import('../table.js').Table>} Microseconds on a core, and what a whole core would carry.
 */
async function costsOf(programs, load) {
  const spent = () => Object.values(programs).map((pid) => coreSecondsOf(pid))
  const before = spent()
  const begun = performance.now()
  const { perSecond } = await load()
  const answers = (perSecond * (performance.now() - begun)) / 1000
  const after = spent()
  const lines = Object.keys(programs).map((name, index) => {
    const seconds = ((after[index] ?? Number.NaN) - (before[index] ?? Number.NaN)) / answers
    return [name, `${rounded(seconds * 1e6)} µs`, `${rounded(1 / seconds)}/s`]
  })
  return {
    title: 'What a session check costs on PostgreSQL',
    columns: ['program', 'of a core', 'a core carries'],
    lines,
  }
}

/** The topic. */
export const sessionCheckOnPostgres = { name: 'session-check-postgres', isShort: true, measure }
