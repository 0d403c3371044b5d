/** The others beside whom the service is measured: how each is started, and what its session check is. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { launch } from './program.js'
import { cookiesOf, get, logIn } from './service.js'

const PEERS = join(import.meta.dirname, 'peers')
const BETTER_AUTH = join(PEERS, 'better-auth')
const FLASK_PACKAGES = 'python3-flask python3-sqlalchemy python3-bcrypt gunicorn'
const GUNICORN = '/usr/bin/gunicorn'

/** A program that runs, and the request that is its session check. */
/** @typedef {{program: import('./program.js').Program, request: string}} Peer */

/** Where a peer is to run, and what is to be in its environment. */
/** @typedef {{folder: string, cores?: string, env?: Record<string, string>}} Place */

/**
 * The same duties by hand, on the database of the service.
 * @param {string} database - The path of that database, or its address with the secret in the environment.
 * @param {Place} place - Where it is to run.
 */
export async function startByHand(database, { folder, ...cores }, how = '') {
  return launch([process.execPath, join(PEERS, 'by-hand.js'), database, how], { cwd: folder, ...cores })
}

/** A constant answer. */
export async function startConstant(/** @type {Place} */ { folder, ...cores }) {
  return launch([process.execPath, join(PEERS, 'constant.js')], { cwd: folder, ...cores })
}

/**
 * Sees to it that Better Auth is there: it is installed for the benchmarks alone, from the lock beside its program.
 * @returns {string | null} Why it is not; null when it is.
 */
export function missingBetterAuth() {
  if (existsSync(join(BETTER_AUTH, 'node_modules/better-auth/package.json'))) return null
  console.log('installing Better Auth in bench/peers/better-auth')
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts'], { cwd: BETTER_AUTH, stdio: 'inherit' })
  return status === 0 ? null : 'Better Auth could not be installed: run `npm ci` in bench/peers/better-auth'
}

/** The folder of Better Auth's packages. */
export function betterAuthFolder() {
  return join(BETTER_AUTH, 'node_modules')
}

/**
 * Starts Better Auth with somebody who is logged in.
 * @param {Place & {cookieCache?: boolean}} place - Where it is to run, and whether its cookie may vouch for a session.
 * @returns {Promise<Peer>} It, and its session check.
 */
export async function startBetterAuth(place) {
  const program = await launchBetterAuth(place)
  const origin = `http://127.0.0.1:${program.port}`
  const answer = await fetch(`${origin}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email: 'bob@example.com', password: 'MyPwdOfBob', name: 'Bob' }),
  })
  if (!answer.ok) throw new Error(`Better Auth refused: ${await answer.text()}`)
  await answer.text()
  return { program, request: get('/api/auth/get-session', cookiesOf(answer)) }
}

/** Starts Better Auth with nobody in it. */
export async function launchBetterAuth(
  /** @type {Place & {cookieCache?: boolean}} */ { folder, cookieCache, ...cores },
) {
  const name = cookieCache === true ? 'cookie-cache' : 'no-cache'
  const args = [join(folder, `better-auth-${name}.db`), name]
  return launch([process.execPath, join(BETTER_AUTH, 'server.js'), ...args], { cwd: folder, ...cores })
}

/**
 * Whether the original can be started.
 * @returns {string | null} What is missing; null when nothing is.
 */
export function missingFlask() {
  const python = spawnSync('/usr/bin/python3', ['-c', 'import flask, sqlalchemy, bcrypt'])
  const isThere = python.status === 0 && existsSync(GUNICORN)
  return isThere ? null : `Flask is not here: apt-get install ${FLASK_PACKAGES}`
}

/**
 * Starts the original under gunicorn, one worker of one thread, among so many people; Bob, who is logged in, stands in their middle.
 * @param {Place & {people: number}} place - Where it is to run, and how many people there are.
 * @returns {Promise<Peer>} It, and its session check.
 */
export async function startFlask(place) {
  const program = await launchFlask(place)
  const cookies = await logIn(program.port)
  await (await fetch(`http://127.0.0.1:${program.port}/bench/fill`, { method: 'POST' })).text()
  return { program, request: get('/profile', cookies) }
}

/** Starts the original with half of these people. */
export async function launchFlask(/** @type {Place & {people: number}} */ { folder, people, ...cores }) {
  const options = ['--worker-class', 'gthread', '--threads', '1', '--workers', '1', '--bind', '127.0.0.1:0']
  return launch([GUNICORN, '--chdir', join(PEERS, 'flask'), ...options, 'app:app'], {
    cwd: folder,
    env: {
      BENCH_DATABASE: join(folder, `flask-${people}.db`),
      BENCH_PEOPLE: String(people),
      PYTHONDONTWRITEBYTECODE: '1',
    },
    ...cores,
  })
}
