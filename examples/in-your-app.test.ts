/** The ways of docs/in-your-app.md, as a reader would run them: nginx, the service under hardened, an app, a mailbox. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startChromium } from '../packages/server/test/browser/chromium.ts'
import { startTrial, VISITOR } from './support/trial.ts'
import type { Answer, Trial } from './support/trial.ts'

const BOB = { email: 'bob@example.com', password: 'a river runs by it' }
const CLAIMS = { 'x-user-id': '999', 'x-user-email': 'boss@example.com' }

beforeAll(() => {
  for (const [program, debian] of [
    ['nginx', 'nginx'],
    ['openssl', 'openssl'],
  ] as const) {
    const { error } = spawnSync(program, ['version'], { env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` } })
    if (error !== undefined) throw new Error(`These tests need Debian's package ${debian}: install it, then try again.`)
  }
})

/** Registers Bob through the proxy, and follows the link of his letter. */
async function register({ ask, line, address }: Trial): Promise<void> {
  expect((await ask('POST', '/auth/users', { form: BOB })).status).toBe(200)
  const [, link = ''] = await line(/^letter to bob@example\.com: (.*)$/)
  expect(link.startsWith(`${address}/auth/verify`)).toBe(true)
  const token = new URL(link).searchParams.get('token') ?? ''
  expect((await ask('PUT', '/auth/email_verification', { form: { token, password: BOB.password } })).status).toBe(200)
}

/** Logs Bob in through the proxy, and resolves to his cookie. */
async function logIn({ ask }: Trial): Promise<string> {
  const { status, headers } = await ask('POST', '/auth/sessions', { form: BOB })
  expect(status).toBe(200)
  const set = headers['set-cookie']?.find((cookie) => cookie.startsWith('__Host-session_id=')) ?? ''
  expect(set).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Secure$/)
  return set.split(';')[0] ?? ''
}

/** Status and text, or where to. */
const gist = ({ status, headers, text }: Answer) => [status, headers.location ?? text]

describe('one host behind a proxy', () => {
  let trial: Trial
  let cookie = ''
  beforeAll(async () => {
    trial = await startTrial('behind-a-proxy')
    await register(trial)
    cookie = await logIn(trial)
  })
  afterAll(async () => {
    expect(await trial.end()).toEqual([]) // nothing is left behind
  })

  test('a stranger is sent to log in, and whoever is logged in is greeted by the app', async () => {
    expect(gist(await trial.ask('GET', '/'))).toEqual([302, '/login?next=/'])
    expect(gist(await trial.ask('GET', '/', { headers: { cookie } }))).toEqual([200, 'Hello bob@example.com\n'])
    expect((await trial.ask('GET', '/auth/profile', { headers: { cookie } })).text).toBe('{"email":"bob@example.com"}')
  })

  test('logging out leads below the prefix, and the app knows at once', async () => {
    const own = { cookie: await logIn(trial) }
    expect(gist(await trial.ask('DELETE', '/auth/sessions', { headers: own }))).toEqual([302, '/auth/'])
    expect((await trial.ask('GET', '/', { headers: own })).status).toBe(302)
  })

  test('the service sees the address of the visitor, whatever the visitor claims', async () => {
    const forwarded = { 'x-forwarded-for': '6.6.6.6', forwarded: 'for=6.6.6.6', 'x-real-ip': '6.6.6.6' }
    const more = { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'http' }
    expect((await trial.ask('GET', '/auth/readyz', { headers: { ...forwarded, ...more } })).status).toBe(200)
    const [line] = await trial.line(/^.*"path":"\/readyz".*$/)
    expect(JSON.parse(line)).toMatchObject({ status: 200, source: VISITOR })
  })

  test('bienvenue doctor finds nothing wrong, with the command that try.sh prints', async () => {
    const [, command = ''] = await trial.line(/^To look at it as an operator: (.*)$/)
    const said = await trial.run(command)
    expect(said).toMatch(/^through +127\.0\.0\.1 \(a trusted proxy\)\nscheme +https\nhost +localhost:\d+$/m)
    expect(said).not.toContain('warning')
  })

  test('another Host gets nothing, and no letter of a stranger’s making', async () => {
    for (const host of ['evil.test', 'localhost.evil.test', '127.0.0.1', ''])
      expect([400, 421]).toContain((await trial.ask('GET', '/auth/session', { headers: { host } })).status)
  })

  test('another site cannot act through the proxy', async () => {
    for (const headers of [{ origin: 'https://evil.test' }, { 'sec-fetch-site': 'same-site' }, { origin: 'null' }]) {
      const { status } = await trial.ask('DELETE', '/auth/sessions', { headers: { cookie, ...headers } })
      expect(status).toBe(403)
    }
  })
})

