/** The doors of bench/tells.js at which strangers may ask, and the kinds of accounts that they ask about there. */
import { randomBytes, randomUUID } from 'node:crypto'
import { fromAnywhere, requestOf } from './asker.js'
import { RIGHT, WRONG, freshEmail } from './tells-people.js'

/**
 * A try: an email, the request about it, and, where that is what is timed, the request behind it.
 * @typedef {{kind: string, email: string, request: string, behind?: string}} Try
 */

/**
 * A door. `lines` is how many tries are under way at a time, `together` how many connections send each of them at once, and `quietMs`
 * how long nothing is sent before each.
 * @typedef {{name: string, lines: number, together?: number, quietMs?: number, tries: Try[]}} Door
 */

const STATES = ['unknown', 'verified', 'pending', 'unverified', 'disabled', 'leaving']
const IMPORTED = ['bcrypt 12', 'cheap argon2id', 'no password', 'unusable hash']
const CLOSED = ['pending', 'unverified', 'disabled', 'leaving']
const BUT_RIGHT = ', right password'
const QUIET_MS = 25 // longer than a letter takes to leave
const FEWEST = 20 // from fewer nothing follows

/**
 * The tries of a door: each email of a kind is asked about several times, so that the first time and the next are mixed alike.
 * @param {import('./tells-people.js').People} people - Who is added to the database.
 * @param {number} count - How many tries of each kind.
 * @param {readonly string[]} labels - The kinds, each with what is to be said of it in the table.
 * @param {{each: number}} how - How often each email is asked about.
 * @param {(email: string, label: string) => string | {request: string, behind: string}} make - The request about an email.
 * @returns {Promise<Try[]>} The tries.
 */
async function triesOf(people, count, labels, { each }, make) {
  const lists = labels.map(async (label) => {
    const emails = await people.add(label.replace(BUT_RIGHT, ''), Math.ceil(count / each))
    return Array.from({ length: count }, (_, index) => {
      const email = emails[index % emails.length] ?? ''
      const made = make(email, label)
      return { kind: label, email, ...(typeof made === 'string' ? { request: made } : made) }
    })
  })
  return (await Promise.all(lists)).flat()
}

/**
 * A request from a source of its own: no guard stands before it, so what is timed is the way that a first try takes.
 * @param {string} route - Method and path.
 * @param {Record<string, string>} form - The fields.
 * @returns {string} The bytes.
 */
function fromOwnSource(route, form) {
  return requestOf(route, form, [fromAnywhere()])
}

/**
 * All doors, with the people for them put into the database.
 * @param {import('./tells-people.js').People} people - Who is added to the database.
 * @param {number} count - How many tries of each kind.
 * @param {number} slow - How many tries of each kind at the doors where a password is hashed.
 * @returns {Promise<Door[]>} The doors.
 */
export async function doorsFor(people, count, slow) {
  return [
    ...(await letterDoors(people, count, slow)),
    ...(await tokenDoors(people, count)),
    ...(await quietDoors(people, count, slow)),
    ...(await loginDoors(people, slow)),
  ]
}

/**
 * The doors at which strangers bring a letter about.
 * @param {import('./tells-people.js').People} people - Who is added to the database.
 * @param {number} count - How many tries of each kind.
 * @param {number} slow - How many where a password is hashed.
 * @returns {Promise<Door[]>} The doors.
 */
async function letterDoors(people, count, slow) {
  const doors = [
    { route: 'POST /reset_password', kinds: [...STATES, 'no password'], form: {}, times: count },
    { route: 'POST /email_verification', kinds: STATES, form: {}, times: count },
    { route: 'POST /users', kinds: STATES, form: { password: RIGHT }, times: slow },
  ]
  const open = doors.map(async ({ route, kinds, form, times }) => {
    const make = (/** @type {string} */ email) => fromOwnSource(route, { email, ...form })
    return { name: route, lines: 1, tries: await triesOf(people, times, kinds, { each: 2 }, make) }
  })
  return Promise.all(open)
}

/**
 * The same doors while nothing else goes on, each email once: what is timed is the request behind, which has to wait for what the first brought about.
 * @param {import('./tells-people.js').People} people - Who is added to the database.
 * @param {number} count - How many tries of each kind.
 * @param {number} slow - How many where a password is hashed.
 * @returns {Promise<Door[]>} The doors.
 */
async function quietDoors(people, count, slow) {
  const doors = [
    { route: 'POST /reset_password', kinds: ['unknown', 'verified', 'pending'], form: {}, times: count },
    { route: 'POST /users', kinds: ['unknown', 'verified'], form: { password: RIGHT }, times: slow },
  ]
  const open = doors.map(async ({ route, kinds, form, times }) => {
    const make = (/** @type {string} */ email) => ({
      request: fromOwnSource(route, { email, ...form }),
      behind: fromOwnSource('POST /reset_password', { email: freshEmail() }),
    })
    const tries = await triesOf(people, times, kinds, { each: 1 }, make)
    return { name: `the request behind ${route}`, lines: 1, quietMs: QUIET_MS, tries }
  })
  return Promise.all(open)
}

/**
 * The doors where a login is refused: one at a time, and several at once.
 * @param {import('./tells-people.js').People} people - Who is added to the database.
 * @param {number} count - How many tries of each kind.
 * @returns {Promise<Door[]>} The doors.
 */
async function loginDoors(people, count) {
  const make = (/** @type {string} */ email, /** @type {string} */ label) =>
    fromOwnSource('POST /sessions', { email, password: label.endsWith(BUT_RIGHT) ? RIGHT : WRONG })
  const labels = ['unknown', 'verified', 'disabled', ...IMPORTED, ...CLOSED.map((kind) => kind + BUT_RIGHT)]
  const doors = [{ name: 'POST /sessions', lines: 12, tries: await triesOf(people, count, labels, { each: 10 }, make) }]
  const few = Math.floor(count / 16)
  if (few < FEWEST) return doors
  const tries = await triesOf(people, few, ['unknown', 'verified', 'bcrypt 12'], { each: 2 }, make)
  return [...doors, { name: 'POST /sessions, five at once for one email', lines: 1, together: 5, tries }]
}

/**
 * The doors at which a token is tried: one that nobody has, and a live one of somebody else.
 * @param {import('./tells-people.js').People} people - Who is added to the database.
 * @param {number} count - How many tries of each kind.
 * @returns {Promise<Door[]>} The doors.
 */
async function tokenDoors(people, count) {
  const [owner = ''] = await people.add('verified', 1)
  const live = await people.addToken(owner)
  const nobodys = () => `${randomUUID()}.${randomBytes(32).toString('base64url')}`
  const make = (/** @type {() => string} */ token) => (/** @type {string} */ email) =>
    fromOwnSource('PUT /reset_password', { email, reset_token: token(), new_password: WRONG })
  const door = async (/** @type {string} */ name, /** @type {() => string} */ token) => ({
    name: `PUT /reset_password, ${name}`,
    lines: 1,
    tries: await triesOf(people, count, STATES, { each: 10 }, make(token)),
  })
  return [await door('a token that nobody has', nobodys), await door("somebody else's token", () => live)]
}
