/** The preset cannot get lost: a database that was used with hardened is not opened with less, and classic's leavings do not enter hardened. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeSecret } from '../src/crypto/token.ts'
import { DB } from '../src/db/db.ts'
import { openAuth, openService } from '../src/service.ts'
import type { Service } from '../src/service.ts'
import { runBeside } from './support/beside.ts'
import { CheapHasher } from './support/cheap-hasher.ts'
import { databases, temporaryFolder } from './support/databases.ts'
import { send, sessionOf } from './support/http.ts'
import { runProgram, serveProgram } from './support/program.ts'
import { startTestService } from './support/service.ts'
import { startSmtp } from './support/smtp.ts'
import type { TestSmtp } from './support/smtp.ts'

const EMAIL = 'bob@example.com'
const PASSWORD = 'violet ladder hums at noon'
const secret = makeSecret()
let smtp: TestSmtp

beforeAll(async () => {
  smtp = await startSmtp()
})
afterAll(async () => smtp.close())

/** Opens this database with hardened. */
async function openHardened(database: string): Promise<Service> {
  const settings = { service: { secret }, mail: { smtpUrl: smtp.url, from: 'accounts@example.test' } }
  const options = { preset: 'hardened', url: 'https://id.example.test', database, settings } as const
  return openService(options, { hasher: new CheapHasher() })
}

/** Opens this database with classic, and the same secret. */
async function openClassic(database: string): Promise<Service> {
  return openService({ database, settings: { service: { secret } } }, { hasher: new CheapHasher() })
}

describe.each(databases)('a database on $name', ({ fresh }) => {
  test('that was used with hardened refuses classic, however often it is tried', async () => {
    const database = fresh()
    await (await openHardened(database)).close()
    for (let times = 0; times < 2; times++)
      await expect(openClassic(database).then(async (service) => service.close())).rejects.toThrow(
        'BIENVENUE_PRESET: is classic, and this database was used with',
      )
    await (await openHardened(database)).close()
  })

  test('that nobody used takes either, and hardened keeps what hardened made', async () => {
    const database = fresh()
    const service = await openHardened(database)
    await service.auth.admin.invite('operator', EMAIL)
    await service.auth.background.send()
    await service.close()
    const again = await openHardened(database)
    const letters = await smtp.waitFor(1, EMAIL)
    const token = /token=(\S+)/.exec(letters.at(-1)?.text ?? '')?.[1] ?? ''
    expect(await again.auth.reset.complete(EMAIL, token, PASSWORD)).toMatchObject({ emailVerified: true })
    const session = await again.auth.createSession(EMAIL)
    await again.close()
    const third = await openHardened(database)
    expect(await third.auth.getUserFromSessionId(session)).toMatchObject({ email: EMAIL, emailVerified: true })
    await third.close()
  })

  test('that goes from classic to hardened ends sessions and reset tokens, and counts everybody as unverified', async () => {
    const database = fresh()
    const classic = await openClassic(database)
    const { id } = await classic.auth.registerUser(EMAIL, PASSWORD)
    const session = await classic.auth.createSession(EMAIL)
    const token = await classic.auth.getResetPasswordToken(EMAIL)
    const db = await DB.open(database, { secrets: [secret] })
    await db.users.setVerified(id, new Date()) // as in classic too whoever follows a mailed link
    await db.close()
    expect(await classic.auth.users.findByEmail(EMAIL)).toMatchObject({ emailVerified: true })
    expect(await classic.auth.getUserFromSessionId(session)).not.toBeNull()
    await classic.close()

    const hardened = await openHardened(database)
    expect(await hardened.auth.getUserFromSessionId(session)).toBeNull()
    await expect(hardened.auth.updatePassword(token, PASSWORD)).rejects.toMatchObject({ code: 'reset.invalid_token' })
    expect(await hardened.auth.users.findByEmail(EMAIL)).toMatchObject({ emailVerified: false })
    expect(await hardened.auth.validLogin(EMAIL, PASSWORD)).toBe(false)
    expect(await hardened.auth.createSession(EMAIL)).toBeNull()
    await hardened.close()
  })

  test('of an earlier release, with people and no memory, counts as classic’s', async () => {
    const database = fresh()
    const classic = await openClassic(database)
    await classic.auth.registerUser(EMAIL, PASSWORD)
    const session = await classic.auth.createSession(EMAIL)
    await classic.close()
    await runBeside(database, 'delete from memory')
    await runBeside(database, 'update users set email_verified_at = 1')
    const hardened = await openHardened(database)
    expect(await hardened.auth.getUserFromSessionId(session)).toBeNull()
    expect(await hardened.auth.users.findByEmail(EMAIL)).toMatchObject({ emailVerified: false })
    await hardened.close()
    await expect(openClassic(database)).rejects.toThrow('was used with hardened')
  })

  test('is refused to commands as well as to the service', async () => {
    const database = fresh()
    const service = await openHardened(database)
    await service.close()
    const classic = await startTestService(fresh())
    await expect(
      openAuth({ ...classic.settings, database: { ...classic.settings.database, url: database } }),
    ).rejects.toThrow('was used with hardened')
    await classic.close()
  })
})