describe('forward authentication', () => {
  let trial: Trial
  let cookie = ''
  beforeAll(async () => {
    trial = await startTrial('forward-auth')
    await register(trial)
    cookie = await logIn(trial)
  })
  afterAll(async () => {
    expect(await trial.end()).toEqual([]) // nothing is left behind
  })

  test('a stranger is sent to log in and told the way back; what is no look at a page is told 401', async () => {
    const { status, headers } = await trial.ask('GET', '/notes?a=1&b=2')
    expect([status, headers.location]).toEqual([302, '/login?next=/notes?a=1&b=2'])
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect((await trial.ask(method, '/notes')).status).toBe(401)
    expect((await trial.ask('GET', '/login')).text).toContain('<h1>Log in</h1>')
  })

  test('the app learns from the proxy who is there', async () => {
    const hello = 'Hello bob@example.com, number 1, at /notes?a=1\n'
    expect(gist(await trial.ask('GET', '/notes?a=1', { headers: { cookie } }))).toEqual([200, hello])
  })

  test('nobody becomes somebody else by saying so', async () => {
    const tries = [
      CLAIMS,
      { 'X-USER-ID': '999' },
      { 'x-user-id': ['1', '999'] },
      { x_user_id: '999' },
      { 'X_User-Id': '9' },
    ]
    const hops = [
      { ...CLAIMS, connection: 'close, x-user-id' },
      { ...CLAIMS, 'x-forwarded-for': '127.0.0.1' },
    ]
    for (const headers of [...tries, ...hops]) {
      expect((await trial.ask('GET', '/', { headers })).headers.location).toBe('/login?next=/')
      const { text } = await trial.ask('GET', '/', { headers: { ...headers, cookie } })
      expect(text).toBe('Hello bob@example.com, number 1, at /\n')
    }
    for (const wrong of ['__Host-session_id=x', `${cookie}; ${cookie}`, cookie.replace('__Host-', '')])
      expect((await trial.ask('GET', '/', { headers: { ...CLAIMS, cookie: wrong } })).status).toBe(302)
  })

  test.each([
    '/login/../secret',
    '/login/%2e%2e/secret',
    '/login/..%2fsecret',
    '/login/',
    '/login%00',
    '/LOGIN',
    '//login',
    '/./login',
    '/secret/../login',
    '/secret/%2e%2e/login',
    '/auth/../secret',
    '/auth/..%2fsecret',
    '/_session',
    '/auth//../secret',
    '/login;/../secret',
    '/login?/../secret',
    '/login\\..\\secret',
  ])('no spelling of a path gets a stranger to the app: %s', async (path) => {
    const { status, text } = await trial.ask('GET', path, { headers: CLAIMS })
    expect(text).not.toContain('Hello')
    if (status === 200) expect(text).toContain('<h1>Log in</h1>')
  })

  test('the app alone, without what the proxy says, serves nobody', async () => {
    const { status } = await fetch(`http://127.0.0.1:${String(trial.inside.app)}/`)
    expect(status).toBe(500)
    const refused = await new Promise((resolve) =>
      connect({ host: VISITOR, port: trial.inside.app }, () => resolve('connected')).on('error', () =>
        resolve('refused'),
      ),
    )
    expect(refused).toBe('refused') // by any other address than 127.0.0.1 it is not there
  })

  test('in a browser: to a page, by way of logging in, and never to another site', async () => {
    const browser = await startChromium()
    try {
      for (const [wanted, reached] of [
        ['/notes?a=1&b=2', '/notes?a=1&b=2'],
        ['/login?next=//evil.test/', '/'],
        ['/login?next=https://evil.test/', '/'],
        ['/login?next=javascript:alert(1)', '/'],
        ['/login?next=/\\evil.test', '/'],
      ]) {
        const page = await browser.newPage({ ignoreHTTPSErrors: true })
        await page.goto(`${trial.address}${wanted!}`)
        await page.fill('[name=email]', BOB.email)
        await page.fill('[name=password]', BOB.password)
        await page.click('button[value=sessions]')
        await page.getByText('Hello bob@example.com').waitFor()
        expect(page.url()).toBe(`${trial.address}${reached!}`)
        await page.close()
      }
    } finally {
      await browser.close()
    }
  })
})

