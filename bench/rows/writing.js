/** What writing costs, hashing aside: registrations beside bare inserts, and what letters, the audit and limits add to a login. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fillFile, PASSWORD } from '../fill.js'
import { awake, inTurn, rateOf, runWell } from '../load.js'
import { ALL, LOAD, pinThis, SERVER } from '../machine.js'
import { launch } from '../program.js'
import { post } from '../service.js'
import { Figures, sideBySide } from '../side-by-side.js'
import { comparing, milliseconds } from '../table.js'

const require = createRequire(new URL('../../packages/server/package.json', import.meta.url))
const { hash: bcrypt } = require('@node-rs/bcrypt')

const BARE_HASHING = join(import.meta.dirname, '../peers/bare-hashing.js')
const BY_HAND = join(import.meta.dirname, '../peers/registers-by-hand.js')
const CONNECTIONS = 16
const INSERTS = 2000
const HASHES = 8
const PEOPLE = 50_000

/**
 * Measures both.
 * @param {import('../table.js').World} world - Where and how long.
 * @returns {Promise<import('../table.js').Findings>} The rows.
 */
async function measure(world) {
  pinThis(LOAD)
  const rows = [...(await registrationRows(world)), ...(await loginRows(world))]
  pinThis(ALL)
  return { rows }
}

/** Registrations, each program on a database of its own. */
async function registrationRows(/** @type {import('../table.js').World} */ { folder, rounds, ms }) {
  const ours = await startCheap(await filled(folder, 'ours', 1), folder, 'classic')
  const place = { cwd: folder, cores: SERVER }
  const byHand = await launch([process.execPath, BY_HAND, await filled(folder, 'by-hand', 1)], place)
  const request = () => post('/users', { email: `${crypto.randomUUID()}@example.com`, password: PASSWORD })
  const rate = async (/** @type {number} */ port) => rateOf({ port, request, connections: CONNECTIONS, ms })
  const contenders = [
    { name: 'ours', measure: async () => rate(ours.port) },
    { name: 'by hand', measure: async () => rate(byHand.port) },
    { name: 'inserts', measure: async () => (INSERTS * 1000) / Number(await byHand.ask(String(INSERTS))) },
  ]
  await sideBySide(contenders, 1) // warms them
  const figures = await awake(async () => sideBySide(contenders, rounds))
  for (const program of [ours, byHand]) await program.end('SIGKILL')
  const what = 'registrations a second on one core, durable, hashing aside'
  const note = 'one registration is three rows in one transaction'
  return [
    comparing(
      { what, against: 'the same rows by hand on node:http and node:sqlite', bar: { least: 0.8 }, note },
      figures.compare('ours', 'by hand'),
    ),
    comparing(
      { what, against: 'bare inserts of one row, as durable, without HTTP', bar: { least: 0.8 } },
      figures.compare('ours', 'inserts'),
    ),
  ]
}

/** Logins of people from devices that their accounts do not know: with all that is written of it, and with as little as can be. */
async function loginRows(/** @type {import('../table.js').World} */ { folder, rounds, ms }) {
  const env = { UV_THREADPOOL_SIZE: '2' }
  const hasher = await launch([process.execPath, BARE_HASHING, String(HASHES)], { cwd: folder, env, cores: ALL })
  const real = await bcrypt(PASSWORD, 12)
  const contenders = []
  for (const how of ['whole', 'bare']) {
    const { port } = await startCheap(await filled(folder, how, PEOPLE), folder, how)
    const emails = Array.from({ length: PEOPLE }, (_, person) => `person${person + 1}@example.com`)
    const request = inTurn(emails.map((email) => post('/sessions', { email, password: PASSWORD })))
    contenders.push({ name: how, measure: async () => (await runWell({ port, request, connections: 1, ms })).p50 })
  }
  const hash = { name: 'hash', measure: async () => (Number(await hasher.ask(real)) * 2) / HASHES }
  await sideBySide(contenders, 1) // warms them
  const figures = await sideBySide([...contenders, hash], rounds)
  const withHash = new Figures(new Map(['whole', 'bare'].map((how) => [how, figures.sum(how, 'hash')])))
  const against = 'the same without them'
  const note =
    'limits on and devices known against off, audit kept against left away; each login is from a new device, with its letter'
  return [
    comparing(
      { what: 'a login with letters, audit and limits, bcrypt included', against, bar: { most: 1.1 }, note },
      withHash.compare('whole', 'bare'),
      milliseconds,
    ),
    comparing({ what: 'the same, hashing aside', against }, figures.compare('whole', 'bare'), milliseconds),
  ]
}

/** The service without the cost of hashing. */
async function startCheap(/** @type {string} */ path, /** @type {string} */ folder, /** @type {string} */ how) {
  const args = [join(import.meta.dirname, '../cheap-service.js'), `sqlite:${path}`, how]
  return launch([process.execPath, ...args], { cwd: folder, cores: SERVER })
}

/** The path of a new database with so many people. */
async function filled(/** @type {string} */ folder, /** @type {string} */ name, /** @type {number} */ people) {
  const path = join(folder, `writing-${name}.db`)
  await fillFile(path, { people, sessions: people, haveDevices: true }) // or no login would be from a new one, with a letter
  return path
}

/** The topic. */
export const writing = { name: 'writing', isShort: false, measure }
