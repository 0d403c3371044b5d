/** A full run of the built program in hardened, over HTTP with a mail server: no secret is in its log, its process list or its database. */
import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { makeSecret } from '../src/crypto/token.ts'
import { contentsOf } from './support/contents.ts'
import { temporaryFolder } from './support/databases.ts'
import { tokenIn, URL_OF_SERVICE } from './support/hardened.ts'
import { cookieOf, send } from './support/http.ts'
import type { Answer, RequestOptions } from './support/http.ts'
import { linkIn, startSmtp } from './support/smtp.ts'
import type { TestSmtp } from './support/smtp.ts'

const PROGRAM = join(import.meta.dirname, '../bin/bienvenue.js')
const folder = temporaryFolder()
const database = `sqlite:${join(folder, 'accounts.db')}`
const PASSWORDS = [
  'violet ladder hums at noon',
  'seven quiet harbours in fog',
  'copper kites over marble bay',
  'nine lanterns behind the mill',
  'the guess of an utter stranger',
] as const
const [FIRST, SECOND, THIRD, PENDING, GUESS] = PASSWORDS
const MAIL_PASSWORD = 'p4ss of the mail server'
const SECRET = makeSecret()
const PATIENCE = { timeout: 20_000, interval: 50 }

/** A secret in the spellings in which it may be lying about. */
function spellingsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const inForms = new URLSearchParams({ secret }).toString().slice('secret='.length)
  const inBase64 = (['base64', 'base64url'] as const).map((encoding) => bytes.toString(encoding).replace(/=+$/, ''))
  return [secret, encodeURIComponent(secret), inForms, ...inBase64, bytes.toString('hex')]
}

/** The arguments of a process and its children, with their numbers, as everybody on the machine sees them. */
function processesOf(pid: number): readonly { readonly pid: number; readonly args: string }[] {
  return execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [])
    .filter(([, own, parent]) => Number(own) === pid || Number(parent) === pid)
    .map(([, own, , args = '']) => ({ pid: Number(own), args }))
}

/** The environment of a process, but for the two values that it was given as secrets. Empty where the system does not show it. */
function environmentOf(pid: number): string {
  const path = `/proc/${pid}/environ`
  const entries = existsSync(path) ? readFileSync(path, 'utf8').split('\0') : []
  return entries.filter((entry) => !/^BIENVENUE_(?:SECRET|SMTP_URL)=/.test(entry)).join('\n')
}

