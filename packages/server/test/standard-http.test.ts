/** Rows of the security standard about HTTP and the browser that no other test names: each an attack on a running service. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBackstage } from '../src/settings-safety.ts'
import { settingsOf } from '../src/settings-list.ts'
import { databases } from './support/databases.ts'
import { sendBytes, requestBytes, sessionOf } from './support/http.ts'
import type { Answer } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const BOB = { email: 'bob@example.com', password: 'correct horse' }
const AS_BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe.each(databases)('the standard over HTTP on $name', ({ fresh }) => {
  let service: TestService
  let session = ''
  let page: Answer
  const answers: Answer[] = []

  beforeAll(async () => {
    service = await startTestService(fresh())
    await service.send('POST', '/users', { form: BOB })
    page = await service.send('GET', '/', { headers: AS_BROWSER })
    const login = await service.send('POST', '/sessions', { form: BOB })
    session = sessionOf(login) ?? ''
    answers.push(
      login,
      await service.send('GET', '/'),
      await service.send('GET', '/profile', { session }),
      await service.send('POST', '/users', { form: BOB }),
      await service.send('POST', '/sessions', { form: { ...BOB, password: 'wrong' } }),
      await service.send('GET', '/profile'),
      await service.send('GET', '/nowhere'),
      await service.send('DELETE', '/users'),
      await service.send('POST', '/users', { json: { email: 'x'.repeat(20_000) } }),
      await service.send('POST', '/users', { body: 'x', headers: { 'content-type': 'text/plain' } }),
      await service.send('GET', '/', { headers: { host: 'evil.test' } }),
      await service.send('POST', '/reset_password', { form: BOB }),
      await service.send('PUT', '/reset_password', { form: { ...BOB, reset_token: 'x', new_password: 'x' } }),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400, 401, 403, 404, 405, 413, 415, 421]))
  })
  afterAll(async () => {
    await service.close()
  })

  test('no answer of the API can be rendered as a page, whatever the browser thinks of it [ASVS 3.2.1]', async () => {
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toMatch(/(?:^|; )sandbox(?:;|$)/)
      expect(headers['content-type']).toMatch(/^application\/(?:problem\+)?json$/)
      expect(headers['x-content-type-options']).toBe('nosniff')
    }
  })

  test('every answer with a body names its true type, and text its charset [ASVS 4.1.1]', async () => {
    for (const { headers, text } of answers) {
      expect(headers['content-type']).toMatch(/^application\/(?:problem\+)?json$/)
      expect(() => JSON.parse(text) as unknown).not.toThrow()
    }
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.text).toMatch(/^<!doctype html>/i)
  })

  test('no other site learns paths or queries of ours from a Referer [ASVS 3.4.5]', async () => {
    for (const { headers } of [...answers, page]) expect(headers['referrer-policy']).toBe('same-origin')
  })

  test('no answer may be put into a frame [ASVS 3.4.6]', async () => {
    for (const { headers } of [...answers, page])
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
  })

  test('a page of ours shares its window with no other site [ASVS 3.4.8]', async () => {
    expect(page.headers['cross-origin-opener-policy']).toBe('same-origin')
  })

  test('other sites cannot embed what we answer [ASVS 3.5.8]', async () => {
    for (const { headers } of [...answers, page]) expect(headers['cross-origin-resource-policy']).toBe('same-origin')
  })

  test('no answer names a product or a version [ASVS 13.4.6]', async () => {
    const products = /fastify|node(?:\.?js)?\/|\bv?\d+\.\d+\.\d+\b(?!\.)|sqlite|kysely|zoderror/i
    for (const { headers, text } of answers) {
      expect([headers['server'], headers['x-powered-by'], headers.via]).toEqual([undefined, undefined, undefined])
      expect(text.replaceAll('127.0.0.1', '')).not.toMatch(products)
    }
    const garbage = await sendBytes(service.port, 'nonsense\r\n\r\n')
    expect(garbage).toMatch(/^HTTP\/1\.1 400 /)
    expect(garbage.replace('HTTP/1.1', '')).not.toMatch(products)
  })

  test('what is sent back is never too long to receive, whatever was sent: headers stay under 4 KiB [ASVS 4.2.5]', async () => {
    const long = 'x'.repeat(4500)
    const bytes = [
      requestBytes(service.port, `GET /${long} HTTP/1.1`),
      requestBytes(service.port, `GET /profile?${long} HTTP/1.1`, [
        `Cookie: session_id=${long}`,
        `Origin: http://${long}`,
      ]),
      requestBytes(service.port, `DELETE /sessions?${long} HTTP/1.1`, [
        `Cookie: session_id=${session}`,
        `X-A: ${long}`,
      ]),
    ]
    for (const request of bytes) {
      const [head = ''] = (await sendBytes(service.port, request)).split('\r\n\r\n')
      expect(head).toMatch(/^HTTP\/1\.1 (?:302|403|404) /)
      expect(head.length).toBeLessThan(4096)
    }
    session = sessionOf(await service.send('POST', '/sessions', { form: BOB })) ?? ''
  })

  test.each([
    '/.git/HEAD',
    '/.git/config',
    '/.gitignore',
    '/.env',
    '/package.json',
    '/bienvenue.db',
    '/bienvenue.db.secret',
  ])('%s, which stands beside the program, is not served [ASVS 13.4.1]', async (path) => {
    for (const spelling of [path, `/x/..${path}`, `/%2e%2e${path}`, `//${path}`, path.replace('.', '%2e')])
      expect((await service.send('GET', spelling)).status).toBe(404)
  })

  test('no folder is listed [ASVS 13.4.3]', async () => {
    for (const path of [
      '/app/',
      '/pages/',
      '/app/pages/',
      '/dist/',
      '/assets/',
      '/static/',
      '/public/',
      '/..',
      '/../',
      '/.',
    ])
      expect((await service.send('GET', path)).status).toBe(404)
  })

  test('there are no metrics, no documentation and no inspector to find [ASVS 13.4.5]', async () => {
    const paths = [
      'metrics',
      'docs',
      'documentation',
      'documentation/json',
      'openapi.json',
      'swagger',
      'api-docs',
      'status',
    ]
    for (const path of [...paths, 'debug', 'json/list', 'server-status', '.well-known/openapi', 'admin'])
      expect((await service.send('GET', `/${path}`, { headers: AS_BROWSER })).status).toBe(404)
  })

  test('a secret in the address does nothing: neither logs in, nor signs in, nor resets [ASVS 14.2.1]', async () => {
    const query = new URLSearchParams(BOB).toString()
    expect((await service.send('POST', `/sessions?${query}`)).status).toBe(400)
    expect((await service.send('GET', `/profile?session_id=${session}`)).status).toBe(403)
    const { reset_token: token } = (await service.send('POST', '/reset_password', { form: BOB })).json as {
      reset_token: string
    }
    const reset = await service.send('PUT', `/reset_password?reset_token=${token}&new_password=x`, { form: BOB })
    expect(reset.status).toBe(400)
  })

  test('the page asks for nothing at any other site, and tells none [ASVS 14.2.3]', async () => {
    expect(page.text).not.toMatch(/(?:src|href|action|content)="?(?:[a-z]+:)?\/\//i)
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    expect(page.headers['content-security-policy']).not.toMatch(/https?:|\*/)
  })

  test('passwords are masked as they are typed [ASVS 6.2.6]', async () => {
    const inputs = page.text.match(/<input[^>]*name="(?:new_)?password"[^>]*>/g) ?? []
    expect(inputs.length).toBeGreaterThan(2)
    for (const input of inputs) expect(input).toContain('type="password"')
  })

  test('password managers know the fields, and nothing keeps anyone from pasting [ASVS 6.2.7]', async () => {
    const inputs = page.text.match(/<input[^>]*name="(?:new_)?password"[^>]*>/g) ?? []
    for (const input of inputs) expect(input).toMatch(/autocomplete="(?:new|current)-password"/)
    expect(page.text).toMatch(/name="email"[^>]*autocomplete="username"|autocomplete="username"[^>]*name="email"/)
    expect(page.text).not.toMatch(/onpaste|'paste'|"paste"/)
  })
})

