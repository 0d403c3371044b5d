/** The commands that look at letters and secrets, run as operators run them, beside a service that runs. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonLine, printable, printableLines } from '../src/cli/printable.ts'
import { makeSecret } from '../src/crypto/token.ts'
import { openAuth } from '../src/service.ts'
import { settingsOf } from '../src/settings-list.ts'
import { CheapHasher } from './support/cheap-hasher.ts'
import { temporaryFolder } from './support/databases.ts'
import { sessionOf } from './support/http.ts'
import { runProgram } from './support/program.ts'
import type { Ended } from './support/program.ts'
import { startTestService } from './support/service.ts'

const folder = temporaryFolder()
const NEEDS = {
  BIENVENUE_PRESET: 'hardened',
  BIENVENUE_URL: 'https://id.example.test',
  BIENVENUE_SMTP_URL: 'smtp://127.0.0.1:1',
  BIENVENUE_MAIL_FROM: 'accounts@example.test',
}

/** Runs the command in this file's folder. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ''): Promise<Ended> {
  return runProgram(args, { cwd: folder, env, input })
}

test('classic without a mail server keeps letters: the inbox lists them, and shows one', async () => {
  const database = `sqlite:${join(folder, 'inbox.db')}`
  const settings = { reset: { inResponse: false } }
  const service = await startTestService(database, settings)
  await service.send('POST', '/users', { form: { email: 'bob@example.com', password: 'MyPwdOfBob' } })
  await service.send('POST', '/reset_password', { form: { email: 'bob@example.com' } })
  await expect.poll(async () => (await service.auth.inbox()).length).toBe(1)
  const listed = await run(['inbox', '--database-url', database])
  expect(listed).toMatchObject({ code: 0, err: '' })
  expect(listed.out).toMatch(/^ +1 {2}\S+ {2}bob@example\.com {2}.+\n$/)
  const shown = await run(['inbox', '1', '--database-url', database])
  expect(shown.out).toMatch(
    /^To: bob@example\.com\nSubject: .+\nDate: \S+Z\n\n[^]*http:\/\/127\.0\.0\.1:\S+\/reset\?token=/,
  )
  const [letter] = await service.auth.inbox()
  expect(JSON.parse((await run(['inbox', '--json', '--database-url', database])).out)).toMatchObject({
    id: 1,
    to: 'bob@example.com',
    text: letter?.text,
  })
  expect(await run(['inbox', '2', '--database-url', database])).toMatchObject({
    code: 1,
    err: 'bienvenue: there is no letter 2 in the inbox\n',
  })
  await service.close()
})

test.each([
  ['hardened', { ...NEEDS, BIENVENUE_SECRET: makeSecret() }],
  ['classic with a mail server', { BIENVENUE_SMTP_URL: 'smtp://127.0.0.1:1', BIENVENUE_MAIL_FROM: 'a@example.com' }],
])('%s has no inbox: exit 1', async (_, env) => {
  const { code, out, err } = await run(['inbox'], env)
  expect([code, out]).toEqual([1, ''])
  expect(err).toMatch(/^bienvenue: there is no inbox: letters go to the SMTP server;/)
})

test('hardened invites whom the operator adds, and asks for no password', async () => {
  const env = { ...NEEDS, BIENVENUE_SECRET: makeSecret(), DATABASE_URL: 'sqlite:invite.db' }
  await run(['migrate'], env)
  const added = await run(['users', 'add', '--email', 'Hal@example.com'], env)
  expect(added).toEqual({
    code: 0,
    out: 'Hal@example.com is invited by letter; the running service sends it\n',
    err: '',
  })
  expect((await run(['users', 'list'], env)).out).toBe('')
  expect((await run(['outbox'], env)).out).toMatch(/ invitation +nobody yet {2}0 tries /)
  expect((await run(['users', 'add', '--email', 'no email'], env)).code).toBe(1)
})

test('what waits for a mail server that is not there says why, and when it is tried again', async () => {
  const database = `sqlite:${join(folder, 'waits.db')}`
  const secret = makeSecret()
  const settings = { service: { secret }, mail: { smtpUrl: NEEDS.BIENVENUE_SMTP_URL, from: 'a@example.com' } }
  const service = await startTestService(database, settings, {}, { preset: 'hardened', url: NEEDS.BIENVENUE_URL })
  await service.auth.admin.invite('operator', 'hal@example.com')
  await service.auth.background.send()
  const env = { ...NEEDS, BIENVENUE_SECRET: secret, DATABASE_URL: database }
  const { out } = await run(['outbox'], env)
  expect(out).toMatch(/^2026-03-01T12:00:00Z {2}invitation +nobody yet {2}1 try {2}next 2026-03-01T12:00:05Z {2}\S/)
  await service.close()
})

test('secret rotate counts what each secret guards, and says what to do next', async () => {
  const database = `sqlite:${join(folder, 'rotate.db')}`
  const [old, fresh] = [makeSecret(), makeSecret()]
  /** Logs somebody in at a service with these secrets, and returns the session. */
  const logIn = async (secret: string): Promise<string> => {
    const service = await startTestService(database, { service: { secret } })
    await service.send('POST', '/users', { form: { email: 'bob@example.com', password: 'MyPwdOfBob' } })
    const answer = await service.send('POST', '/sessions', {
      form: { email: 'bob@example.com', password: 'MyPwdOfBob' },
    })
    await service.send('POST', '/reset_password', { form: { email: 'bob@example.com' } })
    await service.close()
    return sessionOf(answer) ?? ''
  }
  const ask = async (secret: string): Promise<string> => {
    const { code, out, err } = await run(['secret', 'rotate', '--database-url', database], { BIENVENUE_SECRET: secret })
    expect([code, err]).toEqual([0, ''])
    expect(out).not.toContain(old)
    expect(out).not.toContain(fresh)
    return out
  }
  await logIn(old)
  const before = await ask(old)
  expect(before).toMatch(/^newest {2}key [0-9a-f]{12} {2}sessions 1 {2}links 1 {2}devices 0\nOne secret is set\./)
  const session = await logIn(`${fresh},${old}`)
  expect(await ask(`${fresh},${old}`)).toMatch(
    /^newest {2}key \S+ {2}sessions 1 {2}links 1 {2}devices 0\nolder {3}key \S+ {2}sessions 1 {2}links 1 {2}devices 0\nSessions and links still need an old secret: keep it until they have ended, 30 days at the most\./,
  )
  expect(await ask(`${fresh},${old}`)).toMatch(/`bienvenue audit verify` needs it, .* 365 days at the most\.\n$/)
  const json = (await run(['secret', 'rotate', '--json', '--database-url', database], { BIENVENUE_SECRET: fresh })).out
  expect(
    json
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { state: string }).state),
  ).toEqual(['newest', 'gone'])
  const { auth, close } = await openAuth(
    settingsOf('classic', { database: { url: database }, service: { ...settingsOf('classic').service, secret: old } }),
    { hasher: new CheapHasher() },
  )
  await auth.admin.endAllSessions('operator')
  await close()
  expect(session).not.toBe('')
  const unused = `sqlite:${join(folder, `${randomUUID()}.db`)}`
  await run(['migrate', '--database-url', unused])
  expect((await run(['secret', 'rotate', '--database-url', unused])).out).toContain('in the file beside the database')
  const both = { BIENVENUE_SECRET: `${fresh},${old}` }
  expect((await run(['secret', 'rotate', '--database-url', unused], both)).out).toMatch(
    /take it out, so that the new[^]* `bienvenue audit verify` needs it, .* 365 days at the most\.\n$/,
  )
})

test('nothing that is printed can move a cursor, start a command, or turn a line around', () => {
  const odd = 'a\u001b[2Jb\rc\u0085d\u202ee\u2066f\u200bg\u2028h\u007fi\u{e0001}j'
  const plain = 'a\\u001b[2Jb\\u000dc\\u0085d\\u202ee\\u2066f\\u200bg\\u2028h\\u007fi\\udb40\\udc01j'
  expect(printable(odd)).toBe(plain)
  expect(printableLines(`x\r\ny${odd}`)).toBe(`x\ny${plain}`)
  expect(jsonLine({ odd })).toMatch(/^[\x20-\x7e]*$/)
  expect(JSON.parse(jsonLine({ odd }))).toEqual({ odd })
})
