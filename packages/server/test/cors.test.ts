/** Apps on other hosts, asking out of a browser: those on the operator's list may, to the letter, and for nobody else anything changes. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SettingsError } from '../src/errors.ts'
import { startChromium } from './browser/chromium.ts'
import { contentsOf } from './support/contents.ts'
import { databases } from './support/databases.ts'
import { sessionOf } from './support/http.ts'
import type { Answer } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const APP = 'https://app.example.com'
const OTHER_APP = 'http://localhost:3000'
const BOB = { email: 'bob@example.com', password: 'p' }
const ASK = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type' }
const STRANGERS = [
  'https://app.example.com.evil.test',
  'https://evil.test/https://app.example.com',
  'https://evilapp.example.com',
  'https://example.com',
  'https://sub.app.example.com',
  'https://app.example.com:444',
  'https://app.example.com:443',
  'http://app.example.com',
  'https://app.example.com/',
  'https://app.example.com.',
  'https://APP.example.com',
  'HTTPS://app.example.com',
  'https://user@app.example.com',
  'https://app-example.com',
  'https://app.example.com https://evil.test',
  'https://app.example.com, https://evil.test',
  'https://evil.test, https://app.example.com',
  'https://app.example.com, https://app.example.com',
  'app.example.com',
  'null',
  '*',
  '',
]

/** The names of the headers that give leave to other sites. */
function leaveIn({ headers }: Answer): readonly string[] {
  return Object.keys(headers).filter((name) => name.startsWith('access-control-'))
}

