/** Paths that are not there, and other spellings of those that are: none of them reaches a handler. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './support/databases.ts'
import { requestBytes, sendBytes, sessionOf } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const SPELLINGS = [
  ...[
    '//users',
    '///users',
    '/users//',
    '/./users',
    '/users/.',
    '/users/../users',
    '/x/../users',
    '/%2e/users',
    '/users/%2e%2e/users',
  ],
  ...[
    '/%75sers',
    '/user%73',
    '/%55sers',
    '/%2575sers',
    '/users%2f',
    '/users%2F',
    '/%2fusers',
    '/users%00',
    '/users%0a',
    '/users%20',
    '/users%3f',
  ],
  ...[
    '/USERS',
    '/Users',
    '/users;x',
    '/users;jsessionid=1',
    '/users.json',
    '/users.',
    '/users~',
    '/users\\',
    '\\users',
    '/users/1',
    '/users/new',
  ],
  ...[
    '/%',
    '/%zz',
    '/users%',
    '/%ff',
    '/%c0%af',
    '/%u0075sers',
    '/index.html',
    '/.git/config',
    '/.env',
    '/node_modules',
    '/package.json',
  ],
  ...[
    '/__proto__',
    '/constructor',
    '/users/__proto__',
    '/metrics',
    '/debug',
    '/docs',
    `/${'a'.repeat(8000)}`,
    `/${'../'.repeat(50)}etc/passwd`,
  ],
]

describe.each(databases)('paths on $name', ({ fresh }) => {
  let service: TestService
  let session = ''

  beforeAll(async () => {
    service = await startTestService(fresh())
    await service.send('POST', '/users', { form: { email: 'bob@example.com', password: 'p' } })
    session =
      sessionOf(await service.send('POST', '/sessions', { form: { email: 'bob@example.com', password: 'p' } })) ?? ''
  })
  afterAll(async () => {
    await service.close()
  })

  async function ask(method: string, target: string, fields: Readonly<Record<string, string>>): Promise<string> {
    const body = JSON.stringify(fields)
    const lines = ['Content-Type: application/json', `Content-Length: ${body.length}`, `Cookie: session_id=${session}`]
    return sendBytes(service.port, requestBytes(service.port, `${method} ${target} HTTP/1.1`, lines, body))
  }

  test.each(SPELLINGS)('%s is no path of ours [ASVS 1.1.1]', async (target) => {
    for (const method of ['GET', 'POST']) {
      const answer = await ask(method, target, { email: 'spelt@example.com', password: 'p' })
      expect(answer).toMatch(target.startsWith('\\') ? /^HTTP\/1\.1 400 / : /^HTTP\/1\.1 404 /)
      expect(answer).toContain('content-type: application/problem+json\r\n')
      expect(answer).not.toMatch(/FST_ERR|fastify|not a valid url component/i)
    }
    expect(await service.auth.users.findByEmail('spelt@example.com')).toBeNull()
  })

  test.each([
    '/profile/x.css',
    '/profile.css',
    '/profile%2fx.css',
    '/profile;x.css',
    '/profile//',
    '/PROFILE',
    '/%70rofile',
    '//profile',
  ])('%s shows nobody a profile that a cache might keep [ASVS 14.2.5]', async (target) => {
    const answer = await ask('GET', target, {})
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
    expect(answer).toContain('cache-control: no-store\r\n')
    expect(answer).not.toContain('bob@example.com')
  })

  test('an unknown path is refused before its body is looked at', async () => {
    const big = 'x'.repeat(20_000)
    for (const options of [
      { json: { email: big } },
      { body: '{', headers: { 'content-type': 'application/json' } },
      { body: 'x', headers: { 'content-type': 'a/b' } },
    ]) {
      expect((await service.send('POST', '/nowhere', options)).json).toMatchObject({
        status: 404,
        code: 'http.not_found',
      })
      expect((await service.send('PATCH', '/users', options)).json).toMatchObject({
        status: 405,
        code: 'http.method_not_allowed',
      })
    }
  })

  test('a query is ignored on every path, whatever stands in it', async () => {
    for (const query of [
      '?',
      '?x',
      '?a=%',
      '?__proto__[x]=1',
      '?email=eve@example.com&password=p',
      `?${'a=1&'.repeat(1000)}`,
    ]) {
      expect((await service.send('GET', `/profile${query}`, { session })).json).toEqual({ email: 'bob@example.com' })
    }
  })
})
