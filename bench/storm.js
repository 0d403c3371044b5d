/**
 * A storm of 200 clients that guess from 50 sources, at the service as people deploy it: whether people still log in meanwhile, how long
 * that takes them, and what is left of the session checks. docs/guarding.md has the figures of a run.
 * `node bench/storm.js [--short]`; ends with 1 when somebody is kept out, or when too little is left.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Line, requestOf } from './asker.js'
import { run } from './load.js'
import { startHardened } from './hardened.js'
import { endAll } from './program.js'
import { freshEmail, RIGHT, WRONG } from './tells-people.js'
import { quantile } from './tells-statistics.js'

const short = process.argv.includes('--short')
const CLIENTS = 200
const SOURCES = 50
const SPRAYED = 1000
const TURN_MS = short ? 1500 : 5000
const LOGINS = short ? 10 : 50
const CONNECTIONS = 16
const BOUND = short ? 0.4 : 0.5 // short turns on a busy machine differ more
const VICTIMS = '198.51.100.2'

const folder = mkdtempSync(join(tmpdir(), 'bienvenue-storm-'))

/** A form from this source, with what a browser keeps. */
function formFrom(
  /** @type {string} */ source,
  /** @type {string} */ route,
  /** @type {Record<string, string>} */ form,
  cookie = '',
) {
  return requestOf(route, form, [`X-Forwarded-For: ${source}`, ...(cookie === '' ? [] : [`Cookie: ${cookie}`])])
}

/**
 * Asks once.
 * @param {number} port - Where the service listens.
 * @param {string} request - The bytes.
 * @returns {Promise<{status: number, ms: number, cookies: string}>} What came back.
 */
async function ask(port, request) {
  const line = await Line.open(port)
  const { text, ms } = await line.ask(request)
  line.close()
  const cookies = [...text.matchAll(/^set-cookie: ([^;\r]+)/gim)].map(([, cookie]) => cookie)
  return { status: Number(text.slice(9, 12)), ms, cookies: cookies.join('; ') }
}

/**
 * Logs somebody in again and again, and prints how often that was right, and how long it took.
 * @param {string} who - What to call them.
 * @param {(time: number) => Promise<{status: number, ms: number}>} logIn - Logs them in once.
 * @returns {Promise<number>} How often it was right.
 */
async function printLogins(who, logIn) {
  let right = 0
  const times = []
  for (let time = 0; time < LOGINS; time++) {
    const { status, ms } = await logIn(time)
    if (status === 200) right++
    times.push(ms)
  }
  const [half, most] = [0.5, 0.99].map((share) => quantile(times, share).toFixed(0))
  console.log(`  ${who}: ${right} of ${LOGINS} logins, ms at 50 and 99 %: ${half}, ${most}`)
  return right
}

/**
 * Begins the storm: each client sends its next guess as soon as the last one is answered. Every other guess is at the victim, the others at
 * one of many emails.
 * @param {number} port - Where the service listens.
 * @param {string} victim - An email.
 * @returns {() => Promise<Map<number, number>>} Ends it, and resolves to how many answers there were of each status.
 */
function storm(port, victim) {
  const state = { isOver: false }
  const answers = new Map()
  const emails = Array.from({ length: SPRAYED }, freshEmail)
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    const line = await Line.open(port)
    for (let guess = 0; !state.isOver; guess++) {
      const email = (client + guess) % 2 === 0 ? victim : (emails[(client * 7 + guess) % SPRAYED] ?? '')
      const form = { email, password: `${WRONG} ${guess}` }
      const { text } = await line.ask(formFrom(`203.0.113.${client % SOURCES}`, 'POST /sessions', form))
      const status = Number(text.slice(9, 12))
      answers.set(status, (answers.get(status) ?? 0) + 1)
    }
    line.close()
  })
  return async () => {
    state.isOver = true
    await Promise.all(clients)
    return answers
  }
}

/** What this run asks: who logs in from where, and the session checks. */
class World {
  #port
  #people
  #cookies = ''
  #device = ''
  #victims = ''

