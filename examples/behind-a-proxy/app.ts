/**
 * An app behind the same proxy as the service: it hands the visitor's cookie on, and the service says who that is.
 * Run it with `examples/try.sh behind-a-proxy`.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'

const SERVICE = 'http://127.0.0.1:5000' // inside, not through the proxy
const login = readFileSync(new URL('../login.html', import.meta.url))

/** Who sent this request, or null for a stranger. Throws where the service gives no clear answer. */
async function whoAsks({ headers }: IncomingMessage): Promise<{ id: number; email: string } | null> {
  const answer = await fetch(`${SERVICE}/session`, { headers: { cookie: headers.cookie ?? '' } })
  if (answer.status === 401) return null
  if (!answer.ok) throw new Error(`the service answered ${String(answer.status)}`)
  return (await answer.json()) as { id: number; email: string }
}

/** Greets whoever is logged in, and shows the others the way. */
async function greet(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const person = await whoAsks(request)
  response.setHeader('cache-control', 'no-store')
  if (person === null) response.writeHead(302, { location: '/login?next=/' }).end()
  else response.setHeader('content-type', 'text/plain; charset=utf-8').end(`Hello ${person.email}\n`)
}

createServer((request, response) => {
  if (request.url === '/') greet(request, response).catch(() => response.writeHead(503).end('Try again soon.\n'))
  else if (request.url?.split('?')[0] === '/login')
    response
      .writeHead(200, { 'content-type': 'text/html', 'content-security-policy': "frame-ancestors 'none'" })
      .end(login)
  else response.writeHead(404).end()
}).listen(3000, '127.0.0.1')
