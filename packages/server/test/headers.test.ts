/** The headers that every answer bears, whatever was asked, also where no route, no hook and no HTTP was reached. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './support/databases.ts'
import { expectHeaders, parse } from './support/headers.ts'
import { requestBytes, sendBytes, sessionOf } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const BOB = { email: 'bob@example.com', password: 'p' }
const TOO_SLOW_MS = 1000 + 5000 + 2000 // the setting, until Node looks, and a busy machine

describe.each(databases)('headers on $name', ({ fresh }) => {
  let service: TestService
  let session = ''

  beforeAll(async () => {
    service = await startTestService(fresh(), { http: { requestSeconds: 1 } })
    await service.send('POST', '/users', { form: BOB })
    session = sessionOf(await service.send('POST', '/sessions', { form: BOB })) ?? ''
  })
  afterAll(async () => {
    await service.close()
  })

  const login = `email=${BOB.email}&password=p`
  const asForm = ['Content-Type: application/x-www-form-urlencoded', `Content-Length: ${login.length}`]
  const answers: readonly (readonly [string, number, string, readonly string[], string?])[] = [
    ['a greeting', 200, 'GET / HTTP/1.1', []],
    ['HEAD', 200, 'HEAD / HTTP/1.1', []],
    ['HTTP/1.0', 200, 'GET / HTTP/1.0', []],
    ['health', 200, 'GET /healthz HTTP/1.1', []],
    ['readiness', 200, 'GET /readyz HTTP/1.1', []],
    ['a login', 200, 'POST /sessions HTTP/1.1', asForm, login],
    ['a registration that is refused', 400, 'POST /users HTTP/1.1', asForm, login],
    ['a wrong password', 401, 'POST /sessions HTTP/1.1', asForm, login.replace(/p$/, 'q')],
    ['nobody logged in', 403, 'GET /profile HTTP/1.1', []],
    ['a foreign request', 403, 'POST /users HTTP/1.1', ['Origin: null']],
    ['a forwarded request', 403, 'GET / HTTP/1.1', ['Via: 1.1 x']],
    ['an unknown path', 404, 'GET /nowhere HTTP/1.1', []],
    ['a broken path', 404, 'GET /% HTTP/1.1', []],
    ['a method that is not taken', 405, 'OPTIONS /users HTTP/1.1', []],
    ['a method that nobody knows', 405, 'BREW /users HTTP/1.1', []],
    ['another method that nobody knows', 405, 'brew-coffee /users HTTP/1.1', []],
    ['QUERY, which asks for a type', 405, 'QUERY /users HTTP/1.1', []],
    ['CONNECT', 405, 'CONNECT example.com:443 HTTP/1.1', []],
    [
      'a body that is too large',
      413,
      'POST /users HTTP/1.1',
      ['Content-Type: application/json', 'Content-Length: 99999'],
    ],
    ['a wrong type', 415, 'POST /users HTTP/1.1', ['Content-Type: text/plain', 'Content-Length: 1'], 'x'],
    ['an unknown expectation', 417, 'POST /users HTTP/1.1', ['Expect: nonsense', ...asForm], login],
    ['another Host', 421, 'GET / HTTP/1.1', ['Host: evil.test']],
    ['headers without end', 431, 'GET / HTTP/1.1', [`X-A: ${'a'.repeat(20_000)}`]],
    ['a path without end', 431, `GET /${'a'.repeat(20_000)} HTTP/1.1`, []],
    ['an upgrade that we do not offer', 200, 'GET / HTTP/1.1', ['Upgrade: h2c']],
  ]

  test.each(answers.map(([name, status, line, lines, body = '']) => [name, status, line, lines, body] as const))(
    'are on the answer to %s, %i [ASVS 3.4.1]',
    async (_name, status, line, lines, body) => {
      const { status: got, headers } = parse(
        await sendBytes(service.port, requestBytes(service.port, line, lines, body)),
      )
      expect(got).toBe(status)
      expectHeaders(headers)
      if (status >= 400) expect(headers.get('content-type')).toMatch(/^application\/(?:problem\+)?json$/)
      expect(headers.has('allow')).toBe(status === 405)
      expect(headers.has('www-authenticate')).toBe(status === 401)
    },
  )

  test.each([
    ['zeros', '\0\0\0\0\r\n\r\n'],
    ['a TLS handshake', Buffer.from('16030100a5010000a10303', 'hex')],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['SSH', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['a line of mail', 'EHLO example.com\r\n'],
    ['HTTP of another version', 'GET / HTTP/9.9\r\n\r\n'],
    ['no version', 'GET /\r\n\r\n'],
    ['line ends without CR', 'GET / HTTP/1.1\nHost: localhost\n\n'],
    ['raw bytes in the path', Buffer.from('GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n', 'latin1')],
  ])('are on the answer to %s, which is no HTTP/1.1 [ASVS 3.4.4]', async (_name, bytes) => {
    const { status, headers, body } = parse(await sendBytes(service.port, bytes))
    expect(status).toBe(400)
    expectHeaders(headers)
    expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'http.invalid_request' })
    expect(headers.get('content-length')).toBe(String(body.length))
  })

  test('are on the 408 that cuts off what is too slow, in good time: headers, a body, or not a single byte', async () => {
    const head = `POST /users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n`
    const slow = ['GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ', `${head}{`, '']
    const answers = await Promise.all(slow.map(async (bytes) => sendBytes(service.port, bytes, TOO_SLOW_MS)))
    for (const { status, headers } of answers.map(parse)) {
      expect(status).toBe(408)
      expectHeaders(headers)
    }
  })

  test.each([302, 303])('are on the redirect %i', async (status) => {
    const lines = [`Cookie: session_id=${session}`, ...(status === 303 ? ['Sec-Fetch-Mode: cors'] : [])]
    const { headers, ...answer } = parse(
      await sendBytes(service.port, requestBytes(service.port, 'DELETE /sessions HTTP/1.1', lines)),
    )
    session = sessionOf(await service.send('POST', '/sessions', { form: BOB })) ?? ''
    expect(answer.status).toBe(status)
    expectHeaders(headers)
  })

  test('are on the page, with a policy that lets its own script and style run once, and nothing else [ASVS 3.4.3]', async () => {
    const ask = async (): Promise<ReturnType<typeof parse>> =>
      parse(
        await sendBytes(
          service.port,
          requestBytes(service.port, 'GET / HTTP/1.1', ['Accept: text/html,application/xhtml+xml,*/*;q=0.8']),
        ),
      )
    const { status, headers, body } = await ask()
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(headers.get('vary')?.split(', ')).toContain('accept')
    expectHeaders(headers, true)
    const nonceOf = (all: ReadonlyMap<string, string>): string =>
      /script-src 'nonce-([^']{22,})'/.exec(all.get('content-security-policy') ?? '')?.[1] ?? ''
    expect(body).toContain(`nonce="${nonceOf(headers)}"`)
    expect(nonceOf((await ask()).headers)).not.toBe(nonceOf(headers))
  })

  test.each([
    ['*/*', 'application/json'],
    ['application/json, text/html', 'application/json'],
    ['text/html, application/json;q=0.9', 'text/html; charset=utf-8'],
    ['image/png', 'application/json'],
    [`${'a/b,'.repeat(3000)}text/html`, 'text/html; charset=utf-8'],
    [`text/html;${' '.repeat(15_000)}x`, undefined],
  ])('with Accept: %.40s the greeting is %s, and says that it depends on that', async (accept, type) => {
    const started = performance.now()
    const { status, headers } = await service.send('GET', '/', { headers: { accept } })
    expect(performance.now() - started).toBeLessThan(500)
    expect([status, headers.vary?.split(', ')]).toEqual([200, expect.arrayContaining(['accept'])])
    if (type !== undefined) expect(headers['content-type']).toBe(type)
  })
})
