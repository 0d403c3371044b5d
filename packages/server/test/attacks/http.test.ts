/** Attacks with what a request holds: text that leaks into headers and logs, redirects, names of the language. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { requestBytes, sendBytes, sessionOf } from '../support/http.ts'
import { startWith } from '../support/service.ts'
import type { TestService } from '../support/service.ts'

const BOB = { email: 'bob@example.com', password: 'p' }

describe.each(databases)('attacks over HTTP on $name', ({ fresh }) => {
  let service: TestService
  let session = ''

  beforeAll(async () => {
    ;({ service, session } = await startWith(BOB, fresh()))
  })
  afterAll(async () => {
    await service.close()
  })

  test('the length that an answer names is that of its body, also of bodies beyond ASCII [ASVS 4.2.2]', async () => {
    const email = 'me@bücher.example'
    const registered = await service.send('POST', '/users', { form: { email, password: 'p' } })
    expect([registered.json, registered.headers['content-length']]).toEqual([
      { email, message: 'user created' },
      String(Buffer.byteLength(registered.text)),
    ])
  })

  test('no field gets into a header of the answer [ASVS 1.2.1]', async () => {
    const evil = 'x\r\nSet-Cookie: session_id=evil\r\n\r\n'
    for (const field of ['email', 'password', 'remember', 'reset_token', 'new_password', evil]) {
      for (const [method, path] of [
        ['POST', '/users'],
        ['POST', '/sessions'],
        ['POST', '/reset_password'],
        ['PUT', '/reset_password'],
      ] as const) {
        const form = {
          email: BOB.email,
          password: 'x',
          reset_token: 'x',
          new_password: 'x',
          [field]: evil,
          ...(field === 'email' ? {} : { a: evil }),
        }
        const { headers } = await service.send(method, `${path}?${encodeURIComponent(evil)}`, { form })
        expect(JSON.stringify([headers['set-cookie'] ?? '', Object.keys(headers)])).not.toMatch(/evil/)
      }
    }
  })

  test('the redirect leads home and nowhere else, whatever the request suggests [ASVS 3.7.2]', async () => {
    const paths = [
      '/sessions?next=//evil.test',
      '/sessions/?url=https://evil.test&return_to=\\evil.test',
      '/sessions?redirect=javascript:alert(1)',
    ]
    for (const path of paths) {
      const own = sessionOf(await service.send('POST', '/sessions', { form: BOB })) ?? ''
      const headers = { referer: 'http://evil.test/', 'x-original-url': '//evil.test', 'x-rewrite-url': '/evil' }
      const answer = await service.send('DELETE', path, { session: own, headers })
      expect([answer.status, answer.headers.location]).toEqual([302, '/'])
    }
  })

  test('no field, header or cookie can change what all objects are [ASVS 15.3.6]', async () => {
    const bodies = [
      '{"__proto__":{"polluted":1},"email":"x","password":"y"}',
      '{"constructor":{"prototype":{"polluted":1}},"email":"x"}',
      '{"email":{"__proto__":{"polluted":1}}}',
    ]
    for (const body of bodies)
      expect(
        (await service.send('POST', '/sessions', { body, headers: { 'content-type': 'application/json' } })).status,
      ).toBeLessThan(500)
    for (const body of [
      '__proto__[polluted]=1&__proto__.polluted=1&__proto__=1',
      'constructor[prototype][polluted]=1',
    ]) {
      expect(
        (
          await service.send('POST', '/sessions', {
            body,
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          })
        ).status,
      ).toBe(400)
    }
    const lines = [
      '__proto__: polluted',
      'constructor: polluted',
      'Cookie: __proto__=polluted; constructor=x',
      `Cookie: session_id=${session}`,
    ]
    const answer = await sendBytes(
      service.port,
      requestBytes(service.port, 'GET /profile?__proto__[polluted]=1 HTTP/1.1', lines),
    )
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('a huge cookie is refused or ignored, and many small ones take no time', async () => {
    expect(
      (await service.send('GET', '/profile', { headers: { cookie: `session_id=${'a'.repeat(17_000)}` } })).status,
    ).toBe(431)
    expect(
      (await service.send('GET', '/profile', { headers: { cookie: `session_id=${'a'.repeat(15_000)}` } })).status,
    ).toBe(403)
    const started = performance.now()
    const cookie = `${'a=b; '.repeat(3000)}session_id=${session}`
    expect((await service.send('GET', '/profile', { headers: { cookie } })).status).toBe(200)
    expect((await service.send('GET', '/profile', { headers: { cookie: ';'.repeat(15_000) } })).status).toBe(403)
    expect(performance.now() - started).toBeLessThan(500)
  })

  test('nobody can write a line of his own into the log, nor a secret, nor what a terminal obeys [ASVS 16.4.1]', async () => {
    const at = service.logged.length
    const forged = '\n{"level":30,"msg":"forged"}\r\n\u001b[2J'
    await service.send('POST', '/users', { json: { email: `forged${forged}`, password: forged, [forged]: forged } })
    await service.send('POST', '/sessions', {
      form: { email: `forged${forged}`, password: 'forged' },
      headers: { 'user-agent': 'forged\u009b2J', 'x-request-id': 'forged', referer: 'forged' },
    })
    await service.send('GET', `/forged${encodeURIComponent(forged)}?forged=${encodeURIComponent(forged)}`)
    await sendBytes(service.port, 'FORGED /forged HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await sendBytes(service.port, '{"level":30,"msg":"forged"}\r\n\r\n')
    const lines = service.logged.slice(at)
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({
        level: 30,
        msg: 'answered',
        reqId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      })
    expect(lines.join('')).not.toMatch(/forged|\\u00(?:1|9)b/i)
  })
})
