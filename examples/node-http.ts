/**
 * The service inside a plain node:http server: the program answers what is its own, and hands everything else to the app.
 * Run it with `node examples/node-http.ts` after `npm run build`, then `curl http://127.0.0.1:5000/hello`.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openService } from 'bienvenue'

const { app, close } = await openService({ database: process.env['DATABASE_URL'] ?? 'sqlite:bienvenue.db' })

const server = createServer((request, response) => {
  if (request.url === '/hello') response.end('Hello from the program.\n')
  else app.routing(request, response) // reads the body itself, so nothing may have read it before
})
server.listen(Number(process.env['PORT'] ?? 5000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${String((server.address() as AddressInfo).port)}`)
})

process.once('SIGTERM', () => {
  server.close(() => void close())
})