describe.each(databases)('apps of other origins on $name', ({ fresh }) => {
  let service: TestService
  let plain: TestService
  let database = ''
  let session = ''

  beforeAll(async () => {
    database = fresh()
    service = await startTestService(database, { http: { allowedOrigins: [APP, OTHER_APP] } })
    plain = await startTestService(fresh())
    await service.send('POST', '/users', { form: BOB })
    session = sessionOf(await service.send('POST', '/sessions', { form: BOB })) ?? ''
  })
  afterAll(async () => {
    await service.close()
    await plain.close()
  })

  test('an app on the list may read who is logged in: named to the letter, never by a star [ASVS 3.4.2]', async () => {
    for (const origin of [APP, OTHER_APP]) {
      const answer = await service.send('GET', '/session', { session, headers: { origin } })
      expect([answer.status, answer.json]).toEqual([200, expect.objectContaining({ email: BOB.email })])
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        vary: 'origin',
      })
    }
  })

  test.each(STRANGERS)('to the origin %j nothing is given, and its acts stay foreign [ASVS 3.4.2]', async (origin) => {
    const before = await contentsOf(database)
    const read = await service.send('GET', '/session', { session, headers: { origin } })
    const asked = await service.send('OPTIONS', '/sessions', { headers: { origin, ...ASK } })
    const acted = await service.send('DELETE', '/sessions', { session, headers: { origin } })
    const withSite = { origin, 'sec-fetch-site': 'same-site' }
    const sister = await service.send('POST', '/users', {
      form: { ...BOB, email: 'eve@example.com' },
      headers: withSite,
    })
    expect([read, asked, acted, sister].map(({ status }) => status)).toEqual([200, 405, 403, 403])
    expect([read, asked, acted, sister].flatMap(leaveIn)).toEqual([])
    expect(await contentsOf(database)).toEqual(before)
  })

  test('two Origin headers are no origin, even where both are on the list', async () => {
    const answer = await service.send('DELETE', '/sessions', { session, headers: { origin: [APP, APP] } })
    expect([answer.status, leaveIn(answer)]).toEqual([403, []])
  })

  test('the word of a browser that it comes from a sister site is not enough without an Origin', async () => {
    for (const site of ['same-site', 'cross-site'])
      expect((await service.send('DELETE', '/sessions', { session, headers: { 'sec-fetch-site': site } })).status).toBe(
        403,
      )
  })

  test('an app on the list logs people in and out, though a browser calls that same-site or cross-site', async () => {
    for (const site of ['same-site', 'cross-site', undefined]) {
      const headers = { origin: APP, ...(site !== undefined && { 'sec-fetch-site': site }) }
      const login = await service.send('POST', '/sessions', { json: BOB, headers })
      expect([login.status, login.headers['access-control-allow-origin']]).toEqual([200, APP])
      const logout = await service.send('DELETE', '/sessions', { session: sessionOf(login) ?? '', headers })
      expect([logout.status, logout.headers['access-control-allow-origin']]).toEqual([303, APP])
      expect(logout.headers.vary?.split(', ')).toEqual(['origin', 'sec-fetch-mode'])
    }
  })

  test('an app on the list can read refusals too: of a route, of a path that is not there, of a body, of the door', async () => {
    const answers = [
      await service.send('GET', '/session', { headers: { origin: APP } }),
      await service.send('GET', '/nowhere', { headers: { origin: APP } }),
      await service.send('POST', '/users', { form: BOB, headers: { origin: APP } }),
      await service.send('POST', '/users', { body: 'x', headers: { origin: APP, 'content-type': 'text/plain' } }),
      await service.send('GET', '/session', { headers: { origin: APP, host: 'evil.test' } }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([401, 404, 400, 415, 421])
    for (const { headers } of answers) {
      expect(headers['access-control-allow-origin']).toBe(APP)
      expect(headers.vary?.split(', ')).toContain('origin')
    }
  })

  test('a preflight of an app on the list gets the methods of the path, one header, and a short memory', async () => {
    const answer = await service.send('OPTIONS', '/reset_password', { headers: { origin: APP, ...ASK } })
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST, PUT',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '600',
      vary: 'accept, origin',
    })
    for (const name of ['allow', 'content-type']) expect(answer.headers).not.toHaveProperty(name)
    expect(service.logged.at(-1)).toMatch(/"path":"unknown","status":204,"ms":/)
  })

  test('an OPTIONS that is no preflight is refused as ever, and so is one for a path that is not there', async () => {
    const { status, headers } = await service.send('OPTIONS', '/users', { headers: { origin: APP } })
    expect([status, headers.allow]).toEqual([405, 'POST'])
    expect((await service.send('OPTIONS', '/nowhere', { headers: { origin: APP, ...ASK } })).status).toBe(404)
  })

  test('caches learn that answers depend on the origin, also those to nobody in particular', async () => {
    expect((await service.send('GET', '/healthz')).headers.vary).toBe('origin')
    expect((await service.send('GET', '/')).headers.vary).toBe('accept, origin')
  })

  test('without a list there is nothing of all this, for any origin [ASVS 3.4.2]', async () => {
    const asked = await plain.send('OPTIONS', '/users', { headers: { origin: APP, ...ASK } })
    const read = await plain.send('GET', '/healthz', { headers: { origin: APP } })
    const acted = await plain.send('POST', '/users', { form: BOB, headers: { origin: APP } })
    expect([asked, read, acted].map(({ status }) => status)).toEqual([405, 200, 403])
    for (const answer of [asked, read, acted])
      expect([leaveIn(answer), answer.headers.vary ?? '']).toEqual([[], expect.not.stringContaining('origin')])
  })

  test('in a browser, the page of an app on the list reads the answer with its cookie, and the page of another cannot', async () => {
    const page = '<!doctype html><title>An app</title>'
    const server = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const app = `http://localhost:${String((server.address() as AddressInfo).port)}`
    const own = await startTestService(fresh(), { http: { allowedOrigins: [app] } })
    const other = await startTestService(fresh())
    const browser = await startChromium()
    try {
      for (const { send, port, expected } of [
        { ...own, expected: [200, 200, 'bob@example.com'] },
        { ...other, expected: 'TypeError' },
      ]) {
        await send('POST', '/users', { form: BOB })
        const tab = await browser.newPage()
        await tab.goto(app)
        const seen = await tab.evaluate(
          async ([address, body]) => {
            const ask = { credentials: 'include', headers: { 'content-type': 'application/json' } } as const
            try {
              const login = await fetch(`${address}/sessions`, { ...ask, method: 'POST', body })
              const answer = await fetch(`${address}/session`, { credentials: 'include' })
              return [login.status, answer.status, ((await answer.json()) as { email: string }).email]
            } catch (error) {
              return (error as Error).name
            }
          },
          [`http://localhost:${port}`, JSON.stringify(BOB)] as const,
        )
        expect(seen).toEqual(expected)
      }
    } finally {
      await browser.close()
      await own.close()
      await other.close()
      server.close()
    }
  })
})

test.each([
  'https://app.example.com/',
  'https://app.example.com/path',
  'https://app.example.com:443',
  'https://App.example.com',
  'https://bücher.example',
  'https://user@app.example.com',
  'https://*.example.com',
  'http://app.example.com',
  'http://localhost.evil.test',
  'ftp://app.example.com',
  'chrome-extension://abcdef',
  'app.example.com',
  'null',
  '*',
])('the entry %j stops the start, because no browser sends it, or anybody could [ASVS 3.4.2]', async (entry) => {
  const starting = startTestService('sqlite::memory:', { http: { allowedOrigins: [APP, entry] } })
  await expect(starting).rejects.toThrow(SettingsError)
  await expect(starting).rejects.toThrow(`BIENVENUE_HTTP_ALLOWED_ORIGINS: ${JSON.stringify(entry)}`)
})

test('an entry that is nearly right is answered with the right one', async () => {
  const starting = startTestService('sqlite::memory:', { http: { allowedOrigins: ['https://bücher.example/'] } })
  await expect(starting).rejects.toThrow('did you mean https://xn--bcher-kva.example?')
})
