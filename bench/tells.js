/**
 * Whether answers tell anything of an account: starts the service as people deploy it, asks about accounts of every kind at every door
 * where strangers may ask, and compares what the answers look like and how long they take. The test is described in docs/tells.md.
 * `node bench/tells.js [--short] [--tries NUMBER] [--door TEXT]`; ends with 1 when something tells, or when the test finds too little.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { DB } from '../packages/server/dist/index.js'
import { fromAnywhere, Line, requestOf, shapeOf } from './asker.js'
import { SERVE, startHardened } from './hardened.js'
import { endAll, start } from './program.js'
import { doorsFor } from './tells-doors.js'
import { People, WRONG } from './tells-people.js'
import { compare, isTelling, quantile, tellingOf } from './tells-statistics.js'

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    tries: { type: 'string' },
    door: { type: 'string', default: '' },
  },
})
const TRIES = Number(options.tries ?? (options.short ? 40 : 500))
const SLOW = Number(options.tries ?? (options.short ? 20 : 500))
const CONTROL_TRIES = Math.min(SLOW, 100)
const SHIFTS_MS = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50]
const FINE_ENOUGH_MS = 1
const MOST_LOOKS = 4

const folder = mkdtempSync(join(tmpdir(), 'bienvenue-tells-'))

/**
 * What was found at a door: times and looks by kind.
 * @typedef {{name: string, times: Map<string, number[]>, looks: Map<string, Set<string>>}} Found
 */

/**
 * Knocks at a door, in an order that chance decides.
 * @param {number} port - Where the service listens.
 * @param {import('./tells-doors.js').Door} door - Where to ask, and about whom.
 * @returns {Promise<Found>} What came back.
 */
async function knock(port, { name, lines, together = 1, quietMs = 0, tries }) {
  const found = { name, times: new Map(), looks: new Map() }
  const waiting = tries.map((each) => ({ each, order: Math.random() })).sort((a, b) => a.order - b.order)
  const warm = await Line.open(port)
  for (const { each } of waiting.slice(0, 3))
    await warm.ask(requestOf('POST /email_verification', { email: each.email.replace('@', 'warm@') }, [fromAnywhere()]))
  warm.close()
  const work = async () => {
    const open = await Promise.all(Array.from({ length: together }, () => Line.open(port)))
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (quietMs > 0) await pause(quietMs)
      note(found, next.each, await askAll(open, next.each))
    }
    for (const line of open) line.close()
  }
  await Promise.all(Array.from({ length: lines }, work))
  return found
}

/**
 * Sends what a try is made of.
 * @param {Line[]} lines - Free connections.
 * @param {import('./tells-doors.js').Try} each - The try.
 * @returns {Promise<{texts: string[], ms: number}>} The answers, and the time of the slowest, or of the one behind.
 */
async function askAll(lines, { request, behind }) {
  const answers = await Promise.all(lines.map((line) => line.ask(request)))
  const times = behind === undefined ? answers.map(({ ms }) => ms) : [(await lines[0]?.ask(behind))?.ms ?? 0]
  return { texts: answers.map(({ text }) => text), ms: Math.max(...times) }
}

/** Notes an answer under its kind. */
function note(
  /** @type {Found} */ { times, looks },
  /** @type {import('./tells-doors.js').Try} */ { kind, email },
  /** @type {{texts: string[], ms: number}} */ { texts, ms },
) {
  if (!times.has(kind)) times.set(kind, [])
  if (!looks.has(kind)) looks.set(kind, new Set())
  times.get(kind)?.push(ms)
  for (const text of texts) looks.get(kind)?.add(shapeOf(text, email))
}

/** Every pair of kinds of a door, compared. */
function pairsOf(/** @type {Found} */ { name, times }) {
  const kinds = [...times]
  return kinds.flatMap(([one, its], at) =>
    kinds.slice(at + 1).map(([other, others]) => ({ door: name, one, other, comparison: compare(its, others) })),
  )
}

/** Prints a row for each kind of a door; true when all answers look alike. */
function printDoor(/** @type {Found} */ { name, times, looks }) {
  const all = new Set([...looks.values()].flatMap((each) => [...each]))
  console.log(`\n${name}: ${all.size === 1 ? 'all answers look alike' : `${all.size} DIFFERENT ANSWERS`}`)
  for (const [kind, its] of [...times].toSorted(([a], [b]) => a.localeCompare(b))) {
    const figures = [0.05, 0.5, 0.95].map((share) => quantile(its, share).toFixed(2).padStart(8))
    console.log(`  ${kind.padEnd(27)}${String(its.length).padStart(5)} tries, ms at 5, 50 and 95 %:${figures.join('')}`)
  }
  for (const look of all.size > 1 ? [...all].slice(0, MOST_LOOKS) : []) {
    const kinds = [...looks].filter(([, its]) => its.has(look)).map(([kind]) => kind)
    console.log(`\n  ${kinds.join(', ')}:\n${look}`)
  }
  return all.size === 1
}

