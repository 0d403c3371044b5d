/** Answers to what is no request: bytes that are not HTTP, headers without end, requests too slow, methods nobody knows. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ConnectionError } from 'fastify'
import { problem } from './errors.ts'
import type { Problem } from './errors.ts'
import type { HttpErrorCode } from './refusals.ts'

type Headers = Readonly<Record<string, string>>

const CODES: Readonly<Record<string, HttpErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'http.timeout',
  HPE_HEADER_OVERFLOW: 'http.headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'http.too_large',
}
const ALLOW = { allow: 'GET, HEAD, POST, PUT, DELETE' }
const UNKNOWN_METHOD = /^[\w!#$%&'*+.^`|~-]+ \S+ HTTP\/1\.[01]\r\n/ // any token of RFC 9110 may name a method

const LINGER_MS = 2000

const answered = new WeakSet<Duplex>()

/** Answers an error of the parser, which no hook ever sees, and closes the connection. `always` are the headers of every answer. */
export function onGarbage(always: Headers): (error: ConnectionError, socket: Duplex) => void {
  return (error, socket) => {
    if (answered.has(socket)) return // the parser stumbles again over each further piece
    if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
      socket.destroy()
      return
    }
    const packet = error.rawPacket as unknown as Buffer | undefined // Fastify declares the form that it has in JSON
    const start = packet?.subarray(0, 256).toString('latin1') ?? ''
    const unknownMethod = error.code === 'HPE_INVALID_METHOD' && UNKNOWN_METHOD.test(start)
    if (unknownMethod) say(socket, problem('http.method_not_allowed'), { ...always, ...ALLOW })
    else say(socket, problem(CODES[error.code] ?? 'http.invalid_request'), always)
  }
}

/** Answers what Node would answer by itself, without our headers: tunnels, and expectations other than 100-continue. */
export function listenForOddities(server: Server, always: Headers): void {
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    say(socket, problem('http.method_not_allowed'), { ...always, ...ALLOW })
  })
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const { status, headers, body } = problem('http.unsupported_expectation')
    response.writeHead(status, { ...always, ...headers, connection: 'close' }).end(body)
  })
}

/** Writes an answer as bytes, where there is no response object to write to, and parts with the connection. */
function say(socket: Duplex, { status, headers, body }: Problem, more: Headers): void {
  const all = {
    ...more,
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  answered.add(socket)
  socket.on('error', () => socket.destroy()) // nobody else listens once a socket has left HTTP: a reset would end the process
  socket.end(`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`)
  linger(socket)
}

/**
 * Throws away what still comes, for a moment, then lets go. Closing over unread bytes would reset the connection, and the answer
 * be lost; waiting for the other side to close would let it keep the connection, and our end, for ever.
 */
function linger(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => {
    clearTimeout(timer)
  })
  socket.resume()
}
