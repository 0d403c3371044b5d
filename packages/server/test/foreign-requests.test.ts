/** Requests that another site makes a browser send: none that changes something is taken. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { contentsOf } from './support/contents.ts'
import { databases } from './support/databases.ts'
import { sessionOf } from './support/http.ts'
import type { Answer } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const BOB = { email: 'bob@example.com', password: 'p' }
type Headers = Readonly<Record<string, string>>

describe.each(databases)('foreign requests on $name', ({ fresh }) => {
  let service: TestService
  let session = ''
  let database = ''

  beforeAll(async () => {
    database = fresh()
    service = await startTestService(database, { service: { url: 'http://localhost:8080/auth' } })
    await service.send('POST', '/users', { form: BOB })
  })
  beforeEach(async () => {
    session = sessionOf(await service.send('POST', '/sessions', { form: BOB })) ?? ''
  })
  afterAll(async () => {
    await service.close()
  })

  function withPort(headers: Headers): Headers {
    return Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', String(service.port))]),
    )
  }

  async function everyChange(headers: Headers): Promise<readonly Answer[]> {
    const options = { form: { ...BOB, reset_token: 'x', new_password: 'x' }, headers: withPort(headers) }
    return Promise.all([
      service.send('POST', '/users', { ...options, form: { ...BOB, email: 'forged@example.com' } }),
      service.send('POST', '/sessions', options),
      service.send('POST', '/reset_password', options),
      service.send('PUT', '/reset_password', options),
      service.send('DELETE', '/sessions', { session, headers: withPort(headers) }),
    ])
  }

  test.each<Headers>([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': '' },
    { 'sec-fetch-site': 'SAME-ORIGIN' },
    { 'sec-fetch-site': 'same-origin, cross-site' },
    { 'sec-fetch-site': 'nonsense' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://127.0.0.1:PORT' },
    { origin: 'null' },
    { origin: '' },
    { origin: 'http://evil.test' },
    { origin: 'https://127.0.0.1:PORT' },
    { origin: 'http://127.0.0.1' },
    { origin: 'http://127.0.0.1:1' },
    { origin: 'http://127.0.0.1:PORT.evil.test' },
    { origin: 'http://127.0.0.1.evil.test:PORT' },
    { origin: 'http://localhost.evil.test:PORT' },
    { origin: 'http://evil.test:PORT' },
    { origin: 'http://0.0.0.0:PORT' },
    { origin: 'http://10.0.0.1:PORT' },
    { origin: 'http://localhost:8081' },
    { origin: 'https://localhost:8080' },
    { origin: 'http://localhost:8080/auth' },
    { origin: 'http://127.0.0.1:PORT/' },
    { origin: 'http://evil@127.0.0.1:PORT' },
    { origin: 'http://127.0.0.1:PORT, http://evil.test' },
    { origin: 'http://0x7f.1:PORT' },
    { origin: 'chrome-extension://abcdef' },
    { origin: 'file://' },
    { origin: 'localhost' },
  ])('with %o nothing is changed, for every act [ASVS 3.5.1]', async (headers) => {
    const before = await contentsOf(database)
    for (const { status, json, headers: got } of await everyChange(headers)) {
      expect([status, json]).toEqual([403, expect.objectContaining({ code: 'http.foreign_request' })])
      expect(got['set-cookie']).toBeUndefined()
      expect(got['access-control-allow-origin']).toBeUndefined()
    }
    expect(await contentsOf(database)).toEqual(before)
  })

  test('Sec-Fetch-Site: none, as of an address typed in, does where no session is needed, and nowhere else', async () => {
    const headers = { 'sec-fetch-site': 'none' }
    expect((await service.send('POST', '/sessions', { form: BOB, headers })).status).toBe(200)
    expect((await service.send('POST', '/sessions', { form: BOB, headers, session })).status).toBe(403)
    expect((await service.send('DELETE', '/sessions', { headers, session })).status).toBe(403)
    expect((await service.send('GET', '/profile', { session })).status).toBe(200)
  })

  test.each<Headers>([
    {},
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:PORT' },
    { origin: 'http://localhost:8080' },
    { origin: 'http://127.0.0.1:PORT' },
    { origin: 'http://localhost:PORT' },
    { origin: 'http://[::1]:PORT' },
    { referer: 'http://evil.test/' },
  ])('with %o, as of our own pages and of programs, it is done', async (headers) => {
    const statuses = (await everyChange(headers)).map(({ status }) => status)
    expect([200, 400]).toContain(statuses[0])
    expect(statuses.slice(1, 4)).toEqual([200, 200, 403])
    expect([302, 303]).toContain(statuses[4])
  })

  test.each<Headers>([{ origin: 'null' }, { origin: 'http://evil.test' }, { 'sec-fetch-site': 'cross-site' }])(
    'reading is not changing: with %o a GET is answered, but no site may read it [ASVS 3.4.2]',
    async (headers) => {
      const { status, headers: got } = await service.send('GET', '/profile', { session, headers })
      expect(status).toBe(200)
      expect(Object.keys(got).filter((name) => name.startsWith('access-control-'))).toEqual([])
      expect(got['cross-origin-resource-policy']).toBe('same-origin')
    },
  )

  test('no preflight is ever answered with leave', async () => {
    const headers = {
      origin: 'http://evil.test',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-type',
    }
    const { status, headers: got } = await service.send('OPTIONS', '/reset_password', { headers })
    expect(status).toBe(405)
    expect(Object.keys(got).filter((name) => name.startsWith('access-control-'))).toEqual([])
  })
})