describe.each(databases)('the standard behind settings on $name', ({ fresh }) => {
  test('with secure cookies, the one cookie is Secure [ASVS 3.3.1], SameSite [ASVS 3.3.2] and __Host- [ASVS 3.3.3], and no other name counts', async () => {
    const service = await startTestService(fresh(), { sessions: { secureCookie: true } })
    await service.send('POST', '/users', { form: BOB })
    const { headers } = await service.send('POST', '/sessions', { form: BOB })
    const [cookie = '', ...more] = headers['set-cookie'] ?? []
    const [pair = '', ...flags] = cookie.split('; ')
    expect(more).toEqual([])
    expect(new Set(flags)).toEqual(new Set(['Path=/', 'HttpOnly', 'SameSite=Lax', 'Secure']))
    expect(pair).toMatch(/^__Host-session_id=./)
    const statusWith = async (sent: string) =>
      (await service.send('GET', '/profile', { headers: { cookie: sent } })).status
    expect(await statusWith(pair)).toBe(200)
    for (const name of ['session_id', '__host-session_id', '__Secure-session_id', '__Host-session_id '])
      expect(await statusWith(pair.replace('__Host-session_id', name))).toBe(403)
    await service.close()
  })

  test('a request that came over plain http is never led to https, where its secrets would seem safe [ASVS 4.1.2]', async () => {
    const service = await startTestService(fresh(), { http: { trustedProxies: ['127.0.0.1'] } })
    for (const [method, path] of [
      ['GET', '/'],
      ['POST', '/users'],
      ['POST', '/sessions'],
      ['GET', '/profile'],
    ] as const) {
      const { status, headers } = await service.send(method, path, { headers: { 'x-forwarded-proto': 'http' } })
      expect([headers.location, Math.floor(status / 100) === 3]).toEqual([undefined, false])
    }
    await service.close()
  })

  test('what is for learning and looking inside is not there in a deployment [ASVS 13.4.2]', async () => {
    expect(hasBackstage(settingsOf('hardened'))).toBe(false)
    const service = await startTestService(fresh(), { http: { trustedProxies: ['127.0.0.1'] } })
    for (const path of ['/backstage', '/backstage/', '/backstage/1', '/inbox'])
      expect((await service.send('GET', path, { headers: AS_BROWSER })).status).toBe(404)
    await service.close()
  })
})
