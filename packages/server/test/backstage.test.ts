/** The glass box: what it tells, what it keeps to itself, where it is not to be found, and that it leaves nothing behind. */
import { channel } from 'node:diagnostics_channel'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../src/app/app.ts'
import { ROOMS } from '../src/auth/backstage.ts'
import { methodsOf } from '../src/backstage.ts'
import { placeOfMethod } from '../src/backstage-places.ts'
import { settingsOf } from '../src/settings-list.ts'
import { textOf, watch } from './support/backstage.ts'
import type { Watcher } from './support/backstage.ts'
import { databases } from './support/databases.ts'
import { startElsewhere } from './support/elsewhere.ts'
import type { Running } from './support/elsewhere.ts'
import { expectHeaders } from './support/headers.ts'
import { send, sessionOf } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const EMAIL = 'bob@example.com'
const methods = (): unknown[] => ROOMS.flatMap((room) => methodsOf(room).map(([, method]) => method))
const untouched = methods()
const CHANNELS = ['bienvenue:arrival', 'tracing:fastify.request.handler:start'].map((name) => channel(name))
const isClosed = (): boolean =>
  methods().every((method, index) => method === untouched[index]) && CHANNELS.every((each) => !each.hasSubscribers)

/** Waits until the stream has told the end of so many requests, and returns their texts. */
async function told(watcher: Watcher, count: number): Promise<string[]> {
  const finished = (): string[] => [...watcher.requests().values()].filter((text) => / UTC , \d/.test(text))
  await expect.poll(() => finished().length, { timeout: 10_000 }).toBe(count)
  return finished()
}