describe('the program', () => {
  const cwd = temporaryFolder()
  const database = (): string => `sqlite:${join(cwd, `${randomUUID()}.db`)}`
  const needs = (url: string): Record<string, string> => ({
    BIENVENUE_PRESET: 'hardened',
    BIENVENUE_URL: 'https://id.example.test',
    BIENVENUE_SECRET: secret,
    BIENVENUE_SMTP_URL: smtp.url,
    BIENVENUE_MAIL_FROM: 'accounts@example.test',
    DATABASE_URL: url,
  })

  test('whose start forgets the variable serves nobody: exit 2 in one line', async () => {
    const url = database()
    await (await serveProgram([], { cwd, env: needs(url) })).stop()
    for (const env of [{ DATABASE_URL: url }, { DATABASE_URL: url, BIENVENUE_SECRET: secret }]) {
      const { code, out, err } = await runProgram(['serve', '--port', '0'], { cwd, env })
      expect([code, out]).toEqual([2, ''])
      expect(err).toMatch(/^bienvenue: BIENVENUE_PRESET: is classic, [^\n]*`bienvenue serve --downgrade` once\.\n$/)
    }
    expect((await runProgram(['users', 'list'], { cwd, env: { DATABASE_URL: url } })).code).toBe(2)
  })

  test('goes back to classic once that is said, loudly; and from there to hardened with all sessions ended', async () => {
    const url = database()
    await (await serveProgram([], { cwd, env: needs(url) })).stop()
    const env = { DATABASE_URL: url, BIENVENUE_SECRET: secret }
    const down = await serveProgram(['--downgrade'], { cwd, env })
    expect(JSON.parse(await down.line('DOWNGRADED'))).toMatchObject({
      level: 40,
      msg: expect.stringMatching(/the protection of hardened is given up .* reset tokens go to whoever asks/) as string,
    })
    await down.stop()

    const classic = await serveProgram([], { cwd, env })
    expect(classic.lines.join('\n')).not.toContain('DOWNGRADED')
    await send(classic.port, 'POST', '/users', { form: { email: EMAIL, password: PASSWORD } })
    const session = sessionOf(
      await send(classic.port, 'POST', '/sessions', { form: { email: EMAIL, password: PASSWORD } }),
    )
    expect((await send(classic.port, 'GET', '/profile', { session: session ?? '' })).status).toBe(200)
    await classic.stop()

    const hardened = await serveProgram([], { cwd, env: needs(url) })
    const headers = { cookie: `__Host-session_id=${session ?? ''}` }
    expect((await send(hardened.port, 'GET', '/profile', { headers })).status).toBe(403)
    await hardened.stop()
    expect((await runProgram(['serve', '--port', '0'], { cwd, env })).code).toBe(2)
  })

  test.each([
    ['that a setting forbids', [], { BIENVENUE_HTTP_NEXT_ORIGINS: 'https://app.example.test/' }, 2],
    ['for which there is no port', [], {}, 1],
    ['of several workers, for which there is no port', ['--workers', '2'], {}, 1],
  ] as const)(
    'takes nothing over by a start %s: classic, which runs, keeps its sessions',
    async (_, args, env, exit) => {
      const url = database()
      const classic = await serveProgram([], { cwd, env: { DATABASE_URL: url, BIENVENUE_SECRET: secret } })
      const form = { email: EMAIL, password: PASSWORD }
      await send(classic.port, 'POST', '/users', { form })
      const session = sessionOf(await send(classic.port, 'POST', '/sessions', { form })) ?? ''
      const port = String(classic.port)
      const { code } = await runProgram(['serve', '--port', port, ...args], { cwd, env: { ...needs(url), ...env } })
      expect(code).toBe(exit)
      expect((await send(classic.port, 'GET', '/profile', { session })).status).toBe(200)
      expect((await send(classic.port, 'POST', '/sessions', { form })).status).toBe(200)
    },
  )

  test('says so where there was nothing to downgrade', async () => {
    const serving = await serveProgram(['--downgrade'], { cwd, env: { DATABASE_URL: database() } })
    expect(await serving.line('nothing to downgrade')).toContain('leave --downgrade out')
    expect(serving.lines.join('\n')).not.toContain('DOWNGRADED')
  })
})