test.each(['behind-a-proxy', 'forward-auth'])('%s: what reaches the app is what nginx saw', async (way) => {
  const mirror = `import { createServer } from 'node:http'
    createServer(({ headers }, response) => response.end(JSON.stringify(headers))).listen(PORT, '127.0.0.1')`
  const trial = await startTrial(way, { app: mirror })
  onTestFinished(async () => {
    await trial.end()
  })
  const claims = { 'x-forwarded-for': '6.6.6.6', forwarded: 'for=6.6.6.6', 'x-forwarded-host': 'evil.test' }
  const { text } = await trial.ask('GET', '/login', { headers: { ...CLAIMS, ...claims, 'x-forwarded-proto': 'http' } })
  const seen = JSON.parse(text) as Record<string, string>
  expect(seen).toMatchObject({
    host: new URL(trial.address).host,
    'x-forwarded-for': VISITOR,
    'x-forwarded-proto': 'https',
  })
  for (const name of ['forwarded', 'x-forwarded-host']) expect(seen).not.toHaveProperty(name)
  if (way === 'forward-auth') for (const name in CLAIMS) expect(seen).not.toHaveProperty(name)
})

test.each([
  ['behind-a-proxy', 503],
  ['forward-auth', 500],
])('%s: where the service does not answer, nobody gets in', async (way, expected) => {
  const trial = await startTrial(way, { withService: false })
  onTestFinished(async () => {
    await trial.end()
  })
  for (const headers of [CLAIMS, { ...CLAIMS, cookie: '__Host-session_id=x' }]) {
    const { status, text } = await trial.ask('GET', '/', { headers })
    expect([status, text.includes('Hello')]).toEqual([expected, false])
  }
})

test('nginx takes the sample for a host of its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bienvenue-sample-'))
  const sample = readFileSync(join(import.meta.dirname, '../docs/deploy/nginx.conf'), 'utf8')
  const site = join(folder, 'site.conf')
  let listens = 0
  const local = sample.replaceAll(/^ *listen .*?( ssl)?;$/gm, (_, ssl = '') => {
    return `listen unix:${folder}/${String(++listens)}.sock${String(ssl)};` // its ports are for root alone
  })
  await writeFile(site, local.replaceAll('/etc/letsencrypt/live/id.example.com', folder))
  await writeFile(join(folder, 'nginx.conf'), 'pid nginx.pid; events {} http { include site.conf; }')
  const run = (program: string, ...args: string[]) => {
    const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` }
    const { status, stderr } = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, expect.not.stringMatching(/\[(?:warn|emerg)\]/)])
  }
  const files = ['-keyout', 'privkey.pem', '-out', 'fullchain.pem']
  run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=id.example.com', ...files)
  run('nginx', '-t', '-p', folder, '-e', 'stderr', '-c', 'nginx.conf')
  await rm(folder, { recursive: true })
})

test('the page shows what runs here, to the letter', () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/in-your-app.md'), 'utf8')
  for (const name of [
    'behind-a-proxy/nginx.conf',
    'behind-a-proxy/app.ts',
    'forward-auth/nginx.conf',
    'forward-auth/app.ts',
  ])
    expect(page).toContain(`\`\`\`\n${readFileSync(join(import.meta.dirname, name), 'utf8')}\`\`\`\n`)
})
