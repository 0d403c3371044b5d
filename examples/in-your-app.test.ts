/** The ways of docs/in-your-app.md, as a reader would run them: nginx, the service under hardened, an app, a mailbox. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { CLAIMS, gist, logIn, register, requirePrograms } from './support/bob.ts'
import { startTrial, VISITOR } from './support/trial.ts'
import type { Trial } from './support/trial.ts'

beforeAll(requirePrograms)

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
