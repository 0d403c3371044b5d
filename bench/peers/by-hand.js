/**
 * The session check with nothing but Node: the same duties as GET /profile of the service, on the same database, written by hand.
 * `by-hand.js DATABASE [tuned]` listens on a free port and prints it: DATABASE is the file of SQLite, or the address of PostgreSQL, with the
 * secret in BIENVENUE_SECRET. Tuned, it does what the service does for speed: lines of the log gathered, rows of SQLite as lists. What the
 * service does beyond that is the price of its clarity.
 */
import { createHmac, createSecretKey, hkdfSync, randomUUID, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { DatabaseSync } from 'node:sqlite'
import { openLog } from '../../packages/server/dist/log.js'

const fromServer = createRequire(new URL('../../packages/server/package.json', import.meta.url))
const { pino } = fromServer('pino')
const POOL = 10 // as many connections as the service has

const [, , database = '', how] = process.argv
const isTuned = how === 'tuned'
const secret = process.env['BIENVENUE_SECRET'] ?? readFileSync(`${database}.secret`, 'utf8').trim()
const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'bienvenue tokens 1', 32)))
const QUERY =
  'select sessions.mac, sessions.used_at, sessions.idle_ms, sessions.expires_at, users.id, users.email from sessions join users on users.id = sessions.user_id where sessions.id = '
const find = database.startsWith('postgres:') ? onPostgres() : onSqlite()
const log = isTuned
  ? (await openLog({ log: { level: 'info' } })).log
  : pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: 1, sync: false }))
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
}

/**
 * A session by its id, from a file.
 * @returns {(id: string) => Record<string, unknown> | undefined} Finds it, at once.
 */
function onSqlite() {
  const statement = new DatabaseSync(database, { readOnly: true }).prepare(`${QUERY}?`)
  if (!isTuned) return (id) => statement.get(id)
  const names = statement.columns().map(({ name }) => name)
  statement.setReturnArrays(true)
  return (id) => {
    const values = /** @type {unknown[] | undefined} */ (/** @type {unknown} */ (statement.get(id)))
    if (values === undefined) return undefined
    /** @type {Record<string, unknown>} */
    const row = { id }
    for (let index = 0; index < names.length; index++) row[names[index] ?? ''] = values[index]
    return row
  }
}

/**
 * A session by its id, from a server.
 * @returns {(id: string) => Promise<Record<string, unknown> | undefined>} Finds it.
 */
function onPostgres() {
  const pool = new (fromServer('pg').Pool)({ connectionString: database, max: POOL })
  return async (id) => (await pool.query({ name: 'find', text: `${QUERY}$1`, values: [id] })).rows[0]
}

/**
 * The email of the person whose live session this is, or null.
 * @param {string | undefined} cookies - The header Cookie.
 * @returns {Promise<string | null>} The email.
 */
async function whoIs(cookies) {
  const [, id, given] = /(?:^|; )session_id=([0-9a-f-]{36})\.([A-Za-z0-9_-]{43})(?:;|$)/.exec(cookies ?? '') ?? []
  const row = id === undefined ? undefined : await find(id)
  if (row === undefined) return null
  const mac = Buffer.from(createHmac('sha256', key).update(`session:${row.id}:${id}:${given}`).digest('base64url'))
  const now = Date.now()
  const stored = Buffer.from(String(row.mac))
  const genuine = mac.length === stored.length && timingSafeEqual(mac, stored)
  return genuine && now < Number(row.expires_at) && now < Number(row.used_at) + Number(row.idle_ms)
    ? String(row.email)
    : null
}

const server = createServer(async (request, response) => {
  const start = performance.now()
  const id = randomUUID()
  const local = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(request.headers.host ?? '')
  const email =
    local && request.method === 'GET' && request.url === '/profile' ? await whoIs(request.headers.cookie) : null
  const body = JSON.stringify(email === null ? { status: 403 } : { email })
  response.writeHead(email === null ? 403 : 200, {
    ...HEADERS,
    'x-request-id': id,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body, () => {
    log.info(
      {
        reqId: id,
        method: request.method,
        path: '/profile',
        status: response.statusCode,
        ms: performance.now() - start,
        source: request.socket.remoteAddress,
      },
      'answered',
    )
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stderr.write(`listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`)
})
