/**
 * An app that knows nothing of the service: its proxy lets nobody through who is not logged in, and says in headers who it is.
 * It must be out of reach but for the proxy, so it listens on loopback alone. Run it with `examples/try.sh forward-auth`.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const login = readFileSync(new URL('../login.html', import.meta.url))

createServer(({ url, headers }, response) => {
  const [id, email] = [headers['x-user-id'], headers['x-user-email']]
  if (url?.split('?')[0] === '/login')
    response
      .writeHead(200, { 'content-type': 'text/html', 'content-security-policy': "frame-ancestors 'none'" })
      .end(login)
  else if (typeof id !== 'string' || typeof email !== 'string')
    response.writeHead(500).end('No proxy said who you are.\n') // never "nobody, so do as you like"
  else response.writeHead(200, { 'content-type': 'text/plain' }).end(`Hello ${email}, number ${id}, at ${url ?? ''}\n`)
}).listen(3000, '127.0.0.1')
