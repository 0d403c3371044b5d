/** A constant answer from bare node:http: what the runtime itself costs. It listens on a free port and prints it. */
import { createServer } from 'node:http'

const BODY = JSON.stringify({ email: 'bob@example.com' })
const HEADERS = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(BODY) }

const server = createServer((_request, response) => {
  response.writeHead(200, HEADERS).end(BODY)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`)
})
