/**
 * Better Auth behind node:http, on a file of node:sqlite, with email and password: `server.js DATABASE [cookie-cache]`. It listens on a
 * free port and prints it. Its limits are off, as ours are in classic, and it reports to nobody.
 */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'

const [database = ':memory:', cache] = process.argv.slice(2)
const file = new DatabaseSync(database)
file.exec('pragma journal_mode = wal; pragma synchronous = full')
const server = createServer()
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
const address = server.address()
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
const options = {
  database: file,
  secret: randomBytes(32).toString('base64url'),
  baseURL: url,
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  session: { cookieCache: { enabled: cache === 'cookie-cache', maxAge: 3600 } },
}
const { runMigrations } = await getMigrations(options)
await runMigrations()
const handler = toNodeHandler(betterAuth(options))
server.on('request', (request, response) => void handler(request, response))
process.stdout.write(`listening on ${url}\n`)
