/** GET /session, by which apps and their proxies learn who is there. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sessionTokenOf } from '../src/app/session-token.ts'
import { settingsOf } from '../src/settings-list.ts'
import { databases } from './support/databases.ts'
import { expectHeaders, parse } from './support/headers.ts'
import { requestBytes, sendBytes, sessionOf } from './support/http.ts'
import type { Answer } from './support/http.ts'
import { startTestService, startWith } from './support/service.ts'
import type { TestService } from './support/service.ts'

const BOB = { email: 'Bob@example.com', password: 'p' }
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** The headers for forward authentication in an answer. */
function namesIn({ headers }: Answer): readonly string[] {
  return Object.keys(headers).filter((name) => name.startsWith('x-user'))
}

describe.each(databases)('who is there, on $name', ({ fresh }) => {
  let service: TestService
  let session = ''

  beforeAll(async () => {
    ;({ service, session } = await startWith(BOB, fresh()))
  })
  afterAll(async () => {
    await service.close()
  })

  /** Asks with this header Cookie. */
  async function ask(cookie: string | string[]): Promise<Answer> {
    return service.send('GET', '/session', { headers: { cookie } })
  }

  test('the answer holds the person and the session, nothing more and nothing secret [ASVS 15.3.1]', async () => {
    const { status, headers, json, text } = await service.send('GET', '/session', { session })
    expect([status, headers['content-type']]).toEqual([200, 'application/json'])
    expect(json).toEqual({
      id: 1,
      email: BOB.email,
      email_verified: false,
      created_at: expect.stringMatching(INSTANT) as string,
      session: {
        id: session.split('.')[0],
        created_at: expect.stringMatching(INSTANT) as string,
        expires_at: expect.stringMatching(INSTANT) as string,
      },
    })
    const { created_at: from, expires_at: until } = (json as { session: { created_at: string; expires_at: string } })
      .session
    expect(Date.parse(until) - Date.parse(from)).toBe(12 * 60 * 60 * 1000)
    expect(text).not.toContain(session.split('.')[1])
  })

  test('the headers for forward authentication say the same', async () => {
    const { headers } = await service.send('GET', '/session', { session })
    expect([headers['x-user-id'], headers['x-user-email']]).toEqual(['1', BOB.email])
  })

  test('HEAD is as GET, without the body', async () => {
    const { status, headers, text } = await service.send('HEAD', '/session', { session })
    expect([status, headers['x-user-id'], text]).toEqual([200, '1', ''])
  })

  test('a stranger gets 401, with a challenge that opens no dialog and no word on anybody', async () => {
    const { status, headers, json } = await service.send('GET', '/session')
    expect([status, headers['www-authenticate']]).toEqual([401, 'Session realm="bienvenue"'])
    expect(json).toMatchObject({ status: 401, code: 'http.unauthenticated' })
    const { status: head, headers: same } = await service.send('HEAD', '/session')
    expect([head, same['www-authenticate']]).toEqual([401, 'Session realm="bienvenue"'])
  })

  test('no refusal names a person, whatever the caller claims', async () => {
    const headers = { 'x-user-id': '1', 'x-user-email': BOB.email, authorization: `Bearer ${session}` }
    const refusals = [
      await service.send('GET', '/session', { headers }),
      await service.send('HEAD', '/session', { headers }),
      await service.send('GET', `/session?session_id=${session}`, { headers }),
      await service.send('POST', '/session', { headers, session }),
      await service.send('OPTIONS', '/session', { headers, session }),
      await service.send('GET', '/session', { headers: { ...headers, host: 'evil.test' }, session }),
      await service.send('GET', '/session/1', { headers, session }),
    ]
    expect(refusals.map(({ status }) => status)).toEqual([401, 401, 401, 405, 405, 421, 404])
    expect(refusals.flatMap(namesIn)).toEqual([])
  })

  test('nothing may keep an answer, and none is answered from a copy [ASVS 14.3.2]', async () => {
    const { headers } = await service.send('GET', '/session', { session })
    expect(headers['cache-control']).toBe('no-store')
    for (const name of ['etag', 'last-modified', 'expires']) expect(headers).not.toHaveProperty(name)
    const again = await service.send('GET', '/session', {
      session,
      headers: { 'if-none-match': '*', 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' },
    })
    expect(again.status).toBe(200)
    for (const path of ['/session/', '/session?x.css'])
      expect((await service.send('GET', path, { session })).headers['cache-control']).toBe('no-store')
    for (const path of ['/session/x.css', '/session;x.css', '/session.css', '/session%2fx.css'])
      expect((await service.send('GET', path, { session })).status).toBe(404)
  })

  test('both answers bear the headers that every answer bears', async () => {
    for (const lines of [[], [`Cookie: session_id=${session}`]]) {
      const { headers } = parse(
        await sendBytes(service.port, requestBytes(service.port, 'GET /session HTTP/1.1', lines)),
      )
      expectHeaders(headers)
    }
  })

  test.each<[string, (token: string) => string | string[]]>([
    ['among others', (token) => `theme=dark; session_id=${token}; lang=en`],
    ['without a space between', (token) => `theme=dark;session_id=${token}`],
    ['in one of two headers', (token) => ['theme=dark', `session_id=${token}`]],
  ])('a cookie %s counts', async (_name, cookie) => {
    expect((await ask(cookie(session))).status).toBe(200)
  })

  test.each<[string, (token: string) => string | string[]]>([
    ['empty', () => 'session_id='],
    ['of nobody', (token) => `session_id=${token.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A'))}`],
    ['with the id alone', (token) => `session_id=${token.split('.')[0] ?? ''}`],
    ['twice', (token) => `session_id=${token}; session_id=${token}`],
    ['twice, in two headers', (token) => [`session_id=${token}`, `session_id=${token}`]],
    ['before a stranger’s', (token) => `session_id=${token}; session_id=x`],
    ['after a stranger’s', (token) => `session_id=x; session_id=${token}`],
    ['under a name in capitals', (token) => `Session_Id=${token}`],
    ['with a space before the sign', (token) => `session_id =${token}`],
    ['with a space after the sign', (token) => `session_id= ${token}`],
    ['behind a tab', (token) => `a=b;\tsession_id=${token}`],
    ['behind a space that is none', (token) => `a=b;\u00a0session_id=${token}`],
    ['behind a comma', (token) => `a=b, session_id=${token}`],
    ['in quotes', (token) => `session_id="${token}"`],
    ['inside of quotes of another', (token) => `a="b; session_id=${token}"`],
    ['percent-encoded', (token) => `session_id=${token.replace('.', '%2E')}`],
    ['under an encoded name', (token) => `session%5Fid=${token}`],
    ['under a name that ends like it', (token) => `xsession_id=${token}`],
    ['without a name', (token) => `=session_id=${token}`],
    ['under the name that is for https', (token) => `__Host-session_id=${token}`],
    ['as an object', (token) => `session_id[]=${token}`],
    ['with an attribute of old', (token) => `$Version=1, session_id=${token}`],
  ])('a cookie %s does not count', async (_name, cookie) => {
    const answer = await ask(cookie(session))
    expect([answer.status, namesIn(answer)]).toEqual([401, []])
  })

  test('an email with letters beyond ASCII goes into the body as it was written, and into the header in ASCII', async () => {
    const form = { email: 'bob@bücher.example', password: 'p' }
    await service.send('POST', '/users', { form })
    const own = sessionOf(await service.send('POST', '/sessions', { form })) ?? ''
    const { status, headers, json } = await service.send('GET', '/session', { session: own })
    expect([status, headers['x-user-email']]).toEqual([200, 'bob@xn--bcher-kva.example'])
    expect(json).toMatchObject({ email: 'bob@bücher.example' })
  })

  test('a session that was ended or has run out is nobody’s at once [ASVS 7.4.1]', async () => {
    const [ended = '', old = ''] = await Promise.all(
      [1, 2].map(async () => sessionOf(await service.send('POST', '/sessions', { form: BOB }))),
    )
    expect((await service.send('GET', '/session', { session: ended })).status).toBe(200)
    await service.send('DELETE', '/sessions', { session: ended })
    expect((await service.send('GET', '/session', { session: ended })).status).toBe(401)
    service.clock.advance({ hours: 13 })
    const answer = await service.send('GET', '/session', { session: old })
    expect([answer.status, namesIn(answer)]).toEqual([401, []])
  })

  test('a request that a browser makes for another site is answered as any other: it changes nothing, and cannot be read', async () => {
    session = sessionOf(await service.send('POST', '/sessions', { form: BOB })) ?? ''
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' }
    const { status, headers: got } = await service.send('GET', '/session', { session, headers })
    expect([status, got['cross-origin-resource-policy']]).toEqual([200, 'same-origin'])
    expect(got['access-control-allow-origin']).toBeUndefined()
  })
})

test('a program that has the service inside reads the cookie as the service does', async () => {
  const service = await startTestService('sqlite::memory:')
  await service.send('POST', '/users', { form: BOB })
  const token = sessionOf(await service.send('POST', '/sessions', { form: BOB })) ?? ''
  const { auth, settings } = service
  const found = await auth.sessions.find(sessionTokenOf(`theme=dark; session_id=${token}`, settings))
  expect(found?.user.email).toBe(BOB.email)
  for (const header of [undefined, '', `Session_id=${token}`, `session_id=${token}; session_id=${token}`])
    expect(sessionTokenOf(header, settings)).toBeNull()
  await service.close()
})

test('over https only the cookie counts that no other host can set [ASVS 3.3.3]', () => {
  const settings = settingsOf('hardened')
  expect(sessionTokenOf('__Host-session_id=a', settings)).toBe('a')
  for (const header of [
    'session_id=a',
    '__host-session_id=a',
    '__Secure-session_id=a',
    '__Host-session_id=a; __Host-session_id=b',
  ])
    expect(sessionTokenOf(header, settings)).toBeNull()
})
