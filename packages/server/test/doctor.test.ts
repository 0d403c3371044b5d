/** What the service sees through a proxy: `bienvenue doctor` asks it, nobody else may, and the log says it after a start. */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DOCTOR_HEADER } from '../src/app/doctor-view.ts'
import type { ServiceView } from '../src/app/doctor-view.ts'
import { Doctor } from '../src/auth/doctor.ts'
import { warningsFor } from '../src/cli/doctor-findings.ts'
import { KeyRing, makeSecret } from '../src/crypto/token.ts'
import type { SomeSettings } from '../src/settings.ts'
import { describeApi } from '../src/app/openapi.ts'
import { temporaryFolder } from './support/databases.ts'
import { runProgram, serveProgram } from './support/program.ts'
import type { Ended } from './support/program.ts'
import { honest, startProxy } from './support/proxy.ts'
import type { ProxyOptions, TestProxy } from './support/proxy.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'
import { CA_FILE } from './support/smtp.ts'

const folder = temporaryFolder()
const noDatabase = temporaryFolder()
const secret = makeSecret()

/** A service in hardened, which the test moves in time. It ends with the test. */
async function startHardened(settings: SomeSettings = {}): Promise<TestService> {
  const mail = { smtpUrl: 'smtp://127.0.0.1:1', from: 'accounts@example.test' }
  const changes = { ...settings, service: { secret, ...settings.service }, mail }
  const options = { preset: 'hardened', url: 'https://id.example.test' } as const
  const service = await startTestService(`sqlite:${join(folder, `${randomUUID()}.db`)}`, changes, {}, options)
  onTestFinished(async () => service.close())
  return service
}

/** A hardened service as a program behind a proxy over TLS, and the address of the proxy. */
async function startBehindProxy(
  options: ProxyOptions,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly proxy: TestProxy; readonly url: string; readonly lines: readonly string[] }> {
  const proxy = await startProxy({ tls: true, ...options })
  const url = `https://localhost:${proxy.port}${options.prefix ?? ''}`
  const serving = await serveProgram([], {
    cwd: folder,
    env: {
      BIENVENUE_PRESET: 'hardened',
      BIENVENUE_URL: url,
      BIENVENUE_SECRET: secret,
      BIENVENUE_SMTP_URL: 'smtp://127.0.0.1:1',
      BIENVENUE_MAIL_FROM: 'accounts@example.test',
      DATABASE_URL: `sqlite:${randomUUID()}.db`,
      ...env,
    },
  })
  proxy.target = serving.port
  return { proxy, url, lines: serving.lines }
}

