/** Input at random, as bytes and as fields: whatever comes, the service answers in its own words and goes on. */
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { sendThenRead } from '../support/http.ts'
import { startWith } from '../support/service.ts'
import type { TestService } from '../support/service.ts'
import { ROUTES } from './routes.ts'
import { PHRASE, worlds } from './worlds.ts'
import type { World } from './worlds.ts'

const TIME_MS = 8000
const HANGS_MS = 10_000

const BOB = { email: 'bob@example.com', password: 'p' }

describe.each(databases)('random input on $name', ({ fresh }) => {
  let service: TestService
  let session = ''

  beforeAll(async () => {
    ;({ service, session } = await startWith(BOB, fresh()))
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
        expect(answer).not.toMatch(/FST_ERR|fastify/i)
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
        expect(text).not.toMatch(/FST_ERR|ZodError|expected|undefined/)
      }),
      { numRuns: 300, interruptAfterTimeLimit: 5000 },
    )
    expect(await service.auth.users.list(0, 100)).toHaveLength(length)
  })
})

/** Text that may stand in a header or a path, and says nothing. */
const sign = fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code === 0x7f ? 0x7e : code)) // no client sends DEL
const latin = fc.string({ unit: sign, maxLength: 30 })

/** A header that the service or the framework may read, or one of a random name; none that frames the message. */
const headers = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      ...[
        'accept',
        'accept-language',
        'accept-encoding',
        'authorization',
        'content-encoding',
        'content-language',
        'cookie',
      ],
      ...[
        'content-disposition',
        'host',
        'if-none-match',
        'if-modified-since',
        'origin',
        'range',
        'referer',
        'user-agent',
        'via',
      ],
      ...[
        'sec-fetch-site',
        'sec-fetch-mode',
        'sec-fetch-dest',
        'forwarded',
        'x-forwarded-for',
        'x-forwarded-host',
        'x-real-ip',
      ],
      ...['x-http-method-override', 'x-request-id', 'traceparent', 'te', 'date', 'early-data', 'prefer'],
      ...['access-control-request-method', 'access-control-request-headers', 'x-user-id', 'constructor', 'toString'],
    ),
    fc.string({ unit: fc.constantFrom(...Array.from('abcxyz-_.!#$%&*+^`|~019')), minLength: 1, maxLength: 12 }),
  ),
  fc.oneof(
    latin,
    fc.constantFrom('', '*', '*/*', 'text/html', 'en', 'null', '127.0.0.1', 'localhost', 'same-origin', 'gzip, br'),
  ),
  { maxKeys: 6, noNullPrototype: true },
)
const type = fc.constantFrom(
  ...[
    'application/json',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-8',
    'text/plain',
    'multipart/form-data',
  ],
  ...['application/json; charset=utf-16', 'application/x-www-form-urlencoded; boundary=x', ';', 'APPLICATION/JSON'],
)
const names = fc.constantFrom(
  ...[
    'email',
    'password',
    'new_password',
    'reset_token',
    'token',
    'remember',
    'end_others',
    'others',
    'next',
    'id',
    'sure',
    'back',
    'language',
  ],
  ...['__proto__', 'constructor', 'x', '', '%', '%ff', '=', '&', '[]'],
)
const body = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text)),
  fc
    .dictionary(names, fc.jsonValue(), { maxKeys: 5, noNullPrototype: true })
    .map((fields) => Buffer.from(JSON.stringify(fields))),
  fc
    .array(fc.tuple(names, latin), { maxLength: 5 })
    .map((pairs) => Buffer.from(pairs.map((pair) => pair.join('=')).join('&'), 'latin1')),
)
const tail = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  latin.map((text) => `?${text}`),
  latin.map((text) => `/${text}`),
  latin,
)

describe.each(worlds)('every route with anything at random, $name', ({ start }) => {
  let service: World
  let session = ''

  beforeAll(async () => {
    service = await start()
    await service.settle('random@example.com')
    session = await service.logIn('random@example.com')
  })
  afterAll(async () => {
    await service.close()
  })

  test('whatever the headers, the body and the end of the path are, it answers in time and never 500, and goes on [ASVS 16.5.4]', async () => {
    const request = fc.record({ route: fc.constantFrom(...ROUTES), tail, headers, type, body, signedIn: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(request, async ({ route: [method, path], signedIn, ...sent }) => {
        const isLeaving =
          /^.(?:logout|users.me|account.delete)/.test(path) || (method === 'DELETE' && path === '/sessions')
        const answer = await Promise.race([
          service.send(method, `${path}${sent.tail}`, {
            headers: { ...(method !== 'GET' && { 'content-type': sent.type }), ...sent.headers },
            ...(method !== 'GET' && { body: sent.body }),
            ...(signedIn && !isLeaving && { session }),
          }),
          pause(HANGS_MS, null, { ref: false }),
        ])
        expect(answer, `${method} ${path} hangs`).not.toBeNull()
        expect(answer?.status, answer?.text).toBeLessThan(500)
        expect(answer?.text).not.toMatch(/FST_ERR|fastify|SQLITE|at .*\.[jt]s:\d/i)
      }),
      { numRuns: 1500, interruptAfterTimeLimit: TIME_MS },
    )
    expect(service.logged.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)).toEqual([])
    expect((await service.send('GET', '/healthz')).status).toBe(200)
    expect(await service.auth.validLogin('random@example.com', PHRASE)).toBe(true)
    expect((await service.send('GET', '/profile', { session })).status).toBe(200)
  })
})
