/** Where the time of a session check and of a registration goes: CPU profiles of the service under load, by part. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PASSWORD } from '../fill.js'
import { awake, runWell } from '../load.js'
import { ALL, LOAD, pinThis, SERVER } from '../machine.js'
import { launch } from '../program.js'
import { sharesOf } from '../profile.js'
import { get, logIn, post } from '../service.js'

const CONNECTIONS = 16
const FUNCTIONS = 12
const DIST = join(import.meta.dirname, '../../packages/server/dist')
const ENTRY = join(DIST, 'cli/main.js') // the modules by themselves: in the bundle nobody could tell the parts from each other
const CHEAP = join(import.meta.dirname, '../cheap-service.js')

/** What is profiled: how it is called, how the program is started, and what makes its requests. */
const SUBJECTS = [
  {
    name: 'session check',
    command: () => [ENTRY, 'serve', '--port', '0'],
    requestsFor: async (/** @type {number} */ port) => {
      const request = get('/profile', await logIn(port))
      return () => request
    },
  },
  {
    name: 'registration (hashing aside)',
    command: (/** @type {string} */ database) => [CHEAP, database, 'classic'],
    requestsFor: async () =>
      Promise.resolve(() => post('/users', { email: `${crypto.randomUUID()}@example.com`, password: PASSWORD })),
  },
]

/**
 * Profiles each under load.
 * @param {import('../table.js').World} world - How long.
 * @returns {Promise<import('../table.js').Findings>} The shares as tables.
 */
async function measure({ folder, ms }) {
  const tables = []
  for (const subject of SUBJECTS) tables.push(...(await profileOf(subject, folder, ms)))
  return { tables }
}

/** The tables of one of them. */
async function profileOf(
  /** @type {typeof SUBJECTS[number]} */ { name, command, requestsFor },
  /** @type {string} */ top,
  /** @type {number} */ ms,
) {
  pinThis(LOAD)
  const folder = join(top, name)
  const database = `sqlite:${folder}.db`
  const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`]
  const where = { cwd: top, cores: SERVER, env: { DATABASE_URL: database } }
  const service = await launch([process.execPath, ...flags, ...command(database)], where)
  const load = { port: service.port, request: await requestsFor(service.port), connections: CONNECTIONS }
  await runWell({ ...load, ms }) // warms it
  const begun = performance.now()
  await awake(async () => runWell({ ...load, ms: 3 * ms }))
  const lastMs = performance.now() - begun
  await service.end()
  pinThis(ALL)
  const [file = ''] = globSync(join(folder, '*.cpuprofile'))
  const { parts, functions } = sharesOf(JSON.parse(readFileSync(file, 'utf8')), lastMs)
  const inWords = (/** @type {[string, number]} */ [what, share]) => [what, `${(share * 100).toFixed(1)} %`]
  return [
    { title: `Where a ${name} spends its time`, columns: ['part', 'share'], lines: parts.map(inWords) },
    {
      title: `The functions that take most of a ${name} themselves`,
      columns: ['function and file', 'share'],
      lines: functions.slice(0, FUNCTIONS).map(inWords),
    },
  ]
}

/** The topic. */
export const profile = { name: 'profile', isShort: false, measure }
