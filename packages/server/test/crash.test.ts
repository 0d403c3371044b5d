/** The built program, killed without warning and out of room: what was answered with success is there afterwards. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chmodSync, closeSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { temporaryFolder } from './support/databases.ts'
import { makeSecret } from '../src/crypto/token.ts'
import { freePort } from './support/free-port.ts'
import { PHRASE } from './support/hardened.ts'
import { send, sessionOf } from './support/http.ts'
import { makePipe } from './support/pipe.ts'
import { startSmtp } from './support/smtp.ts'

const PROGRAM = join(import.meta.dirname, '../bin/bienvenue.js')
const folder = temporaryFolder()
const running: ChildProcess[] = []

/** The program on a free port, once it listens. `limit` is a shell command that runs before it, such as `ulimit`. */
async function serve(
  database: string,
  limit = 'true',
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly port: number; readonly program: ChildProcess }> {
  const command = `${limit}; exec "$0" "$@"`
  const program = spawn(
    'bash',
    ['-c', command, process.execPath, PROGRAM, 'serve', '--port', '0', '--database-url', `sqlite:${database}`],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: folder,
      env: { ...process.env, ...env },
    },
  )
  running.push(program)
  let printed = ''
  for await (const chunk of program.stdout as AsyncIterable<Buffer>) {
    printed += chunk.toString()
    const port = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(printed)?.[1]
    if (port !== undefined) {
      program.stdout.resume()
      return { port: Number(port), program }
    }
  }
  throw new Error(`the program ended without listening: ${printed}`)
}

/** Kills a program as a power cut would, and waits until it is gone. */
async function kill(program: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => program.once('exit', resolve))
  program.kill('SIGKILL')
  await gone
}

afterEach(async () => {
  await Promise.all(
    running
      .splice(0)
      .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
      .map(kill),
  )
})

test('killed in the middle of many registrations, it has every one that it acknowledged, and a sound file', async () => {
  const database = join(folder, 'killed.db')
  const first = await serve(database)
  const acknowledged: string[] = []
  const attempts = Array.from({ length: 40 }, async (_, index) => {
    const email = `person${String(index)}@example.com`
    const { status } = await send(first.port, 'POST', '/users', { form: { email, password: 'b4l0u' } })
    if (status === 200) acknowledged.push(email)
    if (acknowledged.length === 5) first.program.kill('SIGKILL')
  })
  await Promise.allSettled(attempts)
  expect(acknowledged.length).toBeGreaterThanOrEqual(5)
  expect(acknowledged.length).toBeLessThan(40)

  const second = await serve(database)
  for (const email of acknowledged) {
    const again = await send(second.port, 'POST', '/users', { form: { email, password: 'b4l0u' } })
    expect(again.json).toEqual({ message: 'email already registered' })
  }
  const loggedIn = await send(second.port, 'POST', '/sessions', {
    form: { email: acknowledged[0] ?? '', password: 'b4l0u' },
  })
  expect((await send(second.port, 'GET', '/profile', { session: sessionOf(loggedIn) ?? '' })).status).toBe(200)
  await kill(second.program)
  expect(new DatabaseSync(database).prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
})

test('killed while letters wait and leave, it sends every one that it owes, with a link that works', async () => {
  const smtp = await startSmtp({ answers: { recipient: 450 } })
  const env = {
    BIENVENUE_PRESET: 'hardened',
    BIENVENUE_URL: 'https://id.example.test',
    BIENVENUE_SECRET: makeSecret(),
    BIENVENUE_SMTP_URL: smtp.url,
    BIENVENUE_MAIL_FROM: 'accounts@example.test',
  }
  const database = join(folder, 'letters.db')
  const first = await serve(database, 'true', env)
  const acknowledged: string[] = []
  const attempts = Array.from({ length: 30 }, async (_, index) => {
    const form = { email: `person${String(index)}@example.com`, password: PHRASE }
    if ((await send(first.port, 'POST', '/users', { form })).status === 200) acknowledged.push(form.email)
    if (acknowledged.length === 8) first.program.kill('SIGKILL')
  })
  await Promise.allSettled(attempts)
  expect(acknowledged.length).toBeGreaterThanOrEqual(8)
  expect(acknowledged.length).toBeLessThan(30)
  smtp.answers = {}
  await serve(database, 'true', env)
  await expect
    .poll(() => acknowledged.filter((email) => smtp.to(email).length === 0), { timeout: 90_000, interval: 500 })
    .toEqual([])
  await smtp.close()
}, 120_000)

test('its hashing process ends with it', async () => {
  const { port, program } = await serve(join(folder, 'orphan.db'))
  await send(port, 'POST', '/users', { form: { email: 'bob@example.com', password: 'b4l0u' } })
  const hashers = (): string[] =>
    execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes('dist/crypto/hashing-process'))
  const [ours] = hashers().filter((line) => line.trim().split(/\s+/)[1] === String(program.pid))
  expect(ours).toBeDefined()
  await kill(program)
  const pid = ours?.trim().split(/\s+/)[0] ?? ''
  await expect.poll(() => hashers().some((line) => line.trim().startsWith(`${pid} `)), { timeout: 5000 }).toBe(false)
})

