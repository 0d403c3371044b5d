/** Whether anything becomes slow with many people and sessions: the same acts on databases that differ by their size alone. */
import { join } from 'node:path'
import { openService } from '../../packages/server/dist/index.js'
import { CheapHasher } from '../../packages/server/test/support/cheap-hasher.ts'
import { addSessions, fillFile, PASSWORD } from '../fill.js'
import { awake, inTurn, runWell } from '../load.js'
import { ALL, LOAD, pinThis, SERVER } from '../machine.js'
import { get, startService } from '../service.js'
import { median, sideBySide } from '../side-by-side.js'
import { comparing, milliseconds } from '../table.js'

const CONNECTIONS = 16
const REAL_SESSIONS = 5000
const ACTS = 200
const PAGE = 50

/** How large the databases are. */
const SIZES = [
  { name: 'small', people: 1000, sessions: 10_000 },
  { name: 'middle', people: 100_000, sessions: 1_000_000 },
  { name: 'large', people: 1_000_000, sessions: 10_000_000 },
]

/** What people do, on an open service: each act is of another person. */
const ACTS_OF_PEOPLE = {
  login: async (/** @type {Opened} */ { auth }, /** @type {number} */ person) =>
    auth.login.withPassword(`person${person}@example.com`, PASSWORD),
  registration: async (/** @type {Opened} */ { auth }) => auth.users.register(freshEmail(), PASSWORD),
  'reset request': async (/** @type {Opened} */ { auth }, /** @type {number} */ person) =>
    auth.reset.request(`person${person}@example.com`),
  [`list of ${PAGE} people`]: async (/** @type {Opened} */ { auth }, /** @type {number} */ person) =>
    auth.users.listAccounts(person, PAGE),
}

/** An open service. */
/** @typedef {import('../../packages/server/dist/index.js').Service} Opened */

/**
 * Fills three databases, and measures on them.
 * @param {import('../table.js').World} world - Where, how often, and whether a tenth of the data will do.
 * @returns {Promise<import('../table.js').Findings>} A row for each act.
 */
async function measure({ folder, isSmall, rounds, ms }) {
  const sizes = SIZES.map(({ name, people, sessions }) => {
    const share = isSmall && name !== 'small' ? 10 : 1
    return { path: join(folder, `${name}.db`), people: people / share, sessions: sessions / share }
  })
  for (const { path, ...size } of sizes) await fillFile(path, size)
  const [small, middle, large] = sizes
  const check = await sessionRow([small, large], { folder, rounds, ms })
  const acts = await actRows([middle, large], rounds)
  return { rows: [check, ...acts] }
}

/** Session checks over the smallest and the largest: many sessions in turn, so that no page of the file is asked twice in a row. */
async function sessionRow(/** @type {any[]} */ sizes, /** @type {any} */ { folder, rounds, ms }) {
  pinThis(LOAD)
  const contenders = []
  for (const { path, sessions } of sizes) {
    const cookies = await addSessions(path, REAL_SESSIONS)
    const program = await startService(`sqlite:${path}`, { cwd: folder, cores: SERVER })
    const request = inTurn(cookies.map((cookie) => get('/profile', cookie)).sort(() => Math.random() - 0.5))
    const check = async () => (await runWell({ port: program.port, request, connections: CONNECTIONS, ms })).p50
    contenders.push({ name: String(sessions), measure: check, program })
  }
  await sideBySide(contenders, 1) // warms them
  const figures = await awake(async () => sideBySide(contenders, rounds))
  for (const { program } of contenders) await program.end()
  pinThis(ALL)
  const [few, many] = sizes.map(({ sessions }) => sessions)
  const words = {
    what: `session check among ${many.toLocaleString('en')} sessions, p50`,
    against: `among ${few.toLocaleString('en')}`,
    bar: { most: 1.2 },
    note: `${REAL_SESSIONS.toLocaleString('en')} of them asked in turn, ${CONNECTIONS} at a time`,
  }
  return comparing(words, figures.compare(String(many), String(few)), milliseconds)
}

/** The acts of people over the middle one and the largest, without the cost of hashing. */
async function actRows(/** @type {any[]} */ sizes, /** @type {number} */ rounds) {
  const opened = await Promise.all(
    sizes.map(async ({ path, people }) => ({
      people,
      service: await openService({ database: `sqlite:${path}` }, { hasher: new CheapHasher() }),
    })),
  )
  const [few, many] = sizes.map(({ people }) => people)
  const rows = []
  for (const [name, act] of Object.entries(ACTS_OF_PEOPLE)) {
    const contenders = opened.map(({ people, service }) => ({
      name: String(people),
      measure: async () => timeOf(async () => act(service, 1 + Math.floor(Math.random() * (people - PAGE)))),
    }))
    await sideBySide(contenders, 1) // warms them
    const figures = await sideBySide(contenders, rounds)
    const words = {
      what: `${name}, ${many.toLocaleString('en')} people, median`,
      against: `${few.toLocaleString('en')} people`,
      bar: { most: 1.5 },
      note: 'hashing aside',
    }
    rows.push(comparing(words, figures.compare(String(many), String(few)), milliseconds))
  }
  for (const { service } of opened) await service.close()
  return rows
}

/** The median time of an act, in ms. */
async function timeOf(/** @type {() => Promise<unknown>} */ act) {
  const times = []
  for (let time = 0; time < ACTS; time++) {
    const start = performance.now()
    await act()
    times.push(performance.now() - start)
  }
  return median(times)
}

/** An email that nobody has had. */
function freshEmail() {
  return `${crypto.randomUUID()}@example.com`
}

/** The topic. */
export const scale = { name: 'scale', isShort: false, measure }