/** Runs the doctor with nothing but the secret. */
async function doctor(
  url: string,
  env: Readonly<Record<string, string>> = {},
  more: readonly string[] = [],
): Promise<Ended> {
  return runProgram(['doctor', url, ...more], {
    cwd: noDatabase,
    env: { BIENVENUE_SECRET: secret, NODE_EXTRA_CA_CERTS: CA_FILE, ...env },
  })
}
describe('the route', () => {
  const path = '/doctor'

  test('tells whoever holds the secret what the service sees', async () => {
    const service = await startHardened()
    const { proof, nonce } = new Doctor(new KeyRing([secret]), service.clock.now).prove('GET /doctor')
    const answer = await service.send('GET', path, { headers: { [DOCTOR_HEADER]: proof } })
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({
      nonce,
      preset: 'hardened',
      url: 'https://id.example.test',
      peer: '127.0.0.1',
      peerIsTrusted: false,
      client: '127.0.0.1',
      clientIs: 'loopback',
      scheme: 'http',
      host: `127.0.0.1:${service.port}`,
      forwarding: [],
    })
  })

  test('is unknown to everybody else: in each header and each letter but the number of the request', async () => {
    const service = await startHardened()
    const make = (secrets: readonly [string, ...string[]], request: string, at = service.clock.now): string =>
      new Doctor(new KeyRing(secrets), at).prove(request).proof
    const good = make([secret], 'GET /doctor')
    const late = (seconds: number) => (): Date => new Date(service.clock.now().getTime() + seconds * 1000)
    const [seconds = '', nonce = '', mac = ''] = good.split('.')
    const proofs = [
      '',
      good.slice(0, -1),
      `${good}A`,
      `${seconds}.${nonce}`,
      `${String(Number(seconds) + 1)}.${nonce}.${mac}`,
      `${seconds}.${nonce.slice(1)}${nonce.slice(0, 1)}.${mac}`,
      `${seconds}.${nonce}.${'A'.repeat(43)}`,
      make([makeSecret()], 'GET /doctor'),
      make([secret], 'POST /doctor'),
      make([secret], 'GET /doctors'),
      make([secret], 'GET /doctor', late(-61)),
      make([secret], 'GET /doctor', late(61)),
    ]
    const unknown = await service.send('GET', '/doctos')
    for (const proof of [null, ...proofs]) {
      const headers = proof === null ? {} : { [DOCTOR_HEADER]: proof }
      const answer = await service.send('GET', path, { headers })
      const own = { 'x-request-id': answer.headers['x-request-id'], date: answer.headers.date }
      expect([proof, answer.status, answer.text]).toEqual([proof, 404, unknown.text])
      expect(answer.headers).toEqual({ ...unknown.headers, ...own })
    }
    for (const method of ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await service.send(method, path, { headers: { [DOCTOR_HEADER]: good } })
      expect([method, answer.status, answer.headers.allow]).toEqual([method, 404, undefined])
    }
    const twice = await service.send('GET', path, { headers: { [DOCTOR_HEADER]: [good, good] } })
    expect(twice.status).toBe(404)
  })

  test('takes a proof for a minute, and one under an older secret while that is set', async () => {
    const service = await startHardened({ service: { secret: `${makeSecret()},${secret}` } })
    const { proof } = new Doctor(new KeyRing([secret]), service.clock.now).prove('GET /doctor')
    const ask = async (): Promise<number> =>
      (await service.send('GET', path, { headers: { [DOCTOR_HEADER]: proof } })).status
    expect(await ask()).toBe(200)
    service.clock.advance({ seconds: 60 })
    expect(await ask()).toBe(200)
    service.clock.advance({ seconds: 1 })
    expect(await ask()).toBe(404)
  })

  test('is no line of the API', async () => {
    const service = await startHardened()
    expect(JSON.stringify(await describeApi(service.auth, service.settings, '0.0.0'))).not.toContain('doctor')
  })
})