test('without room to write it says 503, keeps answering who is logged in, and goes on when there is room [ASVS 16.5.2]', async () => {
  const database = join(folder, 'full.db')
  const cramped = await serve(database, "trap '' XFSZ; ulimit -f 640") // files end at 640 blocks: 320 to 640 KiB
  const password = 'b4l0u'
  expect((await send(cramped.port, 'POST', '/users', { form: { email: 'first@example.com', password } })).status).toBe(
    200,
  )
  const session =
    sessionOf(await send(cramped.port, 'POST', '/sessions', { form: { email: 'first@example.com', password } })) ?? ''
  const statuses: number[] = []
  for (let index = 0; index < 200 && !statuses.includes(503); index++) {
    const { status, headers, text } = await send(cramped.port, 'POST', '/reset_password', {
      form: { email: 'first@example.com' },
    })
    statuses.push(status)
    if (status === 503) {
      expect(headers['retry-after']).toBe('5')
      expect(text).not.toMatch(/sqlite|SQLITE|disk I/)
    }
  }
  expect(statuses).toContain(503)
  expect(statuses).not.toContain(500)
  expect((await send(cramped.port, 'GET', '/profile', { session })).status).toBe(200)
  await kill(cramped.program)

  const roomy = await serve(database)
  expect((await send(roomy.port, 'GET', '/profile', { session })).status).toBe(200)
  expect((await send(roomy.port, 'POST', '/reset_password', { form: { email: 'first@example.com' } })).status).toBe(200)
})

test('in a folder that is read-only it does not start, says so in a line, and has everything when that is over', async () => {
  const place = mkdtempSync(join(folder, 'protected-'))
  const database = join(place, 'protected.db')
  const first = await serve(database)
  const form = { email: 'bob@example.com', password: 'b4l0u' }
  expect((await send(first.port, 'POST', '/users', { form })).status).toBe(200)
  await kill(first.program)
  const files = readdirSync(place).map((name) => join(place, name))
  for (const file of files) chmodSync(file, 0o400)
  chmodSync(place, 0o500)
  const isRoot = process.getuid?.() === 0 // whom modes do not stop, unless he gives up his rights
  const flags = isRoot ? ['--inh-caps=-all', '--bounding-set=-all'] : []
  const command = [...flags, process.execPath, PROGRAM, 'serve', '--port', '0', '--database-url', `sqlite:${database}`]
  const { status, stderr } = spawnSync(isRoot ? 'setpriv' : 'env', command, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 20_000,
  })
  chmodSync(place, 0o700)
  for (const file of files) chmodSync(file, 0o600)
  expect([status, stderr]).toEqual([1, 'bienvenue: the database file may not be opened by this user\n'])
  const second = await serve(database)
  expect((await send(second.port, 'POST', '/sessions', { form })).status).toBe(200)
})

test('told to stop, it finishes what is under way and ends with 0', async () => {
  const { port, program } = await serve(join(folder, 'stopped.db'))
  const underWay = send(port, 'POST', '/users', { form: { email: 'bob@example.com', password: 'b4l0u' } })
  await expect.poll(async () => (await send(port, 'GET', '/healthz')).status).toBe(200)
  const ended = new Promise((resolve) => program.once('exit', (code, signal) => resolve([code, signal])))
  program.kill('SIGTERM')
  expect((await underWay).status).toBe(200)
  expect(await ended).toEqual([0, null])
})

test('with nobody to take its log it goes on, and still ends when told to', async () => {
  const { port, program } = await serve(join(folder, 'unread.db'))
  program.stdout?.destroy()
  for (let index = 0; index < 50; index++) expect((await send(port, 'GET', '/')).status).toBe(200)
  const ended = new Promise((resolve) => program.once('exit', (code) => resolve(code)))
  program.kill('SIGTERM')
  expect(await ended).toBe(0)
})

test('with no room for its log it goes on all the same, and still ends when told to [ASVS 16.5.2]', async () => {
  const log = join(folder, 'full.log')
  writeFileSync(log, 'x'.repeat(400_000)) // beyond the size that files may have for this program
  const port = await freePort()
  const limit = `trap '' XFSZ; ulimit -f 300; exec "$0" "$@" >> '${log}'`
  const database = `sqlite:${join(folder, 'no-log.db')}`
  const args = ['-c', limit, process.execPath, PROGRAM, 'serve', '--port', String(port), '--database-url', database]
  const program = spawn('bash', args, { stdio: ['ignore', 'ignore', 'inherit'], cwd: folder })
  running.push(program)
  const isAlive = async (): Promise<boolean> => (await send(port, 'GET', '/healthz')).status === 200
  await expect.poll(async () => isAlive().catch(() => false), { timeout: 10_000 }).toBe(true)
  for (let index = 0; index < 100; index++) expect((await send(port, 'GET', '/')).status).toBe(200)
  const ended = new Promise((resolve) => program.once('exit', (code) => resolve(code)))
  program.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect(statSync(log).size).toBe(400_000)
})

test('with a log that nobody reads on it goes on, and still ends when told to', async () => {
  const { output } = makePipe()
  const port = await freePort()
  const database = `sqlite:${join(folder, 'stalled-log.db')}`
  const args = [PROGRAM, 'serve', '--port', String(port), '--database-url', database]
  const program = spawn(process.execPath, args, { stdio: ['ignore', output, 'inherit'], cwd: folder })
  closeSync(output)
  running.push(program)
  const statusOf = async (path: string): Promise<number> => (await send(port, 'GET', path)).status
  await expect.poll(async () => statusOf('/healthz').catch(() => 0), { timeout: 10_000 }).toBe(200)
  for (let index = 0; index < 600; index++) expect(await statusOf('/profile')).toBe(403) // more lines than a pipe holds
  const ended = new Promise((resolve) => program.once('exit', (code, signal) => resolve(code ?? signal)))
  program.kill('SIGTERM')
  expect(await ended).toBe(0)
})
