/**
 * The service inside an Express 5 app: mounted before any body parser, with a page of the app's own that knows who is logged in.
 * Run it with `node examples/express.ts` after `npm run build`, then `curl http://127.0.0.1:5000/hello`.
 */
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openService } from 'bienvenue'
import express from 'express'

const { auth, app, close } = await openService({ database: process.env['DATABASE_URL'] ?? 'sqlite:bienvenue.db' })
const site = express()
site.disable('x-powered-by')

/** The value of the session cookie, if exactly one came with the request: of two, neither counts, as in the service itself. */
function sessionId({ headers }: IncomingMessage): string | undefined {
  const found = [...(headers.cookie ?? '').matchAll(/(?:^|; ?)session_id=([^;]*)/g)]
  return found.length === 1 ? found[0]?.[1] : undefined
}

site.get('/hello', async (request, response) => {
  const user = await auth.getUserFromSessionId(sessionId(request))
  response.json({ hello: user?.email ?? 'stranger' })
})

site.get('/session', async (request, response) => {
  const session = await auth.sessions.find(sessionId(request)) // the session itself: whose it is, since when, until when
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
