/** Attacks with the connection itself: reset, held open, never finished. The service neither falls nor keeps it. */
import { setTimeout as pause } from 'node:timers/promises'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { startTestService } from '../support/service.ts'
import type { TestService } from '../support/service.ts'

const NO_REQUESTS: readonly (readonly [string, string])[] = [
  ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['garbage', '\0\0\0\0'],
  ['headers without end', `GET / HTTP/1.1\r\nX-A: ${'a'.repeat(20_000)}\r\n`],
  ['an unknown method', 'BREW / HTTP/1.1\r\n\r\n'],
  ['an unknown expectation', 'POST / HTTP/1.1\r\nHost: localhost\r\nExpect: x\r\nContent-Length: 9\r\n\r\n'],
]

/** Resolves when the socket is closed. (`once` would listen for errors too, and so hide that nobody else does.) */
async function goneOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('close', () => resolve())
  })
}

describe.each(databases)('connections on $name', ({ fresh }) => {
  let service: TestService
  const falls: unknown[] = []
  const opened: Socket[] = []
  const onFall = (error: unknown): void => void falls.push(error)

  beforeEach(async () => {
    falls.length = 0
    process.on('uncaughtException', onFall)
    service = await startTestService(fresh())
  })
  afterEach(async () => {
    for (const socket of opened.splice(0)) socket.destroy()
    await service.close()
    process.off('uncaughtException', onFall)
  })

  /** Both ends of a new connection. */
  async function open(): Promise<{ readonly ours: Socket; readonly theirs: Socket }> {
    const theirs = new Map<number | undefined, Socket>()
    const note = (socket: Socket): void => void theirs.set(socket.remotePort, socket)
    service.app.server.on('connection', note)
    const ours = connect({ port: service.port, host: '127.0.0.1', allowHalfOpen: true })
    ours.on('error', () => ours.destroy())
    await once(ours, 'connect')
    while (!theirs.has(ours.localPort)) await once(service.app.server, 'connection')
    service.app.server.off('connection', note)
    opened.push(ours)
    return { ours, theirs: theirs.get(ours.localPort)! }
  }

  test.each(NO_REQUESTS)('%s and then a reset does not bring the service down', async (_name, bytes) => {
    const { ours, theirs } = await open()
    const gone = goneOf(theirs)
    ours.write(bytes)
    await once(ours, 'data')
    ours.resetAndDestroy()
    await gone
    expect(falls).toEqual([])
    expect((await service.send('GET', '/')).status).toBe(200)
  })

  test('who keeps a connection open after a refusal holds it for a moment alone', async () => {
    const kept = await Promise.all(
      NO_REQUESTS.map(async ([, bytes]) => {
        const { ours, theirs } = await open()
        const gone = goneOf(theirs)
        ours.write(bytes)
        await once(ours, 'data')
        ours.resume()
        return { ours, gone }
      }),
    )
    const patience = new AbortController()
    const all = Promise.all(kept.map(async ({ gone }) => gone)).then(() => 'let go')
    const late = pause(10_000, 'held still', { signal: patience.signal }).catch(() => 'not waited for')
    expect(await Promise.race([all, late])).toBe('let go')
    patience.abort()
    for (const { ours } of kept) ours.destroy()
  })

  test('garbage that goes on for ever is answered once, and cut off', async () => {
    const { ours, theirs } = await open()
    const gone = goneOf(theirs)
    let answer = ''
    ours.on('data', (chunk) => (answer += chunk.toString()))
    ours.on('drain', () => ours.write(Buffer.alloc(65_536)))
    ours.write(Buffer.alloc(1_000_000))
    await gone
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
    ours.destroy()
  })

  test('a request that is followed by garbage, and one that is left in the middle, harm nobody else', async () => {
    const request = 'GET /profile HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const login =
      'POST /sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 44\r\n\r\n{"email":'
    for (const bytes of [`${request}\0\0`, `${request}${request}BREW`, login, request.slice(0, 20)]) {
      const { ours, theirs } = await open()
      const gone = goneOf(theirs)
      ours.end(bytes, () => ours.resume())
      await gone
    }
    expect(falls).toEqual([])
    expect((await service.send('GET', '/')).status).toBe(200)
  })
})
