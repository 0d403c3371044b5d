/**
 * The service inside an Express 5 app: mounted before any body parser, with a page of the app's own that knows who is logged in.
 * Run it with `node examples/express.ts` after `npm run build`, then `curl http://127.0.0.1:5000/hello`.
 */
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openService, sessionTokenOf } from 'bienvenue'
import type { Session } from 'bienvenue'
import express from 'express'

const database = process.env['DATABASE_URL'] ?? 'sqlite:bienvenue.db'
const { auth, app, settings, close } = await openService({ database })
const site = express()
site.disable('x-powered-by')

/** Who sent this request, and with which session; null for a stranger. */
async function whoAsks({ headers }: IncomingMessage): Promise<Session | null> {
  return auth.sessions.find(sessionTokenOf(headers.cookie, settings))
}

site.get('/hello', async (request, response) => {
  const session = await whoAsks(request)
  response.json({ hello: session?.user.email ?? 'stranger' })
})

site.get('/until', async (request, response) => {
  const session = await whoAsks(request)
  if (session === null) response.status(401).json({ message: 'log in first' })
  else response.json({ email: session.user.email, until: session.expiresAt })
})

site.use((request, response) => {
  app.routing(request, response) // everything else, 404 included; what comes after this line is never reached
})

const server = site.listen(Number(process.env['PORT'] ?? 5000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${String((server.address() as AddressInfo).port)}`)
})

process.once('SIGTERM', () => {
  server.close(() => void close())
})