describe('bienvenue doctor', () => {
  test('prints what the service sees through a proxy that it trusts: exit 0', async () => {
    const { url, proxy } = await startBehindProxy({ headers: honest }, { BIENVENUE_TRUSTED_PROXIES: '127.0.0.1' })
    const { code, out, err } = await doctor(url)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.split('\n')).toEqual([
      `asked           ${url}`,
      `BIENVENUE_URL   ${url}`,
      'preset          hardened',
      'client address  198.51.100.7 (public)',
      'through         127.0.0.1 (a trusted proxy)',
      'scheme          https',
      `host            localhost:${proxy.port}`,
      'forwarding      x-forwarded-for, x-forwarded-proto (believed)',
      '',
    ])
    expect(out).not.toContain(secret)
  })

  test('is at ease with a path before ours that the proxy takes off', async () => {
    const env = { BIENVENUE_TRUSTED_PROXIES: '127.0.0.1' }
    const { url } = await startBehindProxy({ headers: honest, prefix: '/auth' }, env)
    expect(await doctor(`${url}/`)).toMatchObject({ code: 0, err: '' })
    const { code, out } = await doctor(url.replace('/auth', '/auch'))
    expect(code).toBe(1)
    expect(out).toContain('warning: the path is /auch, and that of BIENVENUE_URL is /auth: ask under')
  })

  test('warns where all people look like one, because the proxy is not trusted: exit 1', async () => {
    const { url } = await startBehindProxy({ headers: honest })
    const { code, out, err } = await doctor(url)
    expect(code).toBe(1)
    expect(out).toContain('client address  127.0.0.1 (loopback, an address of this machine)')
    expect(out).toContain('forwarding      x-forwarded-for, x-forwarded-proto (not believed)')
    expect(out).toMatch(
      /^warning: all people look like one person: 127\.0\.0\.1 says for whom it asks, .*BIENVENUE_TRUSTED_PROXIES=127\.0\.0\.1$/m,
    )
    expect(out).toMatch(/^warning: the scheme that the service sees is http, .*X-Forwarded-Proto/m)
    expect(err).toBe('bienvenue: not all is as it should be: 2 to look at\n')
    const json = JSON.parse((await doctor(url, {}, ['--json'])).out) as { view: ServiceView; warnings: string[] }
    expect([json.view.client, json.warnings.length]).toEqual(['127.0.0.1', 2])
  })

  test('warns where the proxy passes on another Host', async () => {
    const headers: ProxyOptions['headers'] = (given) => ({ ...honest(given), host: '127.0.0.1:5000' })
    const { url } = await startBehindProxy({ headers }, { BIENVENUE_TRUSTED_PROXIES: '127.0.0.1' })
    const { code, out } = await doctor(url)
    expect(code).toBe(1)
    expect(out).toMatch(
      /^warning: the host that the service sees is 127\.0\.0\.1:5000, .*let the proxy pass the Host on$/m,
    )
  })

  test.each<[string, ProxyOptions]>([
    ['keeps answers', { caches: true }],
    ['lets caches keep answers', { answerHeaders: (headers) => ({ ...headers, 'cache-control': 'private' }) }],
    ['says how old an answer is', { answerHeaders: (headers) => ({ ...headers, age: '3' }) }],
  ])('warns where something in between %s', async (_, options) => {
    const { url } = await startBehindProxy({ headers: honest, ...options }, { BIENVENUE_TRUSTED_PROXIES: '127.0.0.1' })
    const { code, out } = await doctor(url)
    expect(code).toBe(1)
    expect(out.match(/^warning: .*/gm)).toEqual([expect.stringContaining('a cache stands between')])
  })

  test('says that the service has another secret, and does not tell it ours', async () => {
    const { url } = await startBehindProxy({ headers: honest })
    const other = makeSecret()
    const { code, out, err } = await doctor(url, { BIENVENUE_SECRET: other })
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^bienvenue: the service does not know us: it has another secret/)
    expect(err).not.toContain(other)
  })

  test('says what stands in the way: nobody, a redirect, a proxy alone, another program, a strange Host', async () => {
    const { proxy, url } = await startBehindProxy({ headers: (given) => ({ ...given, host: 'elsewhere.example' }) })
    expect((await doctor(url)).err).toContain('the service is asked under a Host that is none of its names')
    proxy.target = 1
    expect((await doctor(url)).err).toContain('a proxy answers 502: it does not reach the service')
    expect((await doctor('http://127.0.0.1:1')).err).toMatch(/nothing answers at http:\/\/127\.0\.0\.1:1\/ \(\w+\)/)
    expect((await doctor(url, { NODE_EXTRA_CA_CERTS: '' })).err).toMatch(/nothing answers at https:.* \([A-Z_]+\)/)
    const answers = {
      status: 301,
      headers: { location: 'https://www.example.test/\u009b31m' } as Record<string, string>,
    }
    const other = createServer((_, response) =>
      response.writeHead(answers.status, answers.headers).end('{"status":"no"}'),
    )
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    const moved = await doctor(elsewhere)
    expect([moved.code, moved.err]).toEqual([
      1,
      expect.stringContaining('redirects to https://www.example.test/\\u009b31m: ask there'),
    ])
    answers.status = 200
    answers.headers = {}
    expect((await doctor(elsewhere)).err).toContain('something answers 200 that is not the service')
  })

  test('works in classic on this machine with the secret beside the database, and needs to reach that', async () => {
    const env = { DATABASE_URL: `sqlite:${join(folder, 'classic.db')}` }
    const { port } = await serveProgram([], { cwd: folder, env })
    const url = `http://127.0.0.1:${port}`
    const { code, out } = await doctor(url, { ...env, BIENVENUE_SECRET: '' })
    expect(code).toBe(0)
    expect(out).toContain('client address  127.0.0.1 (loopback, an address of this machine)')
    expect(out).toContain('through         nothing in between')
    const without = await doctor(url, { BIENVENUE_SECRET: '' })
    expect([without.code, without.out]).toEqual([1, ''])
    expect(without.err).toContain('doctor needs the secret of the service: BIENVENUE_SECRET or BIENVENUE_SECRET_FILE')
    const proxy = await startProxy({ headers: honest })
    proxy.target = port
    const through = await doctor(`http://127.0.0.1:${proxy.port}`, { ...env, BIENVENUE_SECRET: '' })
    expect(through.err).toContain('classic takes nothing that came through a proxy')
  })
})

