/** Bodies as a whole: their type, their charset, their size. The caller always gets to read the refusal. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './support/databases.ts'
import { requestBytes, sendBytes, sendThenRead } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const MEGABYTES = 3_000_000
const JSON_BODY = JSON.stringify({ email: 'typed@example.com', password: 'p' })
const MULTIPART = '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\ntyped@example.com\r\n--x--\r\n'

/** The same bytes in pieces, as a client sends them that does not know how many there will be. */
function chunked(body: Buffer, size = 65_536): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < body.length; at += size) {
    const piece = body.subarray(at, at + size)
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')])
}

describe.each(databases)('bodies on $name', ({ fresh }) => {
  let service: TestService

  beforeAll(async () => {
    service = await startTestService(fresh())
  })
  afterAll(async () => {
    await service.close()
  })

  async function expectNobody(): Promise<void> {
    expect(await service.auth.users.findByEmail('typed@example.com')).toBeNull()
    expect((await service.send('GET', '/')).status).toBe(200)
  }

  test.each([
    ['text/plain', JSON_BODY],
    ['text/plain;charset=utf-8', JSON_BODY],
    ['text/json', JSON_BODY],
    ['application/json5', JSON_BODY],
    ['application/vnd.api+json', JSON_BODY],
    ['application/problem+json', JSON_BODY],
    ['application/json, text/plain', JSON_BODY],
    ['application/json; charset=latin1', JSON_BODY],
    ['application/json; charset=utf-16', JSON_BODY],
    ['application/json; charset=utf-7', JSON_BODY],
    ['application/json; boundary=x', JSON_BODY],
    ['application/json; charset=utf-8; charset=latin1', JSON_BODY],
    ['application/x-www-form-urlencoded; charset=iso-8859-1', 'email=typed@example.com&password=p'],
    ['application/x-www-form-urlencoded, application/json', JSON_BODY],
    ['multipart/form-data; boundary=x', MULTIPART],
    ['multipart/form-data', MULTIPART],
    ['application/xml', '<email>typed@example.com</email>'],
    ['application/octet-stream', JSON_BODY],
    ['*/*', JSON_BODY],
    ['json', JSON_BODY],
    [';;;', JSON_BODY],
    ['', JSON_BODY],
    ['__proto__', JSON_BODY],
  ])('a body of type %j is refused with 415 and changes nothing [ASVS 3.5.1]', async (type, body) => {
    for (const path of ['/users', '/sessions', '/reset_password']) {
      const answer = await service.send('POST', path, { body, headers: { 'content-type': type } })
      expect([answer.status, answer.headers['content-type']]).toEqual([415, 'application/problem+json'])
      expect(answer.json).toMatchObject({
        code: 'http.unsupported_type',
        detail: expect.stringContaining('application/json'),
      })
    }
    await expectNobody()
  })

  test('a body without a type is refused with 415', async () => {
    expect((await service.send('POST', '/users', { body: JSON_BODY })).status).toBe(415)
    await expectNobody()
  })

  test('utf-8 may be named, in any case, with or without quotes', async () => {
    const types = [
      'application/json',
      'application/json; charset=utf-8',
      'APPLICATION/JSON;CHARSET="UTF-8"',
      'application/json;',
      'application/json ; charset=UTF-8',
    ]
    const statuses = await Promise.all(
      types.map(async (type, at) => {
        const body = JSON.stringify({ email: `type${at}@example.com`, password: 'p' })
        return (await service.send('POST', '/users', { body, headers: { 'content-type': type } })).status
      }),
    )
    expect(statuses).toEqual([200, 200, 200, 200, 200])
  })

  test('a compressed body is not unpacked', async () => {
    const answer = await service.send('POST', '/users', {
      body: Buffer.from('1f8b0800', 'hex'),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    })
    expect([answer.status, answer.json]).toEqual([400, expect.objectContaining({ code: 'http.invalid_body' })])
  })

  test.each(['application/json', 'application/x-www-form-urlencoded'])(
    '16 KB of %s are read, one byte more is not',
    async (type) => {
      const body = (length: number): string =>
        (type.endsWith('json') ? JSON_BODY : 'email=typed@example.com&x=').padEnd(
          length,
          type.endsWith('json') ? ' ' : 'x',
        )
      const statuses = [16_384, 16_385].map(
        async (length) =>
          (await service.send('POST', '/sessions', { body: body(length), headers: { 'content-type': type } })).status,
      )
      expect(await Promise.all(statuses)).toEqual([type.endsWith('json') ? 401 : 400, 413])
    },
  )

  test.each([
    ['application/json', 'keep-alive'],
    ['application/json', 'close'],
    ['application/x-www-form-urlencoded', 'close'],
  ])(
    '3 MB of %s are refused with 413 that reaches also clients who first send everything (connection: %s)',
    async (type, connection) => {
      const big = Buffer.alloc(MEGABYTES, 'a')
      for (const [framing, body] of [
        [`Content-Length: ${MEGABYTES}`, big],
        ['Transfer-Encoding: chunked', chunked(big)],
      ] as const) {
        const lines = [`Connection: ${connection}`, `Content-Type: ${type}`, framing]
        const head = `POST /users HTTP/1.1\r\nHost: 127.0.0.1:${service.port}\r\n${lines.join('\r\n')}\r\n\r\n`
        const answer = await sendThenRead(service.port, Buffer.concat([Buffer.from(head), body]))
        expect(answer).toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n/)
        expect(answer).toContain('"code":"http.too_large"')
      }
      await expectNobody()
    },
  )

  test.each([
    ['a path that is not there', 'POST /nowhere HTTP/1.1', 404],
    ['a wrong type', 'POST /users HTTP/1.1', 415],
    ['a method that is not taken', 'PATCH /users HTTP/1.1', 405],
    ['a GET', 'GET /profile HTTP/1.1', 403],
    ['an expectation that we do not know', 'POST /users HTTP/1.1\r\nExpect: nonsense', 417],
  ])('3 MB with %s are refused so that the caller can read it', async (_name, line, status) => {
    const head = requestBytes(service.port, line, ['Content-Type: text/plain', `Content-Length: ${MEGABYTES}`])
    const answer = await sendThenRead(service.port, Buffer.concat([Buffer.from(head), Buffer.alloc(MEGABYTES, 'a')]))
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })

  test('a claimed length of many terabytes takes no memory, and is refused at once', async () => {
    const answer = await sendBytes(
      service.port,
      requestBytes(
        service.port,
        'POST /users HTTP/1.1',
        ['Content-Type: application/json', 'Content-Length: 99999999999999'],
        '{',
      ),
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('chunk extensions without end are cut off', async () => {
    const body = `2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`
    const answer = await sendBytes(
      service.port,
      requestBytes(
        service.port,
        'POST /users HTTP/1.1',
        ['Content-Type: application/json', 'Transfer-Encoding: chunked'],
        body,
      ),
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('a form of thousands of fields, and JSON of thousands of members, are refused in a moment', async () => {
    const form = Array.from({ length: 4000 }, (_, at) => at.toString(36)).join('&')
    const members = `{${Array.from({ length: 1800 }, (_, at) => `"${at}":1`).join()}}`
    const started = performance.now()
    expect(
      (
        await service.send('POST', '/users', {
          body: form,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        })
      ).status,
    ).toBe(400)
    expect(
      (await service.send('POST', '/users', { body: members, headers: { 'content-type': 'application/json' } })).status,
    ).toBe(400)
    expect(performance.now() - started).toBeLessThan(500)
  })
})
