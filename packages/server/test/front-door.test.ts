/** Under which Host the service answers, and that classic refuses what came through a proxy. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openService } from '../src/service.ts'
import { databases } from './support/databases.ts'
import { requestBytes, send, sendBytes } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

/** The status of an answer that came as bytes. */
function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1])
}

describe.each(databases)('the front door on $name', ({ fresh }) => {
  let service: TestService

  beforeAll(async () => {
    service = await startTestService(fresh(), {
      http: { hosts: ['Id.Lan', '10.1.2.3', '2001:DB8::7', '[2001:db8::8]'] },
      service: { url: 'http://localhost:5000/auth' },
    })
  })
  afterAll(async () => {
    await service.close()
  })

  async function statusFor(line: string, lines: readonly string[] = []): Promise<number> {
    return statusOf(await sendBytes(service.port, requestBytes(service.port, line, lines)))
  }

  test.each([
    '127.0.0.1',
    '127.0.0.1:1',
    '127.1.2.3',
    'localhost',
    'LOCALHOST:5000',
    '[::1]',
    '[::1]:5000',
    '0.0.0.0',
    '0.0.0.0:5000',
    'id.lan',
    'ID.LAN:80',
    '10.1.2.3',
    '[2001:db8::7]:443',
    '[2001:db8:0::8]',
    '[::ffff:127.0.0.1]',
  ])('the Host %s is one of ours', async (host) => {
    expect(await statusFor('GET / HTTP/1.1', [`Host: ${host}`])).toBe(200)
  })

  test.each([
    ...[
      'evil.test',
      'evil.test:5000',
      'localhost.evil.test',
      'evil.localhost',
      '127.0.0.1.evil.test',
      '127.0.0.1.nip.io',
      'localhost.',
      'id.lan.evil.test',
    ],
    ...[
      '10.1.2.4',
      '169.254.169.254',
      '[::]',
      '[::2]',
      '[fe80::1]',
      '2130706433',
      '0x7f.1',
      '0177.0.0.1',
      '127.1',
      '0',
      '_',
      'bienvenue',
    ],
  ])('the Host %s, as of a name that was bound anew to this machine, is answered with 421', async (host) => {
    for (const line of [
      'GET /profile HTTP/1.1',
      'POST /users HTTP/1.1',
      'GET /nowhere HTTP/1.1',
      'OPTIONS / HTTP/1.1',
    ]) {
      const answer = await sendBytes(service.port, requestBytes(service.port, line, [`Host: ${host}`]))
      expect(statusOf(answer)).toBe(421)
      expect(answer).toContain('"code":"http.misdirected"')
      expect(answer).not.toContain(host === '_' || host === '0' ? '\0' : host)
    }
  })

  test.each([
    '',
    ' ',
    'local host',
    'localhost:abc',
    'localhost:123456',
    'localhost/',
    'user@localhost',
    'localhost#',
    'localhost,evil.test',
    '[localhost]',
    '[::1',
    'ſlocalhost',
  ])('the Host %j is no name, and is answered with 400', async (host) => {
    expect(await statusFor('GET / HTTP/1.1', [`Host: ${host}`])).toBe(400)
  })

  test.each([
    [['Host: localhost', 'Host: localhost']],
    [['Host: localhost', 'Host: evil.test']],
    [['Host: evil.test', 'host: localhost']],
    [['Host: localhost', 'X-A: b', 'HOST: localhost']],
  ])('two Hosts, %j, are two truths: 400', async (lines) => {
    expect(await statusFor('GET / HTTP/1.1', lines)).toBe(400)
  })

  test.each(['GET / HTTP/1.1', 'GET / HTTP/1.0', 'POST /users HTTP/1.1', 'GET /nowhere HTTP/1.1'])(
    '%s without a Host is answered with 400, in our words',
    async (line) => {
      const answer = await sendBytes(service.port, `${line}\r\nConnection: close\r\n\r\n`)
      expect(statusOf(answer)).toBe(400)
      expect(answer).toContain('"code":"http.invalid_request"')
      expect(answer).toContain('strict-transport-security: ')
    },
  )

  test.each([
    ['http://127.0.0.1:PORT/', 200],
    ['HTTP://127.0.0.1:PORT', 200],
    ['http://127.0.0.1:PORT?x=1', 200],
    ['http://127.0.0.1:PORT/profile', 403],
    ['http://127.0.0.1:PORT/nowhere', 404],
    ['http://127.0.0.1/', 400],
    ['http://localhost:PORT/', 400],
    ['http://evil.test/', 400],
    ['http://evil.test:PORT/', 400],
    ['http://127.0.0.1:PORT@evil.test/', 400],
    ['http://evil.test@127.0.0.1:PORT/', 400],
    ['http://127.0.0.1:PORT.evil.test/', 400],
    ['ftp://127.0.0.1:PORT/', 400],
    ['//evil.test/', 404],
  ])('the target %s is answered with %i', async (target, status) => {
    expect(await statusFor(`GET ${target.replace('PORT', String(service.port))} HTTP/1.1`)).toBe(status)
  })

  test('each request of a connection shows its own Host: one that was ours vouches for none that follows', async () => {
    const first = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${service.port}\r\n\r\n`
    const answer = await sendBytes(
      service.port,
      first + requestBytes(service.port, 'GET / HTTP/1.1', ['Host: evil.test']),
    )
    expect(answer.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 421'])
  })

  test('OPTIONS * asks for the whole server, and is refused as every other OPTIONS', async () => {
    const answer = await sendBytes(service.port, requestBytes(service.port, 'OPTIONS * HTTP/1.1'))
    expect(answer).toMatch(/^HTTP\/1\.1 405 .*\r\n(?:.*\r\n)*allow: GET, HEAD, POST, DELETE, PUT\r\n/)
  })

  test.each([
    'Forwarded: for=1.2.3.4',
    'FORWARDED:',
    'Via: 1.1 proxy',
    'via: 1.1 a',
    'X-Forwarded-For: 1.2.3.4',
    'x-FORWARDED-for:',
    'X-Forwarded-Host: localhost',
    'X-Forwarded-Proto: http',
    'X-Forwarded-Prefix: /x',
    'X-Forwarded-Anything: x',
  ])('a request with %s came from elsewhere: classic refuses it and says what to do', async (header) => {
    const answer = await sendBytes(service.port, requestBytes(service.port, 'GET / HTTP/1.1', [header]))
    expect(statusOf(answer)).toBe(403)
    expect(answer).toContain('"code":"http.forwarded_request"')
    expect(answer).toMatch(/classic.*BIENVENUE_TRUSTED_PROXIES/)
  })

  test('a forwarding header, or a second Host, is seen also behind 1,900 other headers', async () => {
    const many = Array<string>(1900).fill('a:b')
    expect(await statusFor('GET / HTTP/1.1', [...many, 'Via: 1.1 proxy'])).toBe(403)
    expect(await statusFor('GET / HTTP/1.1', [...many, 'Host: localhost', 'Host: evil.test'])).toBe(400)
  })
})

test('an app that is mounted in a server on all addresses answers on loopback alone in classic, unless told otherwise', async () => {
  for (const [classicAnywhere, expected] of [
    [false, 403],
    [true, 200],
  ] as const) {
    const { app, close } = await openService({ database: 'sqlite::memory:', settings: { http: { classicAnywhere } } })
    const server = createServer((request, response) => {
      Object.defineProperty(request.socket, 'localAddress', { value: '192.0.2.2' }) // as if reached by the network
      app.routing(request, response)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    expect((await send(port, 'GET', '/', { headers: { host: '192.0.2.2' } })).status).toBe(expected)
    server.close()
    await close()
  }
})