describe('all people look like one', () => {
  const view: ServiceView = {
    preset: 'hardened',
    url: 'https://id.example.com',
    peer: '203.0.113.9',
    peerIsTrusted: false,
    client: '203.0.113.9',
    clientIs: 'public',
    scheme: 'https',
    host: 'id.example.com',
    forwarding: [],
  }
  const asked = new URL('https://id.example.com')
  const warnings = (changes: Partial<ServiceView>, own: readonly string[] = [], url = asked): readonly string[] =>
    warningsFor({ view: { ...view, ...changes }, isCached: false }, url, new Set(own))

  test.each<[string, Partial<ServiceView>, string]>([
    [
      'a proxy that is not trusted says for whom it asks',
      { forwarding: ['forwarded'] },
      'BIENVENUE_TRUSTED_PROXIES=203.0.113.9',
    ],
    [
      'a trusted proxy does not say',
      { peerIsTrusted: true, clientIs: 'a trusted proxy' },
      'let it send X-Forwarded-For',
    ],
    [
      'a public service sees loopback',
      { client: '127.0.0.1', clientIs: 'loopback' },
      'BIENVENUE_TRUSTED_PROXIES=127.0.0.1',
    ],
    ['a service sees a gateway', { client: '172.17.0.1', clientIs: 'private' }, 'BIENVENUE_TRUSTED_PROXIES=172.17.0.1'],
  ])('where %s', (_, changes, advice) => {
    expect(warnings(changes)).toEqual([expect.stringMatching(/^all people look like one person: /)])
    expect(warnings(changes)[0]).toContain(advice)
  })

  test('not where the service sees us, or the world', () => {
    expect(warnings({})).toEqual([])
    expect(warnings({ client: '10.0.0.5', clientIs: 'private' }, ['10.0.0.5'])).toEqual([])
    expect(warnings({ forwarding: ['via'] })).toEqual([])
  })
})

describe('the log', () => {
  /** The lines of the log with this text. */
  const lines = ({ logged }: TestService, text: string): readonly object[] =>
    logged.filter((line) => line.includes(text)).map((line) => JSON.parse(line) as object)
  const forwarded = { 'x-forwarded-for': '198.51.100.7', 'x-forwarded-proto': 'https', host: 'id.example.test' }

  test('says once what the service sees through the proxy, also where others asked directly before', async () => {
    const service = await startHardened({ http: { trustedProxies: ['127.0.0.1'] } })
    await service.send('GET', '/healthz')
    await service.send('GET', '/')
    await service.send('GET', '/')
    for (let times = 0; times < 3; times++) await service.send('GET', '/', { headers: forwarded })
    expect(lines(service, 'first sight')).toEqual([
      expect.objectContaining({ level: 30, client: '127.0.0.1', scheme: 'http', host: `127.0.0.1:${service.port}` }),
      expect.objectContaining({
        level: 30,
        client: '198.51.100.7',
        scheme: 'https',
        host: 'id.example.test',
        msg: 'first sight: client address 198.51.100.7, scheme https, host id.example.test, through 127.0.0.1',
      }),
    ])
    expect(lines(service, 'no trusted proxy')).toEqual([])
  })

  test.each([['x-forwarded-for'], ['forwarded'], ['x-real-ip']])(
    'warns once a start when %s comes from whoever is no trusted proxy',
    async (name) => {
      const service = await startHardened()
      for (let times = 0; times < 3; times++)
        await service.send('GET', '/', { headers: { [name]: 'for=198.51.100.7' } })
      expect(lines(service, 'no trusted proxy')).toEqual([
        expect.objectContaining({
          level: 40,
          peer: '127.0.0.1',
          msg: `${name} came from 127.0.0.1, which is no trusted proxy, and was not believed; if it is your proxy, all people look like one: set BIENVENUE_TRUSTED_PROXIES=127.0.0.1`,
        }),
      ])
      expect(JSON.stringify(lines(service, 'no trusted proxy'))).not.toContain('198.51.100.7')
    },
  )

  test('repeats no Host that a stranger made up', async () => {
    const service = await startHardened()
    await service.send('GET', '/', { headers: { host: 'x\u009b31m <b>' } })
    expect(lines(service, 'first sight')).toEqual([expect.objectContaining({ host: '(unreadable)' })])
  })

  test('says nothing in classic, where nothing that was passed on gets in', async () => {
    const service = await startTestService('sqlite::memory:')
    onTestFinished(async () => service.close())
    await service.send('GET', '/')
    expect(lines(service, 'first sight')).toEqual([])
  })

  test('looks at a thousand requests at the most, and then stands in nobody’s way', async () => {
    const service = await startHardened({ http: { trustedProxies: ['127.0.0.1'] } })
    const { arrivals } = await import('../src/app/front-door.ts')
    expect(arrivals.hasSubscribers).toBe(true)
    for (let times = 0; times < 1000; times += 50)
      await Promise.all(Array.from({ length: 50 }, async () => service.send('GET', '/')))
    expect(arrivals.hasSubscribers).toBe(false)
    expect(lines(service, 'first sight')).toHaveLength(1)
  })
})