/** Says of a pair what the tests found. */
function describe(
  /** @type {ReturnType<typeof pairsOf>[number]} */ { door, one, other, comparison: { order, tail, accuracy, p } },
) {
  const figures = `order ${order.toFixed(2)} (p ${p.order.toExponential(0)}), tail ${tail.toFixed(2)} (p ${p.tail.toExponential(0)})`
  return `${door}: ${one} and ${other}: ${figures}, an attacker is right in ${(accuracy * 100).toFixed(0)} %`
}

/** What the test must find: whose hash is of another kind, at a service that answers as soon as it knows. */
async function controlPair() {
  const secret = randomBytes(32).toString('base64url')
  const database = `sqlite:${join(folder, 'control.db')}`
  const db = await DB.open(database, { secrets: [secret] })
  const people = await People.in(db, 'classic')
  const kinds = ['unknown', 'bcrypt 12']
  const emails = await Promise.all(kinds.map(async (kind) => people.add(kind, CONTROL_TRIES)))
  await db.close()
  const env = { BIENVENUE_PASSWORDS_HASH: 'argon2id', BIENVENUE_SECRET: secret }
  const port = await start([...SERVE, database], { cwd: folder, env })
  const tries = kinds.flatMap((kind, at) =>
    (emails[at] ?? []).map((email) => ({
      kind,
      email,
      request: requestOf('POST /sessions', { email, password: WRONG }),
    })),
  )
  const found = await knock(port, { name: 'control, POST /sessions in classic', lines: 1, tries })
  printDoor(found)
  return pairsOf(found)
}

/** How many milliseconds more for one kind of a door this run would have found; Infinity when it is too short for it. */
function finestOf(/** @type {Found} */ { times }, /** @type {number} */ tests) {
  const [its = []] = [...times.values()]
  const isFound = (/** @type {number} */ more) =>
    isTelling(
      compare(
        its,
        its.map((ms) => ms + more),
      ),
      tests,
    )
  return SHIFTS_MS.find(isFound) ?? Infinity
}

/** Knocks at every door, prints, and resolves to whether nothing tells and the controls do. */
async function main() {
  const begun = performance.now()
  const { port, filled: doors } = await startHardened(folder, async (people) => doorsFor(people, TRIES, SLOW))
  /** @type {Found[]} */
  const found = []
  const looks = []
  for (const door of doors.filter(({ name }) => name.includes(options.door))) {
    const at = await knock(port, door)
    found.push(at)
    looks.push(printDoor(at))
  }
  const pairs = found.flatMap(pairsOf)
  const controls = await controlPair()
  const tests = 2 * (pairs.length + controls.length)
  const telling = tellingOf([...pairs, ...controls].map(({ comparison }) => comparison))
  const finest = found.map((each) => ({ name: each.name, ms: finestOf(each, tests) }))
  console.log('\nThis run would have found, at each door, one kind that is slower by:')
  for (const { name, ms } of finest) console.log(`  ${name}: ${ms} ms`)
  console.log('\nThe most unequal pairs of each door:')
  for (const { name } of found) console.log(`  ${describe(worstOf(pairs.filter(({ door }) => door === name)))}`)
  const tells = pairs.filter(({ comparison }) => telling.has(comparison))
  console.log(`\n${tells.length} of ${pairs.length} pairs tell${tells.length === 0 ? '.' : ':'}`)
  for (const pair of tells) console.log(`  ${describe(pair)}`)
  const hasTeeth =
    controls.every(({ comparison }) => telling.has(comparison)) &&
    Math.min(...finest.map(({ ms }) => ms)) <= FINE_ENOUGH_MS
  console.log(hasTeeth ? 'The controls were found.' : 'THE CONTROLS WERE NOT FOUND: this run shows nothing.')
  console.log(`It took ${((performance.now() - begun) / 1000).toFixed(0)} s.`)
  return looks.every(Boolean) && tells.length === 0 && hasTeeth
}

/** Of several pairs the one by which an attacker learns most. */
function worstOf(/** @type {ReturnType<typeof pairsOf>} */ pairs) {
  return pairs.toSorted((a, b) => Math.abs(b.comparison.order - 0.5) - Math.abs(a.comparison.order - 0.5))[0]
}

try {
  process.exitCode = (await main()) ? 0 : 1
} finally {
  endAll()
  rmSync(folder, { recursive: true, force: true })
}
