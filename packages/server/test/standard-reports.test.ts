/** Where the content security policy says that browsers report to: the operator's address on every answer, and nowhere by default. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSettings } from '../src/settings-reader.ts'
import { startChromium } from './browser/chromium.ts'
import { databases } from './support/databases.ts'
import { startHardened } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'
import { parse } from './support/headers.ts'
import { requestBytes, sendBytes } from './support/http.ts'
import { linkTo, MAILED } from './support/letters.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const ADDRESS = 'https://reports.example.com/csp?of=bienvenue'
const NAME = 'BIENVENUE_HTTP_CSP_REPORT_URL'
const AS_BROWSER = ['Accept: text/html']
const CERTIFICATES = join(import.meta.dirname, 'support/mail')
const FORM = ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 0']

/** Each kind of answer: from a route, a refusal of each layer, pages, files, and what is no HTTP at all. */
const REQUESTS: readonly (readonly [name: string, status: number, line: string, lines: readonly string[]])[] = [
  ['an answer', 200, 'GET / HTTP/1.1', []],
  ['a page', 200, 'GET / HTTP/1.1', AS_BROWSER],
  ['a form', 200, 'GET /login HTTP/1.1', AS_BROWSER],
  ['a refusal', 403, 'GET /profile HTTP/1.1', []],
  ['a refusal as a page', 404, 'GET /nowhere HTTP/1.1', AS_BROWSER],
  ['a redirect', 303, 'GET /account HTTP/1.1', AS_BROWSER],
  ['a missing field', 400, 'POST /users HTTP/1.1', FORM],
  ['a broken path', 404, 'GET /% HTTP/1.1', []],
  ['another Host', 421, 'GET / HTTP/1.1', ['Host: evil.test']],
  ['a foreign request', 403, 'POST /users HTTP/1.1', ['Origin: null']],
  ['a method that is not taken', 405, 'OPTIONS /users HTTP/1.1', []],
  ['a method that nobody knows', 405, 'BREW /users HTTP/1.1', []],
  ['a tunnel', 405, 'CONNECT example.com:443 HTTP/1.1', []],
  ['an expectation', 417, 'POST /users HTTP/1.1', ['Expect: nonsense', ...FORM]],
  ['headers without end', 431, `GET / HTTP/1.1`, [`X-A: ${'a'.repeat(20_000)}`]],
  ['what is no HTTP', 400, 'GET / HTTP/9.9', []],
]

/** The settings with this address. */
function withAddress(cspReportUrl: string): { readonly http: { readonly cspReportUrl: string } } {
  return { http: { cspReportUrl } }
}

