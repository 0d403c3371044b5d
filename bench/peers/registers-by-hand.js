/**
 * Registrations with nothing but Node: `registers-by-hand.js DATABASE` takes POST /users on a database that the service has made, and
 * writes the same three rows (the person, the hash, an entry of the audit with its keyed hash) in one transaction, as durably. For each
 * line with a number that comes in, it does so many bare inserts of one row each, and prints how many milliseconds that took.
 */
import { createHmac, createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'

const HASH = '$2b$12$03faed36a9a409c534dd3ebf9be5645533b2eb030485a196a8f4a'
const key = createSecretKey(randomBytes(32))
const file = new DatabaseSync(process.argv[2] ?? '', { enableForeignKeyConstraints: true })
file.exec('pragma journal_mode = wal; pragma synchronous = full')
const addUser = file.prepare('insert into users (email, email_key, created_at) values (?, ?, ?) returning id')
const addPassword = file.prepare('insert into passwords (user_id, hash, set_at) values (?, ?, ?)')
const addEntry = file.prepare(
  "insert into audit (uid, at, event, user_id, source, request_id, method, times, facts, mac, key_id) values (?, ?, 'users.registered', ?, ?, ?, 'password', 1, '{}', ?, '0123456789ab')",
)

/**
 * Writes what a registration writes.
 * @param {string} email - Whose.
 * @param {string} source - From where.
 */
function register(email, source) {
  const now = Date.now()
  file.exec('begin immediate')
  const id = Number(addUser.get(email, email.toLowerCase(), now)?.['id'])
  addPassword.run(id, HASH, now)
  const uid = randomUUID()
  const mac = createHmac('sha256', key).update(`${uid}:${now}:${id}:${source}`).digest('base64url')
  addEntry.run(uid, now, id, source, randomUUID(), mac)
  file.exec('commit')
}

const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => (body += chunk))
  request.on('end', () => {
    const email = new URLSearchParams(body).get('email') ?? ''
    register(email, request.socket.remoteAddress ?? '')
    const answer = JSON.stringify({ email, message: 'user created' })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) })
    response.end(answer)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`)
})
for await (const line of createInterface({ input: process.stdin })) {
  const start = performance.now()
  for (let time = 0; time < Number(line); time++) {
    const email = `${randomUUID()}@example.com`
    addUser.get(email, email, Date.now())
  }
  process.stdout.write(`${performance.now() - start}\n`)
}
