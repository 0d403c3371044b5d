/** Rows of the security standard about what the service reaches: other systems, files for its log, and the rights of those who look after it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { makeSecret } from '../src/crypto/token.ts'
import { isPostgres } from '../src/database-address.ts'
import { ROUTES } from './attacks/routes.ts'
import { contentsOf } from './support/contents.ts'
import { databases, temporaryFolder } from './support/databases.ts'
import { hardenedSettings, OTHER_PHRASE, PHRASE, startHardened } from './support/hardened.ts'
import { send, sessionOf } from './support/http.ts'
import { MAILED, settle } from './support/letters.ts'
import { PROGRAM, runProgram } from './support/program.ts'
import { startTestService } from './support/service.ts'

const SOURCE = join(import.meta.dirname, '../src')
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(SOURCE, name), 'utf8') }))

/** The files of the source in which a pattern is, each once. */
function filesWith(pattern: RegExp): readonly string[] {
  return files.flatMap(({ name, text }) => (pattern.test(text) ? [name] : [])).sort()
}

const servers: Server[] = []
afterAll(() => {
  for (const server of servers) server.close()
})

/** A server on a free port that counts who came. */
async function startCounting(): Promise<{ readonly port: number; readonly came: () => number }> {
  let came = 0
  const server = createServer((_request, response) => response.end('')).on('connection', () => came++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  return { port: (server.address() as AddressInfo).port, came: () => came }
}

describe('outside systems', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  test('are three: the source opens connections to the database, where it hands over letters and asks about breaches, and nowhere else [ASVS 13.2.4]', () => {
    expect(filesWith(/\bfetch\(/)).toEqual(['breaches.ts', 'cli/doctor-ask.ts']) // the doctor asks the service itself
    expect(filesWith(/'nodemailer'\)/)).toEqual(['mail/smtp.ts'])
    for (const name of filesWith(/'(?:node:sqlite|pg|postgres)'/)) expect(name).toMatch(/^db\/dialects\//)
    const speaking =
      /^import (?!type)\{([^}]*)\} from 'node:(?:net|tls|https?|http2|dgram|dns(?:\/promises)?|inspector)'/gm
    const used = files.flatMap(({ text }) => [...text.matchAll(speaking)].map(([, names = '']) => names.trim()))
    const harmless = ['STATUS_CODES', 'checkServerIdentity', 'createServer', 'isIP'] // words, checks, and one that listens: no connection
    expect(new Set(used)).toEqual(new Set(harmless))
    expect(
      filesWith(/\b(?:WebSocket|EventSource|XMLHttpRequest|sendBeacon|undici|axios)\b|createConnection\(/),
    ).toEqual([])
    const silent = [
      'csv-parse',
      '@clack/prompts',
      '@fastify/swagger',
      '@node-rs/argon2',
      '@node-rs/bcrypt',
      'commander',
    ]
    silent.push(
      'fastest-levenshtein',
      'fastify',
      'fastify-type-provider-zod',
      'ipaddr.js',
      'kysely',
      'kysely/migration',
    )
    silent.push('negotiator', 'openapi-types', 'pino', 'pino-pretty', 'preact', 'preact-render-to-string', 'zod')
    const brought = /(?:from|import\() ?'((?!node:|\.)[^'\s]+)'/g
    const packages = new Set(files.flatMap(({ text }) => [...text.matchAll(brought)].map(([, name = '']) => name)))
    expect([...packages].filter((name) => !silent.includes(name)).sort()).toEqual(['nodemailer', 'pg'])
  })

  test.each(databases)(
    'are all that a service on $name speaks to, whatever requests name [ASVS 13.2.4]',
    async ({ fresh }) => {
      const [breaches, elsewhere] = [await startCounting(), await startCounting()]
      const connect = vi.spyOn(Socket.prototype, 'connect')
      const breachUrl = `http://127.0.0.1:${String(breaches.port)}/range/`
      const database = fresh()
      const service = await startHardened(database, { passwords: { breachUrl } })
      const databasePorts = isPostgres(database) ? [Number(new URL(database).port)] : []
      await service.settle('ann@example.com')
      const address = `http://127.0.0.1:${String(elsewhere.port)}/`
      const named = { 'x-forwarded-host': address, forwarded: `for=${address}`, referer: address, from: address }
      for (const [method, path, hasBody] of ROUTES) {
        const session = (await service.auth.createSession('ann@example.com')) ?? undefined
        const form = { email: `ann@127.0.0.1:${String(elsewhere.port)}`, url: address, next: address, token: address }
        const options = { headers: { ...named, via: address, 'x-callback': address }, session }
        await service.send(method, `${path}?next=${address}&url=${address}`, { ...options, ...(hasBody && { form }) })
      }
      const logins = { email: 'ann@example.com', password: PHRASE }
      await service.send('POST', '/sessions', { form: logins })
      await service.send('POST', '/users', { form: { email: 'new@example.com', password: OTHER_PHRASE } })
      await service.auth.background.send()
      await service.auth.background.tidy()
      await service.close()
      const ports = connect.mock.calls.map((call) => portOf(call as readonly unknown[]))
      expect(new Set(ports)).toEqual(new Set([service.port, service.smtp.port, breaches.port, ...databasePorts])) // the first: this test itself
      expect([breaches.came() > 0, elsewhere.came()]).toEqual([true, 0])
    },
  )
})

