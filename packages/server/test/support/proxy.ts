/** A reverse proxy in front of a service, over TLS or not, which adds, drops and changes what a test wants. */
import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { IncomingHttpHeaders, OutgoingHttpHeaders, RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const CERTIFICATES = join(import.meta.dirname, 'mail')

/** What a proxy does beyond passing on. */
export interface ProxyOptions {
  readonly tls?: boolean
  /** The path that is taken off the front. */
  readonly prefix?: string
  /** The headers of the request as they are passed on. */
  readonly headers?: (headers: IncomingHttpHeaders) => OutgoingHttpHeaders
  /** The headers of the answer as they are passed on. */
  readonly answerHeaders?: (headers: IncomingHttpHeaders) => OutgoingHttpHeaders
  /** Whether answers are kept, and given to whoever asks for the same path again. */
  readonly caches?: boolean
}

/** A running proxy. */
export interface TestProxy {
  readonly port: number
  /** The port of the service that it passes requests on to. */
  target: number
}

interface Kept {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: Buffer
}

/** What most proxies send along: who asked, and by which scheme. */
export function honest(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return { ...headers, 'x-forwarded-for': '198.51.100.7', 'x-forwarded-proto': 'https' }
}

/** Starts a proxy on a free port. It ends with the test. */
export async function startProxy(options: ProxyOptions = {}): Promise<TestProxy> {
  const proxy = { port: 0, target: 0 }
  const { prefix = '', caches = false } = options
  const kept = new Map<string, Kept>()
  const listener: RequestListener = (incoming, outgoing) => {
    const path = (incoming.url ?? '').slice(prefix.length)
    const give = ({ status, headers, body }: Kept): void => void outgoing.writeHead(status, headers).end(body)
    const known = kept.get(path)
    if (known !== undefined) {
      give(known)
      return
    }
    const headers = options.headers?.(incoming.headers) ?? incoming.headers
    const asked = request({
      host: '127.0.0.1',
      port: proxy.target,
      method: incoming.method,
      path,
      headers,
      agent: false,
    })
    asked.on('error', () => outgoing.writeHead(502).end())
    asked.on('response', (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        const passed = options.answerHeaders?.(answer.headers) ?? answer.headers
        const whole = { status: answer.statusCode ?? 500, headers: passed, body: Buffer.concat(chunks) }
        if (caches) kept.set(path, whole)
        give(whole)
      })
    })
    asked.end()
  }
  const read = (name: string): Buffer => readFileSync(join(CERTIFICATES, `${name}.pem`))
  const server =
    options.tls === true ? createTlsServer({ cert: read('here'), key: read('key') }, listener) : createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  proxy.port = (server.address() as AddressInfo).port
  return proxy
}