  /** Takes a running service and its people. */
  constructor(
    /** @type {number} */ port,
    /** @type {{victim: string, known: string, other: string, token: string}} */ people,
  ) {
    this.#port = port
    this.#people = people
  }

  /** Lets the known log in from their devices once. */
  async begin() {
    const deviceIn = (/** @type {string} */ cookies) => /__Host-device=[^;]+/.exec(cookies)?.[0] ?? ''
    this.#cookies = (await this.#logIn(this.#people.known, '198.51.100.1')).cookies
    this.#device = deviceIn(this.#cookies) // without the session, which a login would replace
    this.#victims = deviceIn((await this.#logIn(this.#people.victim, VICTIMS)).cookies)
  }

  /** Measures session checks for a turn. */
  async check() {
    const request = `GET /session HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${this.#cookies}\r\n\r\n`
    return run({ port: this.#port, request, connections: CONNECTIONS, ms: TURN_MS })
  }

  /** Logs everybody in again and again, and prints; true when those on known devices got in each time. */
  async logAllIn() {
    const { victim, known, other } = this.#people
    const rows = [
      [
        'a known device behind a source of the storm',
        async () => this.#logIn(known, '203.0.113.1', RIGHT, this.#device),
      ],
      ['the victim on a known device', async () => this.#logIn(victim, VICTIMS, RIGHT, this.#victims)],
      ['a stranger', async (/** @type {number} */ time) => this.#logIn(other, `198.51.100.${20 + time}`)],
    ]
    const rights = []
    for (const [who, logIn] of rows) rights.push(await printLogins(who, logIn))
    return rights[0] === LOGINS && rights[1] === LOGINS // strangers share what the known leave: they may be told to come back
  }

  /** Lets the victim try a new browser, and then get in by a mailed link; prints, and resolves to whether that went well. */
  async recover() {
    const { victim, token } = this.#people
    const source = '198.51.100.3'
    const tried = await this.#logIn(victim, source)
    const form = { email: victim, reset_token: token, new_password: WRONG }
    const reset = await ask(this.#port, formFrom(source, 'PUT /reset_password', form))
    const { status } = await this.#logIn(victim, source, WRONG)
    console.log(
      `  the victim in a new browser: ${tried.status}; with the mailed link: ${reset.status}, and then in: ${status}`,
    )
    return reset.status === 200 && status === 200
  }

  /** Logs somebody in once. */
  async #logIn(/** @type {string} */ email, /** @type {string} */ source, password = RIGHT, cookie = '') {
    return ask(this.#port, formFrom(source, 'POST /sessions', { email, password }, cookie))
  }
}

/** Measures, prints, and resolves to whether everybody got in who must and enough was left. */
async function main() {
  const { port, filled } = await startHardened(folder, async (people) => {
    const [victim = '', known = '', other = ''] = await people.add('verified', 3)
    return { victim, known, other, token: await people.addToken(victim) }
  })
  const world = new World(port, filled)
  await world.begin()
  await world.check() // warms
  const before = await world.check()
  console.log(`without a storm:\n  session checks: ${before.perSecond.toFixed(0)}/s, p99 ${before.p99.toFixed(1)} ms`)
  const wereIn = await world.logAllIn()
  console.log(`in a storm of ${CLIENTS} clients that guess from ${SOURCES} sources:`)
  const end = storm(port, filled.victim)
  await pause(TURN_MS)
  const during = await world.check()
  const left = during.perSecond / before.perSecond
  console.log(
    `  session checks: ${during.perSecond.toFixed(0)}/s, ${left.toFixed(2)} of the above (bound ${BOUND}), p99 ${during.p99.toFixed(1)} ms`,
  )
  const areIn = await world.logAllIn()
  const isRecovered = await world.recover()
  const answers = await end()
  console.log(
    `  the storm was answered: ${[...answers].map(([status, times]) => `${times} times ${status}`).join(', ')}`,
  )
  return wereIn && areIn && isRecovered && left >= BOUND && during.errors === 0 && !answers.has(200)
}

try {
  process.exitCode = (await main()) ? 0 : 1
} finally {
  endAll()
  rmSync(folder, { recursive: true, force: true })
}
