/** Input at random, as bytes and as fields: whatever comes, the service answers in its own words and goes on. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { sendThenRead, sessionOf } from '../support/http.ts'
import { startTestService } from '../support/service.ts'
import type { TestService } from '../support/service.ts'

const BOB = { email: 'bob@example.com', password: 'p' }

describe.each(databases)('random input on $name', ({ fresh }) => {
  let service: TestService
  let session = ''

  beforeAll(async () => {
    service = await startTestService(fresh())
    await service.send('POST', '/users', { form: BOB })
    session = sessionOf(await service.send('POST', '/sessions', { form: BOB })) ?? ''
  })
  afterAll(async () => {
    await service.close()
  })

  test('bytes at random are answered with a refusal or not at all, and the service goes on [ASVS 16.5.4]', async () => {
    const pieces = fc.oneof(
      fc.constantFrom(
        'GET ',
        'POST ',
        '/users',
        '/',
        ' HTTP/1.1',
        '\r\n',
        '\r\n\r\n',
        'Host: localhost',
        'Content-Length: 5',
        'Transfer-Encoding: chunked',
        'Expect: ',
        'Connection: upgrade',
        'Upgrade: x',
        'CONNECT a:1',
        '0\r\n',
        ': ',
        '\n',
        '\0',
      ),
      fc.string({ unit: 'binary-ascii', maxLength: 20 }),
    )
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((all) => Buffer.from(all)),
      fc.array(pieces, { maxLength: 20 }).map((all) => Buffer.from(all.join(''), 'latin1')),
    )
    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        const answer = await sendThenRead(service.port, sent)
        expect(answer).toMatch(/^(?:HTTP\/1\.1 [1234]\d\d |$)/)
        expect(answer).not.toMatch(/FST_|fastify/i)
      }),
      { numRuns: 300, interruptAfterTimeLimit: 5000 },
    )
    expect((await service.send('GET', '/profile', { session })).json).toEqual({ email: BOB.email })
  })

  test('JSON and forms at random are answered with a status that says what is wrong, never 500', async () => {
    const { length } = await service.auth.users.list(0, 100)
    const field = fc.constantFrom('email', 'password', 'reset_token', 'new_password', 'remember', '__proto__', 'x')
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue(), fc.constantFrom(BOB.email, 'yes'))
    const fields = fc.dictionary(field, value, { maxKeys: 5, noNullPrototype: true })
    const route = fc.constantFrom(
      ['POST', '/users'],
      ['POST', '/sessions'],
      ['POST', '/reset_password'],
      ['PUT', '/reset_password'],
      ['DELETE', '/sessions'],
    )
    await fc.assert(
      fc.asyncProperty(route, fields, async ([method = '', path = ''], json) => {
        const { status, text } = await service.send(method, path, {
          json: { ...json, ...(path === '/users' && { email: 'no email' }) },
        })
        expect([200, 400, 401, 403]).toContain(status)
        expect(text).not.toMatch(/FST_|zod|expected|undefined/i)
      }),
      { numRuns: 300, interruptAfterTimeLimit: 5000 },
    )
    expect(await service.auth.users.list(0, 100)).toHaveLength(length)
  })
})
