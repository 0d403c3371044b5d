/** The service as the benchmarks start it, people who log in there, and requests as bytes. */
import { join } from 'node:path'
import { launch } from './program.js'

const root = join(import.meta.dirname, '..')
const PROGRAM = join(root, 'packages/server/bin/bienvenue.js')
const BOB = { email: 'bob@example.com', password: 'MyPwdOfBob' }

/**
 * Starts the built service in classic, on a free port.
 * @param {string} database - Its address.
 * @param {import('./program.js').Where & {flags?: readonly string[], args?: readonly string[]}} where - Where it is to run, with flags of Node's own and more arguments.
 * @returns {Promise<import('./program.js').Program>} The program.
 */
export async function startService(database, { flags = [], args = [], ...where }) {
  const serve = [PROGRAM, 'serve', '--port', '0']
  return launch([process.execPath, ...flags, ...serve, ...args], {
    ...where,
    env: { ...where.env, DATABASE_URL: database },
  })
}

/**
 * Registers Bob, unless he is there, and logs him in: the cookies that came of it.
 * @param {number} port - Where the service listens.
 * @param {Record<string, string>} who - The fields of the forms.
 * @param {{register: string, logIn: string}} routes - Where people register and log in.
 * @returns {Promise<string>} The value of a header Cookie.
 */
export async function logIn(port, who = BOB, routes = { register: '/users', logIn: '/sessions' }) {
  const post = async (/** @type {string} */ path) =>
    fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: new URLSearchParams(who) })
  await (await post(routes.register)).text()
  return cookiesOf(await post(routes.logIn))
}

/**
 * The cookies that an answer sets, as a browser sends them back.
 * @param {Response} answer - The answer.
 * @returns {string} The value of a header Cookie.
 */
export function cookiesOf(answer) {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

/**
 * The bytes of a GET.
 * @param {string} path - The path.
 * @param {string} cookies - The value of its header Cookie.
 * @returns {string} The request.
 */
export function get(path, cookies) {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${cookies}\r\n\r\n`
}

/**
 * The bytes of a POST with a form.
 * @param {string} path - The path.
 * @param {Record<string, string>} form - The fields.
 * @returns {string} The request.
 */
export function post(path, form) {
  const body = new URLSearchParams(form).toString()
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}