describe.each(databases)('reports of violations on $name', ({ fresh }) => {
  let classic: TestService
  let hardened: HardenedService
  let silent: TestService

  beforeAll(async () => {
    classic = await startTestService(fresh(), { ...MAILED, ...withAddress(ADDRESS) })
    hardened = await startHardened(fresh(), withAddress(ADDRESS))
    silent = await startTestService(fresh())
  })
  afterAll(async () => {
    await Promise.all([classic.close(), hardened.close(), silent.close()])
  })

  test.each(REQUESTS)(
    'go to the address of the settings, says %s, %i [ASVS 3.4.7]',
    async (_name, status, line, lines) => {
      for (const service of [classic, hardened, silent]) {
        const { status: got, headers } = parse(await sendBytes(service.port, requestBytes(service.port, line, lines)))
        const policy = headers.get('content-security-policy') ?? ''
        const named = policy.split('; ').filter((part) => part.startsWith('report-'))
        expect(got).toBe(status)
        expect(policy).toContain("default-src 'none'; ") // the rest of the policy is as without
        if (service === silent) expect(named).toEqual([])
        else expect(named).toEqual([`report-uri ${ADDRESS}`, ...(service === hardened ? ['report-to csp'] : [])])
        expect(headers.get('reporting-endpoints')).toBe(service === hardened ? `csp="${ADDRESS}"` : undefined)
      }
    },
  )

  test('go there from the files of pages, and from what is for development alone, too [ASVS 3.4.7]', async () => {
    await classic.send('POST', '/users', { form: { email: 'bob@example.com', password: 'p' } })
    await linkTo(classic, 'bob@example.com', 'verify')
    const { text } = await classic.send('GET', '/login', { headers: { accept: 'text/html' } })
    const assets = [...text.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path = '']) => path)
    expect(assets.length).toBeGreaterThan(0)
    for (const path of [...assets, '/inbox', '/inbox/1', '/backstage']) {
      const { status, headers } = await classic.send('GET', path, { headers: { accept: 'text/html' } })
      expect([path, status]).toEqual([path, 200])
      expect(String(headers['content-security-policy'])).toMatch(/; report-uri \S+$/)
      expect(String(headers['content-security-policy'])).toContain(`; report-uri ${ADDRESS}`)
    }
  })

  test.each([
    'http://reports.example.com/csp',
    'https://user:word@reports.example.com/csp',
    'https://reports.example.com/csp#x',
    "https://reports.example.com/csp; script-src 'unsafe-inline'",
    'https://reports.example.com/csp,default-src',
    "https://reports.example.com/'",
    `https://reports.example.com/${'x'.repeat(500)}`,
    'http://127.0.0.1:9/csp',
  ])('go to no address like %s [ASVS 3.4.7]', async (given) => {
    await expect(startTestService(fresh(), withAddress(given))).rejects.toThrow(NAME)
  })

  test.each(['reports.example.com', '/csp', 'javascript:alert(1)', 'data:text/plain,x'])(
    'go to %s, which is no address, no more [ASVS 3.4.7]',
    (given) => {
      expect(() => readSettings({ env: { [NAME]: given } })).toThrow(NAME)
    },
  )

  test('may go to another program behind our own origin; the service itself takes none [ASVS 3.4.7]', async () => {
    const own = `${hardened.settings.service.url ?? ''}/csp`
    const service = await startHardened(fresh(), withAddress(own))
    const report = JSON.stringify({ 'csp-report': { 'document-uri': 'https://id.example.test/verify?token=x' } })
    for (const type of ['application/csp-report', 'application/reports+json', 'application/json'])
      for (const path of ['/csp', '/csp-report', '/reports', '/_reports', '/']) {
        const { status } = await service.send('POST', path, { body: report, headers: { 'content-type': type } })
        expect([404, 405]).toContain(status)
      }
    await service.close()
  })

  test('come from a real browser as soon as a page tries what it may not, and hold no token of a link [ASVS 3.4.7]', async () => {
    const reports: string[] = []
    const [cert, key] = ['here', 'key'].map((name) => readFileSync(join(CERTIFICATES, `${name}.pem`)))
    const sink = createServer({ cert, key }, (request, response) => {
      request
        .on('data', (chunk: Buffer) => reports.push(chunk.toString()))
        .on('end', () => response.writeHead(204).end())
    })
    await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
    const address = `https://127.0.0.1:${String((sink.address() as AddressInfo).port)}/csp`
    const service = await startTestService(fresh(), withAddress(address))
    const browser = await startChromium()
    try {
      const page = await browser.newPage({ ignoreHTTPSErrors: true })
      const token = `00000000-0000-4000-8000-000000000000.${'a'.repeat(43)}`
      await page.goto(`http://127.0.0.1:${String(service.port)}/reset?token=${token}`)
      await page.evaluate(() => {
        const script = document.createElement('script')
        script.textContent = 'document.title = "owned"'
        document.body.append(script)
      })
      await expect.poll(() => reports.join(), { timeout: 10_000 }).toContain('"violated-directive":"script-src')
      expect(await page.title()).not.toBe('owned')
      expect(reports.join()).not.toContain(token) // it is gone from the address before a page is shown
    } finally {
      await browser.close()
      await service.close()
      sink.close()
    }
  })
})