describe('after a full run of the program', () => {
  const printed: string[] = []
  const tokens: string[] = []
  const ids: string[] = []
  let smtp: TestSmtp
  let program: ChildProcess
  let port = 0

  beforeAll(async () => {
    smtp = await startSmtp({ login: { user: 'bienvenue', password: MAIL_PASSWORD } })
    const env = {
      PATH: process.env['PATH'],
      BIENVENUE_PRESET: 'hardened',
      BIENVENUE_URL: URL_OF_SERVICE,
      BIENVENUE_SECRET: SECRET,
      BIENVENUE_SMTP_URL: smtp.url,
      BIENVENUE_MAIL_FROM: 'Example <accounts@example.test>',
      BIENVENUE_LOG_LEVEL: 'trace',
    }
    const args = [PROGRAM, 'serve', '--port', '0', '--database-url', database]
    program = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder, env })
    for (const stream of [program.stdout, program.stderr])
      stream?.on('data', (chunk: Buffer) => printed.push(chunk.toString()))
    port = Number(
      await vi.waitFor(() => /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(printed.join(''))![1], PATIENCE),
    )
    await live()
  }, 120_000)
  afterAll(async () => {
    program.kill('SIGKILL')
    await smtp.close()
  })

  /** Sends a request and notes the secrets that its answer hands out. */
  async function ask(method: string, path: string, status: number, options: RequestOptions = {}): Promise<Answer> {
    const answer = await send(port, method, path, { sessionName: '__Host-session_id', ...options })
    expect([method, path, answer.status, answer.text]).toEqual([method, path, status, answer.text])
    for (const name of ['session_id', 'device']) note(cookieOf(answer, name))
    return answer
  }

  /** Notes a token: its secret half is a secret, its other half names a row. */
  function note(token: string | undefined): void {
    const [id = '', secret = ''] = token?.split('.') ?? []
    if (secret === '') return
    ids.push(id)
    tokens.push(secret)
  }

  /** The token in the link to a page, once a letter with one has come to this address. */
  async function tokenFor(email: string, page: string): Promise<string> {
    const token = await vi.waitFor(() => {
      const letter = smtp.to(email).find(({ text }) => text.includes(`/${page}?`))
      return tokenIn(linkIn(letter!))
    }, PATIENCE)
    note(token)
    return token
  }

  /** Logs in, and returns the session. */
  async function logIn(email: string, password: string): Promise<string> {
    return cookieOf(await ask('POST', '/sessions', 200, { form: { email, password } }), 'session_id')!
  }

  /** A life of an account, with what strangers and mishaps add to it. */
  async function live(): Promise<void> {
    const [email, next] = ['ann@example.com', 'ann@elsewhere.example']
    await ask('POST', '/users', 200, { form: { email, password: FIRST } })
    const verify = await tokenFor(email, 'verify')
    await ask('PUT', '/email_verification', 403, { form: { token: verify, password: GUESS } })
    await ask('PUT', '/email_verification', 200, { form: { token: verify, password: FIRST } })
    await ask('POST', '/sessions', 401, { form: { email, password: GUESS } })
    await ask('POST', '/users', 200, { json: { email, password: GUESS } })
    await logIn(email, FIRST)

    await ask('POST', '/reset_password', 200, { form: { email } })
    const given = { email, reset_token: await tokenFor(email, 'reset'), new_password: SECOND }
    await ask('PUT', '/reset_password', 403, { form: { ...given, email: 'eve@example.com' } })
    await ask('PUT', '/reset_password', 400, { form: { ...given, new_password: 'passwordpassword' } })
    await ask('PUT', '/reset_password', 200, { form: given })

    const session = await logIn(email, SECOND)
    await ask('PUT', '/password', 403, { session, form: { password: GUESS, new_password: THIRD } })
    await ask('PUT', '/password', 200, { session, form: { password: SECOND, new_password: THIRD } })
    await ask('PUT', '/email', 200, { session, form: { email: next } })
    const confirm = await tokenFor(next, 'verify')
    await ask('PUT', '/email_verification', 200, { form: { token: confirm, password: THIRD } })
    await tokenFor(email, 'undo-email')

    const last = await logIn(next, THIRD)
    for (const path of ['/profile', '/session', '/sessions', '/export']) await ask('GET', path, 200, { session: last })
    await misplace(last, next)
    await ask('DELETE', '/sessions', 302, { session: await logIn(next, THIRD) })
    await ask('DELETE', '/users/me', 200, { session: last })
    await tokenFor(next, 'keep-account')
    await linger()
  }

  /** Puts secrets where none belong. */
  async function misplace(session: string, email: string): Promise<void> {
    await ask('GET', `/profile/${session}?session=${session}`, 404)
    await ask('POST', `/sessions?password=${encodeURIComponent(THIRD)}`, 401, { form: { email, password: GUESS } })
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${session}`, 'user-agent': session }
    await ask('POST', '/sessions', 400, { body: `{"email": "${email}", "password": "${THIRD}`, headers })
    await ask('POST', '/sessions', 401, { form: { email: THIRD, password: THIRD } })
  }

  /** Leaves behind a registration that waits, links that work, a session, and a letter that the mail server does not take. */
  async function linger(): Promise<void> {
    const [waiting, stays] = ['waits@example.com', 'stays@example.com']
    await ask('POST', '/users', 200, { form: { email: waiting, password: PENDING } })
    await tokenFor(waiting, 'verify')
    await ask('POST', '/users', 200, { form: { email: stays, password: FIRST } })
    const token = await tokenFor(stays, 'verify')
    await ask('PUT', '/email_verification', 200, { form: { token, password: FIRST } })
    await logIn(stays, FIRST)
    smtp.answers = { recipient: 450 }
    await ask('POST', '/reset_password', 200, { form: { email: stays } })
    await vi.waitFor(() => expect(printed.join('')).toContain('a letter could not be sent'), PATIENCE)
  }

  /** Expects none of the secrets in what was found at a place, and what must be there. */
  function expectNone(found: string, ...there: readonly string[]): void {
    expect(tokens.length, 'tokens that were handed out').toBeGreaterThanOrEqual(14)
    for (const text of there) expect(found).toContain(text)
    for (const secret of [...PASSWORDS, ...tokens, MAIL_PASSWORD, SECRET])
      for (const spelling of spellingsOf(secret)) expect(found.includes(spelling), spelling).toBe(false)
  }

  test('its database, with all files beside it, holds none of them, only the halves of tokens that name rows', async () => {
    const files = readdirSync(folder).sort()
    expect(files).toEqual(['accounts.db', 'accounts.db-shm', 'accounts.db-wal'])
    const [live = ''] = ids.slice(-2)
    expectNone(files.map((name) => readFileSync(join(folder, name), 'latin1')).join('\n'), 'stays@example.com', live)
    const contents = await contentsOf(database)
    const tables = ['users', 'passwords', 'sessions', 'tokens', 'pendings', 'outbox', 'devices', 'limits', 'audit']
    for (const table of tables) expect(contents[table]?.length, table).toBeGreaterThan(0)
    expectNone(JSON.stringify(contents), 'stays@example.com', live)
  })

  test('the process list shows none of them, and its hashing process was given none', () => {
    const processes = processesOf(program.pid!)
    expect(processes.map(({ args }) => /hashing-process|bienvenue/.exec(args)?.[0])).toEqual([
      'bienvenue',
      'hashing-process',
    ])
    expectNone(processes.map(({ args }) => args).join('\n'), 'accounts.db')
    for (const { pid, args } of processes) {
      expectNone(environmentOf(pid))
      if (args.includes('hashing-process') && existsSync(`/proc/${pid}/environ`))
        expectNone(readFileSync(`/proc/${pid}/environ`, 'utf8'))
    }
  })

  test('its log holds none of them, at the finest level, and neither a hash nor a query [ASVS 16.2.5]', async () => {
    const ended = new Promise((resolve) => program.once('exit', (code) => resolve(code)))
    program.kill('SIGTERM')
    expect(await ended).toBe(0)
    const log = printed.join('')
    expectNone(log, '"/reset_password"', '"code":"login.invalid"', 'a letter could not be sent', 'stopped')
    expect(log).not.toMatch(/\$argon2|\$2[aby]\$|token=|password=/)
    expectNone(
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'latin1'))
        .join('\n'),
      'stays@example.com',
    )
  })
})