/** The port that a socket was told to connect to. */
function portOf([first]: readonly unknown[]): unknown {
  const options: unknown = Array.isArray(first) ? first[0] : first
  return typeof options === 'object' && options !== null && 'port' in options ? Number(options.port) : options
}

describe('the log', () => {
  const folder = temporaryFolder()

  /** All files below the folder. */
  const written = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))

  test('goes to standard output, and nowhere else: no file, no other stream [ASVS 16.2.3]', async () => {
    const places = { HOME: 'home', TMPDIR: 'tmp', XDG_STATE_HOME: 'state', XDG_CACHE_HOME: 'cache', cwd: 'cwd' }
    for (const place of Object.values(places)) mkdirSync(join(folder, place))
    const env = Object.fromEntries(Object.entries(places).map(([name, place]) => [name, join(folder, place)]))
    const program = spawn(process.execPath, [PROGRAM, 'serve', '--port', '0'], {
      cwd: join(folder, places.cwd),
      env: { PATH: process.env['PATH'] ?? '', ...env, BIENVENUE_LOG_LEVEL: 'trace' },
    })
    const [out, err]: [string[], string[]] = [[], []]
    program.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()))
    program.stderr.on('data', (chunk: Buffer) => err.push(chunk.toString()))
    try {
      const port = await vi.waitUntil(() => /"listening on [^"]*:(\d+)"/.exec(out.join(''))?.[1], { timeout: 20_000 })
      const form = { email: 'bob@example.com', password: 'p' }
      const ids: unknown[] = []
      for (const [method, path] of [
        ['POST', '/users'],
        ['POST', '/sessions'],
        ['GET', '/nowhere'],
        ['PUT', '/reset_password'],
      ] as const)
        ids.push((await send(Number(port), method, path, { form })).headers['x-request-id'])
      await vi.waitUntil(() => ids.every((id) => out.join('').includes(String(id))), { timeout: 10_000 })
      for (const open of openFiles(program.pid ?? 0)) expect(open).toMatch(/\/cwd\/bienvenue\.db(?:-wal|-shm)?$/)
      const contents = written().map((path) => readFileSync(path, 'latin1'))
      for (const id of ids) for (const text of contents) expect(text).not.toContain(`"reqId":"${String(id)}"`)
      for (const text of contents) expect(text).not.toContain('"level":')
    } finally {
      program.kill('SIGTERM')
      await once(program, 'exit')
    }
    expect(err.join('')).toBe('')
    expect(out.join('').trimEnd().split('\n').length).toBeGreaterThan(4)
    for (const path of written()) expect(path).toMatch(/\/cwd\/bienvenue\.db(?:-wal|-shm|\.secret)?$/)
  })

  test('has no other place in the source, and can be given none by a setting [ASVS 16.2.3]', () => {
    const kept = ['cli/private-file.ts', 'db/restore.ts', 'moving/input.ts'] // what the operator asks for, from the command line
    expect(filesWith(/appendFile|createWriteStream|writeFile|pino\.transport|syslog|console\./).toSorted()).toEqual(
      kept,
    )
    expect(filesWith(/pino\.destination\(/)).toEqual([])
    expect(filesWith(/\bwrite(?:Sync)?\(OUTPUT/)).toEqual(['log-output.ts'])
    const databases = [
      'db/dialects/sqlite-alone.ts',
      'db/dialects/sqlite-foreign.ts',
      'db/dialects/sqlite.ts',
      'db/files.ts', // to see whether it is one
      'files.ts',
    ]
    expect(filesWith(/openSync\(/).toSorted()).toEqual(databases) // with their secrets and backups
  })
})

/** The files that a process holds open, where the system shows them: what lies on disks and is no part of the program. */
function openFiles(pid: number): readonly string[] {
  const place = `/proc/${String(pid)}/fd`
  const read = (name: string): string => {
    try {
      return readlinkSync(join(place, name))
    } catch {
      return '' // closed meanwhile
    }
  }
  const all = process.platform === 'linux' ? readdirSync(place).map(read) : []
  return all.filter((target) => target.startsWith('/') && !/^\/(?:dev|proc|sys)\//.test(target))
}

describe.each(databases)('those who look after others on $name', ({ fresh }) => {
  const [ann, bob] = ['ann@example.com', 'bob@example.com']

  test('act at the command line alone: no route gives an admin more than anybody, wherever the request comes from [ASVS 8.4.2]', async () => {
    const database = fresh()
    const service = await startTestService(database, MAILED)
    for (const email of [ann, bob]) await settle(service, email, PHRASE)
    const find = async (email: string) => (await service.auth.users.findByEmail(email)) ?? expect.fail()
    const [admin, other] = [await find(ann), await find(bob)]
    await service.auth.admin.setAdmin('operator', admin.id, true)
    const others = sessionOf(await service.send('POST', '/sessions', { form: { email: bob, password: PHRASE } })) ?? ''
    const owned = async () => {
      const { users = [], passwords = [], sessions = [] } = await contentsOf(database)
      const isOthers = (row: unknown) =>
        [(row as { id: unknown }).id, (row as { user_id?: unknown }).user_id].includes(other.id)
      return [users, passwords, sessions].map((rows) => rows.filter(isOthers))
    }
    const before = await owned()
    const guesses = [
      '/admin',
      '/users',
      `/users/${String(other.id)}`,
      '/admin/users',
      '/sessions/all',
      '/accounts',
      '/audit',
    ]
    const guessed = guesses.flatMap((path) =>
      ['GET', 'POST', 'PUT', 'DELETE'].map((method) => [method, path, true] as const),
    )
    const inside = { 'x-real-ip': '127.0.0.1', 'x-admin': '1', 'x-user-id': String(other.id), 'x-remote-user': 'root' }
    const form = {
      user_id: String(other.id),
      id: String(other.id),
      user: bob,
      as: bob,
      admin: 'true',
      disabled: 'true',
    }
    const passwords = { password: OTHER_PHRASE, new_password: OTHER_PHRASE, delete: 'yes', all: 'yes' }
    const isLeaving = ([, path]: (typeof ROUTES)[number]) => /\/users\/me|\/account\/delete/.test(path) // after these there is no admin
    const routes = [...ROUTES.filter((route) => !isLeaving(route)), ...guessed, ...ROUTES.filter(isLeaving)]
    for (const route of routes) {
      const [method, path, hasBody] = route
      const session = (await service.auth.createSession(ann)) ?? undefined
      const options = { session, headers: inside, ...(hasBody && { form: { ...form, ...passwords, email: bob } }) }
      const { text } = await service.send(method, `${path}?user_id=${String(other.id)}&all=yes`, options)
      if (method === 'GET') expect(text).not.toContain(bob)
      expect(session !== undefined || isLeaving(route), `an admin asks ${path}`).toBe(true)
    }
    expect(await owned()).toEqual(before)
    expect((await service.send('GET', '/profile', { session: others })).status).toBe(200)
    expect(filesWith(/\.admin\.|auth\/admin\.ts'/).filter((name) => name.startsWith('app/'))).toEqual([])
    await service.close()
  })

  test('become that at the command line alone: an admin makes none, and the command takes the secret and the database [ASVS 8.4.2]', async () => {
    const folder = temporaryFolder()
    const database = fresh()
    const secret = makeSecret()
    const service = await startHardened(database, { service: { secret } })
    await service.settle(ann)
    await service.settle(bob)
    const find = async (email: string) => (await service.auth.users.findByEmail(email)) ?? expect.fail()
    const [admin, other] = [await find(ann), await find(bob)]
    await service.auth.admin.setAdmin('operator', admin.id, true)
    const asAdmin = service.auth.admin.setAdmin({ id: admin.id } as unknown as 'operator', other.id, true)
    await expect(asAdmin).rejects.toMatchObject({ code: 'admin.required' })
    const { mail } = hardenedSettings(service.smtp.url)
    const env = {
      BIENVENUE_PRESET: 'hardened',
      BIENVENUE_URL: service.settings.service.url ?? '',
      BIENVENUE_SMTP_URL: mail?.smtpUrl ?? '',
      BIENVENUE_MAIL_FROM: mail?.from ?? '',
    }
    const make = async (more: Readonly<Record<string, string>>) =>
      runProgram(['users', 'admin', bob], { cwd: folder, env: { ...env, ...more } })
    const isAdmin = async () =>
      ((await contentsOf(database))['users'] as { email: string; admin_at: number | null }[]).some(
        ({ email, admin_at: at }) => email === bob && at !== null,
      )
    const refused = [
      await make({ DATABASE_URL: database }),
      await make({ BIENVENUE_SECRET: secret }),
      await make({ BIENVENUE_SECRET: secret, DATABASE_URL: `http://127.0.0.1:${String(service.port)}` }),
    ]
    for (const { code, err } of refused)
      expect([code === 0, err]).toEqual([false, expect.stringContaining('bienvenue: ')])
    expect(await isAdmin()).toBe(false)
    expect((await make({ BIENVENUE_SECRET: secret, DATABASE_URL: database })).code).toBe(0)
    expect(await isAdmin()).toBe(true)
    await service.close()
  })
})
