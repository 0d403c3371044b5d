/** The inbox for development: a page with the letters, for whoever sits at this machine and for nobody else. */
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../src/app/app.ts'
import { DB } from '../src/db/db.ts'
import { settingsOf } from '../src/settings-list.ts'
import { databases, SECRET } from './support/databases.ts'
import { startElsewhere } from './support/elsewhere.ts'
import type { Running } from './support/elsewhere.ts'
import { expectHeaders } from './support/headers.ts'
import { send } from './support/http.ts'
import type { Answer } from './support/http.ts'
import { linkTo, MAILED, Visitor } from './support/letters.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const EMAIL = "o'neil&sons@example.com"
const AS_BROWSER = { accept: 'text/html' }

function headersOf({ headers }: Answer): ReadonlyMap<string, string> {
  return new Map(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

describe.each(databases)('the inbox on $name', ({ fresh }) => {
  let service: TestService
  const database = fresh()

  beforeAll(async () => {
    service = await startTestService(database, MAILED)
    expect((await service.send('GET', '/inbox')).text).toContain('No letter yet')
    await service.send('POST', '/users', { form: { email: EMAIL, password: 'p' } })
    await linkTo(service, EMAIL, 'verify')
  })
  afterAll(async () => {
    await service.close()
  })

  test('shows letters in the clear, says so, and their links lead on', async () => {
    const { status, text } = await service.send('GET', '/inbox')
    expect(status).toBe(200)
    expect(text).toContain('in the clear')
    expect(text).toContain("To <b>o'neil&amp;sons@example.com</b>")
    const link = /<a href="http:\/\/127\.0\.0\.1:\d+(\/verify\?token=[\w.-]+)">/.exec(text)?.[1] ?? ''
    expect(link).toBe(await linkTo(service, EMAIL, 'verify'))
    const visitor = new Visitor(service)
    expect((await visitor.post(await visitor.open(link), { password: 'p' })).status).toBe(200)
  })

  test('speaks the language of whoever opens it; each letter keeps its own', async () => {
    for (const headers of [{ 'accept-language': 'fr' }, { cookie: 'language=fr' }] as Record<string, string>[]) {
      const { headers: answered, text } = await service.send('GET', '/inbox', { headers })
      expect(text).toContain('<html lang="fr">')
      expect(text).toContain('<h1>Boîte de réception</h1>')
      expect(text).toContain("À <b>o'neil&amp;sons@example.com</b>")
      expect(text).toContain('Verify your email')
      expect(text).not.toMatch(/Inbox|Load again|As HTML|in the clear/)
      expect([answered['content-language'], answered.vary]).toEqual(['fr', 'accept-language, cookie'])
    }
  })

  test('shows the latest first', async () => {
    await service.send('POST', '/forgot', { form: { email: EMAIL } })
    await linkTo(service, EMAIL, 'reset')
    const { text } = await service.send('GET', '/inbox')
    expect(text.match(/<h2 [^>]*>[^<]*/g)?.map((heading) => heading.replace(/.*>/, ''))).toEqual([
      expect.stringContaining('Reset your password'),
      expect.stringContaining('Verify your email'),
    ])
  })

  test('shows whatever a letter holds as text, and links to the web alone', async () => {
    const db = await DB.open(database, { secrets: [SECRET] })
    await db.inbox.add({
      to: '"><img src=x onerror=alert(1)>',
      subject: '<script>alert(1)</script>',
      text: 'javascript:alert(1) https://a.test/"onclick=alert(1) http://b.test/?a=1&b=2 <b>https://c.test/</b>',
      html: '<p>x</p>',
      sentAt: service.clock.now(),
    })
    await db.close()
    const { text } = await service.send('GET', '/inbox')
    const [letter = ''] = /<article.*?<\/article>/s.exec(text) ?? []
    expect(letter).not.toMatch(/<(?:script|img|b>https)/)
    expect(letter.match(/<a [^>]*>/g)).toEqual([
      '<a href="https://a.test/">',
      '<a href="http://b.test/?a=1&amp;b=2">',
      '<a href="https://c.test/">',
    ])
  })

  test('the letter as HTML stands in a frame that can do nothing', async () => {
    const { text } = await service.send('GET', '/inbox')
    const [frame = '', path = ''] = /<iframe [^>]*src="([^"]+)"[^>]*>/.exec(text) ?? []
    expect(frame).toMatch(/ sandbox(?:=""|[ >])/)
    const letter = await service.send('GET', path)
    expect([letter.status, letter.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    const policy = String(letter.headers['content-security-policy']).split('; ')
    expect(policy).toEqual([
      "default-src 'none'",
      "style-src 'unsafe-inline'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self'",
      'sandbox',
    ])
    for (const unknown of ['/inbox/999', '/inbox/x', '/inbox/0', '/inbox/1/2'])
      expect((await service.send('GET', unknown)).status).toBe(404)
  })

  test('bears the headers of every page, and frames nothing but its letters', async () => {
    const answer = await service.send('GET', '/inbox')
    expectHeaders(headersOf(answer), true)
    expect(answer.headers['content-security-policy']).toContain("frame-src 'self'")
    expect(answer.headers['content-security-policy']).not.toContain('script-src')
  })

  test.each<[Readonly<Record<string, string>>]>([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    [{ origin: 'http://evil.test' }],
    [{ origin: 'null' }],
    [{ host: 'evil.test' }],
    [{ 'x-forwarded-for': '203.0.113.1' }],
  ])('lets no other site or tunnel read it: %o', async (headers) => {
    for (const path of ['/inbox', '/inbox/', '/inbox/1']) {
      const answer = await service.send('GET', path, { headers })
      expect(answer.status).toBe('host' in headers ? 421 : 403)
      expect(answer.text).not.toContain('token')
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  test('can be linked to from elsewhere; its letters cannot', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    for (const path of ['/inbox', '/inbox/']) expect((await service.send('GET', path, { headers })).status).toBe(200)
    expect((await service.send('GET', '/inbox/1', { headers })).status).toBe(403)
  })

  test('the page at / and the answer to a request for a letter lead here', async () => {
    expect((await service.send('GET', '/', { headers: AS_BROWSER })).text).toContain('href="inbox"')
    const asked = await service.send('POST', '/forgot', { form: { email: 'nobody@example.com' } })
    const mailbox = await service.send('GET', asked.headers.location ?? '')
    expect(mailbox.text).toContain('<a href="/inbox">')
  })

  test('no token of a letter gets into the log', async () => {
    const { text } = await service.send('GET', '/inbox')
    const tokens = text.match(/[\w-]{36}\.[\w-]{43}/g) ?? []
    expect(tokens.length).toBeGreaterThan(0)
    for (const token of tokens) expect(service.logged.join('')).not.toContain(token)
  })
})

describe.each(databases)('where there is no inbox, on $name', ({ fresh }) => {
  let service: TestService
  const running: Running = []
  beforeAll(async () => {
    service = await startTestService(fresh())
  })
  afterAll(async () => {
    for (const { close } of running) await close()
    await service.close()
  })

  const { http, mail } = settingsOf('classic')
  const elsewhere = {
    'classic anywhere': settingsOf('classic', { http: { ...http, classicAnywhere: true } }),
    'classic on all addresses': settingsOf('classic', { http: { ...http, host: '0.0.0.0', classicAnywhere: true } }),
    'classic behind a proxy': settingsOf('classic', { http: { ...http, trustedProxies: ['127.0.0.1'] } }),
    'classic with a public address': settingsOf('classic', { service: { url: 'https://id.example.com' } }),
    'classic with a mail server': settingsOf('classic', { mail: { ...mail, smtpUrl: 'smtp://127.0.0.1:25' } }),
    hardened: settingsOf('hardened'),
  }

  /** What is answered to these requests, but for the id of the request, its nonce and the time. */
  async function answers(port: number, path: string): Promise<unknown[]> {
    const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']
    return Promise.all(
      [path, `${path}/`, `${path}/1`].flatMap((each) =>
        methods.map(async (method) => {
          const { status, headers, text } = await send(port, method, each, { headers: AS_BROWSER })
          const plain = (part: unknown) => String(part).replaceAll(/nonce[-=]['"]?[\w+/=]{24}/g, 'nonce')
          const policy = plain(headers['content-security-policy'])
          return [status, { ...headers, 'content-security-policy': policy, 'x-request-id': '', date: '' }, plain(text)]
        }),
      ),
    )
  }

  test.each(Object.entries(elsewhere))('%s: its paths are like any that nobody knows', async (_name, settings) => {
    const app = createApp(service.auth, settings)
    running.push(app)
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const got = await answers(port, '/inbox')
    expect(got).toEqual(await answers(port, '/nowhere'))
    expect(got[0]).toContain(404)
    for (const path of ['/', '/forgot'])
      expect((await send(port, 'GET', path, { headers: AS_BROWSER })).text).not.toContain('inbox"')
  })

  test('an app that is made to listen elsewhere, or mounted in another server, shows none', async () => {
    for (const port of await startElsewhere(service.auth, running)) {
      expect(await answers(port, '/inbox')).toEqual(await answers(port, '/nowhere'))
    }
  })

  test('a request for another method does not give it away', async () => {
    expect((await service.send('POST', '/inbox')).status).toBe(404)
    expect((await service.send('OPTIONS', '/inbox/1')).headers.allow).toBeUndefined()
  })
})
