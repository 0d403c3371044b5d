/** Ten thousand logins at once, each from a source of its own, at the service in hardened: what waits, what is refused, and who gets in. */
import { setTimeout as pause } from 'node:timers/promises'
import { fromAnywhere, Line, requestOf } from '../asker.js'
import { startHardened } from '../hardened.js'
import { ALL, memoryOf, pinThis } from '../machine.js'
import { freshEmail, RIGHT, WRONG } from '../tells-people.js'
import { quantile } from '../tells-statistics.js'
import { megabytes, milliseconds } from '../table.js'

const AT_ONCE = 500
const LOOK_MS = 200
const KNOWN_LOGINS = 10
const BUSY = 503

/**
 * What came back: status, time and whether it says when to come again.
 * @typedef {{status: number, ms: number, says: boolean}} Answer
 */

/**
 * Sends them all, and lets a known device log in meanwhile.
 * @param {import('../table.js').World} world - Where, and whether a thousand will do.
 * @returns {Promise<import('../table.js').Findings>} What became of them.
 */
async function measure({ folder, isSmall }) {
  pinThis(ALL)
  const count = isSmall ? 1000 : 10_000
  const { port, pid, filled } = await startHardened(folder, async (people) => people.add('verified', 1))
  const [known = ''] = filled
  const device = await deviceOf(port, known)
  const idle = memoryOf(pid)
  const lines = await openAll(port, count)
  const memory = { most: 0, isOver: false }
  const watching = watch(pid, memory)
  const answers = Promise.all(lines.map(async (line) => askOnce(line, freshEmail())))
  const logins = await logKnownIn(port, known, device)
  const all = await answers
  memory.isOver = true
  await watching
  for (const line of lines) line.close()
  return { rows: rowsOf(all, logins, { idle, most: memory.most }) }
}

/** The cookie by which a person's device is known from now on. */
async function deviceOf(/** @type {number} */ port, /** @type {string} */ email) {
  const line = await Line.open(port)
  const { text } = await line.ask(requestOf('POST /sessions', { email, password: RIGHT }, [fromAnywhere()]))
  line.close()
  return /__Host-device=[^;]+/.exec(text)?.[0] ?? ''
}

/** Opens connections, some hundred at a time. */
async function openAll(/** @type {number} */ port, /** @type {number} */ count) {
  const lines = []
  while (lines.length < count) {
    const next = Math.min(AT_ONCE, count - lines.length)
    lines.push(...(await Promise.all(Array.from({ length: next }, async () => Line.open(port)))))
  }
  return lines
}

/**
 * Tries to log in as somebody who does not exist.
 * @param {Line} line - A connection.
 * @param {string} email - Whose.
 * @returns {Promise<Answer>} What came back.
 */
async function askOnce(line, email) {
  const { text, ms } = await line.ask(requestOf('POST /sessions', { email, password: WRONG }, [fromAnywhere()]))
  return { status: Number(text.slice(9, 12)), ms, says: /^retry-after: \d+/im.test(text) }
}

/** Notes the most memory that the service holds, until told that it is over. */
async function watch(/** @type {number} */ pid, /** @type {{most: number, isOver: boolean}} */ memory) {
  while (!memory.isOver) {
    Object.assign(memory, { most: Math.max(memory.most, memoryOf(pid)) })
    await pause(LOOK_MS)
  }
}

/** Logs a person in from a known device, again and again: how often that went well, and how long it took. */
async function logKnownIn(/** @type {number} */ port, /** @type {string} */ email, /** @type {string} */ device) {
  const times = []
  for (let login = 0; login < KNOWN_LOGINS; login++) {
    const line = await Line.open(port)
    const headers = [fromAnywhere(), `Cookie: ${device}`]
    const { text, ms } = await line.ask(requestOf('POST /sessions', { email, password: RIGHT }, headers))
    line.close()
    if (text.startsWith('HTTP/1.1 200')) times.push(ms)
  }
  return times
}

/** The rows. */
function rowsOf(
  /** @type {readonly Answer[]} */ all,
  /** @type {readonly number[]} */ logins,
  /** @type {{idle: number, most: number}} */ memory,
) {
  const what = `${all.length.toLocaleString('en')} logins at once, each from its own source (hardened)`
  return [
    ...queueRows(what, all),
    {
      what: `${what}: memory at the most`,
      against: 'before them',
      theirs: megabytes(memory.idle),
      figure: memory.most,
      unit: 'MB',
      bar: { most: 640 },
      note: 'all processes (PSS); 128 MB of it are two argon2id hashes at work, the rest of the growth is open connections',
    },
    {
      what: `${what}: logins from a known device meanwhile`,
      against: 'all of them',
      ours: `${logins.length}, in ${milliseconds(quantile(logins, 0.5))} (median)`,
      theirs: String(KNOWN_LOGINS),
      figure: logins.length / KNOWN_LOGINS,
      bar: { least: 1, slack: 1 },
    },
  ]
}

/** The rows of who was served and who was not. */
function queueRows(/** @type {string} */ what, /** @type {readonly Answer[]} */ all) {
  const told = all.filter(({ status, says }) => status === BUSY && says).length
  const served = all.filter(({ status }) => status === 401).map(({ ms }) => ms)
  return [
    {
      what: `${what}: served, or told with 503 when to come again`,
      against: 'all of them',
      ours: `${served.length} served, ${told.toLocaleString('en')} told`,
      theirs: all.length.toLocaleString('en'),
      figure: served.length === 0 ? 0 : (told + served.length) / all.length,
      bar: { least: 1, slack: 1 },
    },
    {
      what: `${what}: the longest wait of one that was served`,
      against: 'the median',
      theirs: milliseconds(quantile(served, 0.5)),
      figure: Math.max(...served),
      unit: 'ms',
      bar: { most: 7000 },
      note: 'the queue is for 5 s; the rest is the arrival of all the others, and the second at whose end a refusal is answered',
    },
  ]
}

/** The topic. */
export const waiting = { name: 'waiting', isShort: false, measure }