describe.each(databases)('the glass box on $name', ({ fresh }) => {
  let service: TestService
  let watcher: Watcher

  beforeEach(async () => {
    service = await startTestService(fresh())
    watcher = await watch(service.port)
  })
  afterEach(async () => {
    watcher.leave()
    await service.close()
    expect(isClosed()).toBe(true)
  })

  test('tells the story of a registration, with the lines of the source, the statements, and the rows', async () => {
    await service.send('POST', '/users', { form: { email: EMAIL, password: 'correct-horse-1' } })
    const [text = ''] = await told(watcher, 1)
    expect(text).toMatch(/1 POST \/users 200/)
    expect(text).toContain(`email ${EMAIL} password ••••••••`)
    const order = [
      /app POST \/users app\/api\/users\.ts:\d+/,
      /auth auth\.users\.register auth\/users\.ts:\d+ → user 1, bob@example\.com/,
      /auth auth\.passwords\.hash auth\/passwords\.ts:\d+ → bcrypt, cost 12, sha256:[0-9a-f]{8}…/,
      /db db\.transaction db\/db\.ts:\d+/,
      /begin (?:immediate|isolation level)/,
      /db db\.users\.add db\/users\.ts:\d+/,
      /db statement db\/dialects\/(?:sqlite-patience|postgres-driver)\.ts:\d+ → 1 row changed .{0,20}insert into "users" \("email", "email_key", "created_at"\)/,
      /users: a row, added column before after id – 1 email – bob@example\.com/,
      /db db\.passwords\.set db\/passwords\.ts:\d+/,
      /insert into "passwords".* passwords: a row, added .*hash – bcrypt, cost 12, sha256:/,
      /commit\b/,
      /The answer Status 200 content-type application\/json email bob@example\.com message user created/,
    ].map((pattern) => text.search(pattern))
    expect(order.every((place) => place > 0)).toBe(true)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
  })

  test('shows words of ours in the record as they are, and text of strangers as dots', async () => {
    const headers = { 'user-agent': 'a lantern and some soup' }
    await service.send('POST', '/users', { form: { email: EMAIL, password: 'correct-horse-1' }, headers })
    await service.send('POST', '/sessions', { form: { email: EMAIL, password: 'correct-horse-1' }, headers })
    const [, text = ''] = await told(watcher, 2)
    const row = /audit: a row, added.*?event – (\S+) .*?device – (.+?) agent – (\S+) .*?method – (\S+) /.exec(text)
    expect(row?.slice(1)).toEqual(['login.succeeded', 'a program', '••••••••', 'password'])
    expect(text).toMatch(/insert into "audit".{0,600}? login\.succeeded .{0,200}? a program /)
  })

  test('shows each step within the one that called it', async () => {
    await service.send('POST', '/users', { form: { email: EMAIL, password: 'p' } })
    await told(watcher, 1)
    const { text } = await service.send('GET', '/backstage')
    const depthOf = (name: string): number => {
      const before = text.slice(0, text.indexOf(name))
      return before.split('<ol class="steps">').length - before.split(/<\/ol>(?!<div class="scroll"|<\/div>)/).length
    }
    const names = [
      'front door',
      'auth.users.register',
      'auth.passwords.hash',
      'db.transaction',
      'db.users.add',
      'insert',
    ]
    expect(names.map(depthOf)).toEqual([1, 2, 3, 3, 4, 5])
  })

  test('tells of rows that change and rows that go, and of refusals', async () => {
    await service.send('POST', '/users', { form: { email: EMAIL, password: 'correct-horse-1' } })
    await service.send('POST', '/sessions', { form: { email: EMAIL, password: 'wrong-horse' } })
    const { json } = await service.send('POST', '/reset_password', { form: { email: EMAIL } })
    const { reset_token } = json as { reset_token: string }
    const form = { email: EMAIL, reset_token, new_password: 'correct-horse-2' }
    await service.send('PUT', '/reset_password', { form })
    await service.send('PUT', '/reset_password', { form })
    const [, wrong = '', asked = '', done = '', again = ''] = await told(watcher, 5)
    expect(wrong).toMatch(/auth\.login\.withPassword auth\/login\.ts:\d+ ✗ login\.invalid/)
    expect(wrong).toMatch(/app refusal app\/errors\.ts:\d+/)
    expect(wrong).toMatch(/Status 401 .*code login\.invalid/)
    const id = reset_token.slice(0, 36)
    const shown = new RegExp(`reset_token (${id}\\.sha256:[0-9a-f]{8}…)`)
    expect(shown.exec(asked)?.[1]).toBe(shown.exec(done)?.[1]) // the same token is recognised
    expect(asked).toMatch(new RegExp(`tokens: a row, added .* id – ${id} purpose – reset mac – sha256:`))
    expect(done).toMatch(
      new RegExp(`delete from "tokens" where "id" = (?:\\?|\\$1) returning "id" ${id} tokens: a row, removed`),
    )
    expect(done).toMatch(/passwords: a row, changed .* user_id 1 1 hash (bcrypt.*…) (?!\1)bcrypt/)
    expect(again).toMatch(/auth\.reset\.complete auth\/reset\.ts:\d+ ✗ reset\.invalid_token/)
  })

  test('keeps every secret to itself, wherever a stranger put it', async () => {
    const secrets = ['correct-horse-1', 'correct-horse-2', 'correct-horse-3']
    const [first = '', second = '', third = ''] = secrets
    await service.send('POST', '/users', { form: { email: EMAIL, password: first } })
    await service.send('POST', `/sessions?password=${first}`, { form: { email: EMAIL, passwrod: first, [first]: '' } })
    const session =
      sessionOf(await service.send('POST', '/sessions', { form: { email: EMAIL, password: first } })) ?? ''
    await service.send('GET', '/profile', { session })
    await service.send('GET', `/profile/${first}`, { session, headers: { 'content-type': first, 'user-agent': first } })
    await service.send('POST', '/users', {
      body: `password=${first}&${second}&${second}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    await service.send('POST', '/users', { json: { email: [first], password: { a: first } } })
    await service.send('POST', '/sessions', { form: { email: EMAIL, password: first, remember: second } })
    const { json } = await service.send('POST', '/reset_password', { form: { email: EMAIL } })
    const { reset_token: token } = json as { reset_token: string }
    await service.send('PUT', '/reset_password', {
      form: { email: EMAIL, reset_token: `${token}x`, new_password: third },
    })
    await service.send('PUT', '/reset_password', { form: { email: EMAIL, reset_token: token, new_password: third } })
    await service.send('DELETE', '/sessions', { session })
    await told(watcher, 12)
    const page = await service.send('GET', '/backstage')
    const everything = watcher.sent() + page.text
    expect(everything).toContain(session.slice(0, 36)) // ids are shown, their secrets are not
    expect(everything).toContain(token.slice(0, 36))
    for (const secret of [...secrets, session.slice(37), token.slice(37)]) expect(everything).not.toContain(secret)
    expect(everything).not.toMatch(/\$2b\$|[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/) // no hash, no MAC, no secret of any token
  })

  test('keeps requests apart that come at the same moment', async () => {
    const people = Array.from({ length: 8 }, (_, index) => `person-${String(index)}@example.com`)
    service.hasher.holdUntil = people.length // each waits within its registration until all are there
    await Promise.all(people.map(async (email) => service.send('POST', '/users', { form: { email, password: 'p' } })))
    const texts = await told(watcher, people.length)
    for (const email of people) {
      const mine = texts.filter((text) => text.includes(email))
      expect(mine).toHaveLength(1)
      expect(new Set(mine[0]?.match(/person-\d@example\.com/g))).toEqual(new Set([email]))
      expect(mine[0]?.match(/insert into "users"/g)).toHaveLength(1)
      expect(mine[0]?.match(/commit\b/g)).toHaveLength(1)
    }
  })

  test('keeps the last twenty alone, and of long fields the begin', async () => {
    const long = `${'a'.repeat(10_000)}@example.com`
    for (let round = 0; round < 25; round++) {
      const form = { email: round === 24 ? long : `nobody-${String(round)}@example.com` }
      await Promise.all(Array.from({ length: 20 }, async () => service.send('POST', '/reset_password', { form })))
    }
    const { text } = await service.send('GET', '/backstage')
    expect(text.match(/<article/g)).toHaveLength(20)
    expect(text).toContain('id="request-500"')
    expect(text).not.toContain('a'.repeat(300))
    expect(text.length).toBeLessThan(200_000)
  })

  test('shows the page without a stream too, and writes its lines where they are', async () => {
    watcher.leave()
    await service.send('GET', '/backstage')
    await service.send('GET', '/profile', { headers: { cookie: 'session_id=<b>' } })
    const { text, status, headers } = await service.send('GET', '/backstage')
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(textOf(text)).not.toContain('GET /backstage') // who watches is not on stage
    expect(textOf(text)).toMatch(/GET \/profile 403 .* app\/api\/profile\.ts:\d+ ✗ sessions\.required/)
  })

  test('ends with the service at once, however many watch', async () => {
    const others = await Promise.all(Array.from({ length: 9 }, async () => watch(service.port)))
    expect((await watch(service.port)).status).toBe(503) // ten are the most
    const started = performance.now()
    await service.close()
    await Promise.all([watcher, ...others].map(async ({ ended }) => ended))
    expect(performance.now() - started).toBeLessThan(2000)
  })

  test('opens the rooms with the first watcher, and puts everything back with the last', async () => {
    expect(isClosed()).toBe(false)
    const other = await watch(service.port)
    watcher.leave()
    await service.send('GET', '/profile')
    await told(other, 1)
    expect(isClosed()).toBe(false)
    other.leave()
    await expect.poll(isClosed).toBe(true)
    await service.send('POST', '/users', { form: { email: EMAIL, password: 'p' } })
    const late = await watch(service.port)
    await service.send('GET', '/profile')
    await expect.poll(() => [...late.requests().keys()]).toEqual([2]) // neither what nobody watched, nor what was forgotten
    expect(late.requests().get(2)).toContain('GET /profile')
    late.leave()
  })

  test.each<[Readonly<Record<string, string>>]>([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    [{ origin: 'http://evil.test' }],
    [{ origin: 'null' }],
    [{ host: 'evil.test' }],
    [{ 'x-forwarded-for': '203.0.113.1' }],
  ])('lets no other site or tunnel read the stream: %o', async (headers) => {
    const { status, headers: got } = await watch(service.port, headers)
    expect(status).toBe('host' in headers ? 421 : 403)
    expect(got['content-type']).toBe('application/problem+json')
    expect(got['access-control-allow-origin']).toBeUndefined()
    expect(got['cross-origin-resource-policy']).toBe('same-origin')
  })

  test('answers with the headers of every answer, and says that nothing may keep it', () => {
    expectHeaders(new Map(Object.entries(watcher.headers).map(([name, value]) => [name, String(value)])))
    expect(watcher.headers['content-type']).toBe('text/event-stream')
  })

  test('can be linked to from elsewhere, and read from there by nobody', async () => {
    const site = { 'sec-fetch-site': 'cross-site' }
    expect((await service.send('GET', '/backstage', { headers: site })).status).toBe(403)
    const link = await service.send('GET', '/backstage', { headers: { ...site, 'sec-fetch-mode': 'navigate' } })
    expect(link.status).toBe(200)
    expect(link.headers['content-security-policy']).toContain("frame-ancestors 'none'")
  })
})

describe.each(databases)('where there is no glass box, on $name', ({ fresh }) => {
  let service: TestService
  const running: Running = []
  beforeAll(async () => {
    service = await startTestService(fresh())
  })
  afterAll(async () => {
    for (const { close } of running) await close()
    await service.close()
  })

  const { http } = settingsOf('classic')
  const elsewhere = {
    'classic anywhere': settingsOf('classic', { http: { ...http, classicAnywhere: true } }),
    'classic on all addresses': settingsOf('classic', { http: { ...http, host: '0.0.0.0', classicAnywhere: true } }),
    'classic behind a proxy': settingsOf('classic', { http: { ...http, trustedProxies: ['127.0.0.1'] } }),
    'classic with a public address': settingsOf('classic', { service: { url: 'https://id.example.com' } }),
    hardened: settingsOf('hardened'),
  }

  /** What is answered to these requests, but for the id of the request, its nonce and the time. */
  async function answers(port: number, path: string): Promise<unknown[]> {
    const methodsAsked = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']
    return Promise.all(
      [path, `${path}/`, `${path}/events`].flatMap((each) =>
        methodsAsked.map(async (method) => {
          const { status, headers, text } = await send(port, method, each, { headers: { accept: 'text/html' } })
          const plain = (part: unknown) => String(part).replaceAll(/nonce[-=]['"]?[\w+/=]{24}/g, 'nonce')
          const policy = plain(headers['content-security-policy'])
          return [status, { ...headers, 'content-security-policy': policy, 'x-request-id': '', date: '' }, plain(text)]
        }),
      ),
    )
  }

  async function expectNothing(port: number): Promise<void> {
    const got = await answers(port, '/backstage')
    expect(got).toEqual(await answers(port, '/nowhere'))
    expect(got[0]).toContain(404)
    const { text } = await send(port, 'GET', '/', { headers: { accept: 'text/html' } })
    expect(text).not.toContain('ackstage')
    expect(isClosed()).toBe(true)
  }

  test.each(Object.entries(elsewhere))('%s: its paths are like any that nobody knows', async (_name, settings) => {
    const app = createApp(service.auth, settings)
    running.push(app)
    await app.listen({ port: 0, host: '127.0.0.1' })
    await expectNothing((app.server.address() as AddressInfo).port)
  })

  test('an app that is made to listen elsewhere, or mounted in another server, has none, whatever its settings say', async () => {
    for (const port of await startElsewhere(service.auth, running)) {
      const got = await answers(port, '/backstage')
      expect(got).toEqual(await answers(port, '/nowhere'))
    }
  })

  test('a request for another method does not give it away either', async () => {
    expect((await service.send('POST', '/backstage')).status).toBe(404)
    expect((await service.send('OPTIONS', '/backstage/events')).headers.allow).toBeUndefined()
  })
})

describe('the lines of the source', () => {
  test.each(ROOMS.map((room) => [room.file, room] as const))('are found for each method in %s', async (file, room) => {
    expect(methodsOf(room).length).toBeGreaterThan(0)
    for (const [name] of methodsOf(room)) expect(placeOfMethod(file, name, room.of.name)).toMatch(/\.ts:\d+$/)
  })

  test('are found in what is published as well, which has no .ts files', async () => {
    const published = await import('../dist/backstage-places.js')
    for (const room of ROOMS) {
      for (const [name] of methodsOf(room))
        expect(published.placeOfMethod(room.file, name, room.of.name)).toMatch(/\.ts:\d+$/)
    }
    expect(published.placeOfRoute('app/api/users.ts', 'POST', '/')).toMatch(/^app\/api\/users\.ts:\d+$/)
  })
})
