/** Rows of the security standard about accounts, sessions and storage that no other test names: each an attack on a running service. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readSettings } from '../src/settings-reader.ts'
import { breakSessions } from './support/beside.ts'
import { contentsOf } from './support/contents.ts'
import { databases, temporaryFolder } from './support/databases.ts'
import { sessionOf } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const BOB = { email: 'bob@example.com', password: 'correct horse' }
const EVE = { email: 'eve@example.com', password: 'battery staple' }
const API = join(import.meta.dirname, '../../../docs/openapi.json')
const folder = temporaryFolder()

describe.each(databases)('the standard about accounts on $name', ({ fresh }) => {
  let database = ''
  let service: TestService

  beforeEach(async () => {
    database = fresh()
    service = await startTestService(database)
    await service.send('POST', '/users', { form: BOB })
  })
  afterEach(async () => {
    await service.close()
  })

  async function logIn(who = BOB): Promise<string> {
    return sessionOf(await service.send('POST', '/sessions', { form: who })) ?? ''
  }

  async function statusOf(session: string): Promise<number> {
    return (await service.send('GET', '/profile', { session })).status
  }

  async function resetToken(): Promise<string> {
    const { json } = await service.send('POST', '/reset_password', { form: { email: BOB.email } })
    return (json as { reset_token: string }).reset_token
  }

  test('statements of SQL in a field, a cookie or a token are text and nothing else [ASVS 1.2.4]', async () => {
    const session = await logIn()
    const accounts = async () => {
      const { users, passwords, sessions, tokens } = await contentsOf(database)
      return { users, passwords, sessions, tokens }
    }
    const before = await accounts()
    const [{ id = '' } = {}] = before.sessions as { id?: string }[]
    const attacks = [
      "' or '1'='1",
      "'; drop table users; --",
      "' union select 1, hash from passwords --",
      '" or 1=1 --',
      "\\'; --",
      '%',
      '_%',
    ]
    for (const text of attacks) {
      for (const email of [text, `bob@example.com${text}`, `${text}@example.com`]) {
        expect((await service.send('POST', '/sessions', { form: { email, password: text } })).status).toBe(401)
        expect((await service.send('POST', '/reset_password', { form: { email } })).status).toBe(403)
        const form = { email: BOB.email, reset_token: text, new_password: 'x' }
        expect((await service.send('PUT', '/reset_password', { form })).status).toBe(403)
      }
      for (const value of [encodeURIComponent(text), `${id}${text}`, `${id}.${text}`])
        expect(await statusOf(value.replace(/[;\n]/g, ''))).toBe(403)
    }
    expect(await accounts()).toEqual(before)
    expect(await statusOf(session)).toBe(200)
  })

  test('an order to a shell in a field is hashed and stored as text [ASVS 1.2.5]', async () => {
    const trace = join(folder, 'was-here')
    for (const order of [`$(touch ${trace})`, `\`touch ${trace}\``, `; touch ${trace} #`, `| touch ${trace}`]) {
      await service.send('POST', '/users', { form: { email: 'a`id`@example.com', password: order } })
      await service.send('POST', '/sessions', { form: { email: order, password: order } })
      await service.send('PUT', '/reset_password', { form: { ...BOB, reset_token: order, new_password: order } })
    }
    expect(existsSync(trace)).toBe(false)
  })

  test('signs of patterns in an email stand for themselves [ASVS 1.2.9]', async () => {
    for (const email of [
      '.*@example.com',
      'b.b@example.com',
      'bob|eve@example.com',
      'b?b@example.com',
      'bo*@example.com',
      '^bob@example.com',
    ])
      expect((await service.send('POST', '/sessions', { form: { ...BOB, email } })).status).toBe(401)
  })

  test('orders to a template are shown as they were written [ASVS 1.3.7], and so are those to a format [ASVS 1.3.10]', async () => {
    for (const name of ['{{7*7}}', '${7*7}', '#{7*7}', '%s%s%n%d', '{0}{1}', '%{a}']) {
      const account = { email: `${name}@example.com`, password: 'x' }
      const { status, json } = await service.send('POST', '/users', { form: account })
      expect([status, json]).toEqual([200, { email: account.email, message: 'user created' }])
      const { json: shown } = await service.send('GET', '/profile', { session: await logIn(account) })
      expect(shown).toEqual({ email: account.email })
    }
  })

  test('what belongs together is checked together: a token counts with the email that it was made for, and no other [ASVS 2.2.3]', async () => {
    await service.send('POST', '/users', { form: EVE })
    const form = { email: EVE.email, reset_token: await resetToken(), new_password: 'taken over' }
    expect((await service.send('PUT', '/reset_password', { form })).status).toBe(403)
    expect([await statusOf(await logIn(EVE)), await statusOf(await logIn())]).toEqual([200, 200])
    expect((await service.send('PUT', '/reset_password', { form: { ...form, email: BOB.email } })).status).toBe(200)
  })

  test('what the page would not let anyone send is refused by the service too [ASVS 2.2.2]', async () => {
    for (const form of [
      {},
      { email: '', password: 'x' },
      { email: 'no email', password: 'x' },
      { email: 'a@example.com', password: '' },
    ])
      expect((await service.send('POST', '/users', { form })).status).toBe(400)
  })

  test('no step of a flow can be left out, done twice, or done for somebody else [ASVS 2.3.1]', async () => {
    await service.send('POST', '/users', { form: EVE })
    const change = async (reset_token: string, email = BOB.email) =>
      (await service.send('PUT', '/reset_password', { form: { email, reset_token, new_password: 'new' } })).status
    const never = '00000000-0000-4000-8000-000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    expect(await change(never)).toBe(403)
    const token = await resetToken()
    expect([await change(token, EVE.email), await change(token), await change(token)]).toEqual([403, 200, 403])
    expect((await service.send('GET', '/profile')).status).toBe(403)
  })

  test('an act that breaks off half way is undone whole [ASVS 2.3.3], and what broke is in the log [ASVS 16.3.4]', async () => {
    const [session, token] = [await logIn(), await resetToken()]
    const mend = await breakSessions(database)
    const form = { email: BOB.email, reset_token: token, new_password: 'new' }
    const broken = await service.send('PUT', '/reset_password', { form })
    expect([broken.status, broken.text.includes('broken here')]).toEqual([500, false])
    await mend()
    expect([await statusOf(session), await statusOf(await logIn())]).toEqual([200, 200]) // the session and the password of before
    const line = service.logged.find((text) => text.includes('broken here')) ?? '{}'
    expect(JSON.parse(line)).toMatchObject({ level: 50, reqId: broken.headers['x-request-id'] })
    expect((await service.send('PUT', '/reset_password', { form })).status).toBe(200) // nor was the token spent
  })

  test('a number that is none, or out of its range, is refused or names nobody [ASVS 1.4.2]', async () => {
    for (const value of ['-1', '1e3', '0x10', '99999999999', 'NaN', '1.5', 'port']) {
      const read = () => readSettings({ env: { PORT: value } })
      expect(read).toThrow(/PORT/)
    }
    for (const id of [-1, 0, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])
      expect(await service.auth.users.find(id)).toBeNull()
  })

  test('a password that is years old is still the password [ASVS 6.2.10]', async () => {
    service.clock.advance({ days: 3650 })
    expect((await service.send('POST', '/sessions', { form: BOB })).json).toEqual({
      email: BOB.email,
      message: 'logged in',
    })
  })

  test('there is no account that nobody made [ASVS 6.3.2]', async () => {
    const empty = fresh()
    const other = await startTestService(empty)
    const { users, passwords, sessions } = await contentsOf(empty)
    expect([users, passwords, sessions]).toEqual([[], [], []])
    for (const email of [
      'admin@localhost',
      'admin@example.com',
      'root@example.com',
      'test@example.com',
      'guest@example.com',
    ])
      for (const password of ['admin', 'password', 'root', 'test', ''])
        expect((await other.send('POST', '/sessions', { form: { email, password } })).status).toBe(401)
    await other.close()
  })

  test('nothing but the password lets anyone in: a reset opens no session, nor does what only looks like a login [ASVS 6.3.6]', async () => {
    const form = { email: BOB.email, reset_token: await resetToken(), new_password: 'new' }
    expect((await service.send('PUT', '/reset_password', { form })).headers['set-cookie']).toBeUndefined()
    for (const field of ['reset_token', 'token', 'code']) {
      const asked = { email: BOB.email, [field]: await resetToken() }
      const { status, headers } = await service.send('POST', '/sessions', { form: asked })
      expect([status, headers['set-cookie']]).toEqual([400, undefined])
    }
  })

  test('of all routes two let people in, one for programs and one for people, and none that nobody wrote down [ASVS 6.3.4]', async () => {
    const { paths } = JSON.parse(readFileSync(API, 'utf8')) as { paths: Record<string, Record<string, unknown>> }
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), path.replace(/\{\w+\}/g, '1')] as const),
    )
    expect(routes.length).toBeGreaterThan(5)
    const form = { ...BOB, reset_token: await resetToken(), new_password: BOB.password, remember: 'yes', token: 'x' }
    const ways = []
    for (const [method, path] of routes) {
      const answer = await service.send(method, path, { form })
      if (sessionOf(answer)) ways.push(`${method} ${path}`)
    }
    expect(ways.sort()).toEqual(['POST /login', 'POST /sessions'])
  })

  test('no session begins without its person: not by visiting, registering or asking for anything [ASVS 7.6.2]', async () => {
    const before = (await contentsOf(database))['sessions']
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/profile'],
      ['POST', '/users'],
      ['POST', '/reset_password'],
      ['DELETE', '/sessions'],
    ] as const) {
      const { headers } = await service.send(method, path, { form: { ...EVE } })
      expect(headers['set-cookie']).toBeUndefined()
    }
    expect((await contentsOf(database))['sessions']).toEqual(before)
  })

  test('nothing stores a hint or the answer to a question [ASVS 6.4.2]', async () => {
    const form = { ...EVE, hint: 'my first pet', question: 'pet?', answer: 'rex-the-dog' }
    await service.send('POST', '/users', { form })
    expect(JSON.stringify(await contentsOf(database))).not.toMatch(/first pet|pet\?|rex-the-dog/)
  })

  test('whether a token counts is decided by the service, from the whole of it [ASVS 7.2.1]', async () => {
    const [one, two] = [await logIn(), await logIn()]
    const [[id = '', secret = ''], [otherId = '', otherSecret = '']] = [one.split('.'), two.split('.')]
    const last = secret.endsWith('A') ? 'B' : 'A'
    const altered = [
      `${id}.${otherSecret}`,
      `${otherId}.${secret}`,
      id,
      `.${secret}`,
      `${id}.`,
      `${id}.${secret.slice(0, -1)}${last}`,
    ]
    for (const value of [...altered, one.toUpperCase(), `${one}.`, `${one}x`]) expect(await statusOf(value)).toBe(403)
    expect([await statusOf(one), await statusOf(two)]).toEqual([200, 200])
  })

  test('each session has a token of its own, and no fixed key stands for one [ASVS 7.2.2]', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, async () => logIn()))
    expect(new Set(tokens.flatMap((token) => token.split('.'))).size).toBe(40)
    for (const name of ['authorization', 'x-api-key', 'x-session-id', 'x-user-id', 'x-auth-token'])
      for (const value of [tokens[0] ?? '', `Bearer ${tokens[0] ?? ''}`])
        expect((await service.send('GET', '/profile', { headers: { [name]: value } })).status).toBe(403)
  })

  test('nobody writes what only the service may: id, times, whether an email is verified [ASVS 8.2.3]', async () => {
    const foreign = {
      id: '1',
      user_id: '1',
      email_verified: 'true',
      email_verified_at: '1',
      created_at: '1',
      role: 'admin',
      is_admin: '1',
    }
    await service.send('POST', '/users', { form: { ...EVE, ...foreign } })
    await service.send('POST', '/users', {
      json: { email: 'mallory@example.com', password: 'x', ...foreign, id: 1, is_admin: true },
    })
    const [bob, ...others] = (await contentsOf(database))['users'] as Readonly<Record<string, unknown>>[]
    expect(bob).toMatchObject({ id: 1, email: BOB.email })
    const fresh = { email_verified_at: null, created_at: service.clock.now().getTime() }
    expect(others).toMatchObject([
      { id: 2, email: EVE.email, ...fresh },
      { id: 3, email: 'mallory@example.com', ...fresh },
    ])
  })

  test('nothing that a client can say makes it somebody [ASVS 8.3.1]', async () => {
    const claims = { 'x-user-id': '1', 'x-user-email': BOB.email, 'x-remote-user': BOB.email, 'remote-user': BOB.email }
    for (const [name, value] of Object.entries(claims))
      expect((await service.send('GET', '/profile', { headers: { [name]: value } })).status).toBe(403)
    for (const cookie of [
      'user_id=1',
      'email=bob@example.com',
      'admin=true',
      'logged_in=1',
      'session_id=1',
      'session_id=true',
    ])
      expect((await service.send('GET', '/profile', { headers: { cookie } })).status).toBe(403)
  })

  test('a right that is taken away is gone with the next request [ASVS 8.3.2]', async () => {
    const session = await logIn()
    expect(await statusOf(session)).toBe(200)
    const bob = await service.auth.users.findByEmail(BOB.email)
    if (bob !== null) await service.auth.users.remove(bob.id)
    expect(await statusOf(session)).toBe(403)
  })

  test('what has expired is removed as life goes on [ASVS 14.2.7]', async () => {
    await logIn()
    await logIn()
    await resetToken()
    service.clock.advance({ days: 31 })
    await logIn()
    await resetToken()
    const { sessions, tokens } = await contentsOf(database)
    expect([sessions?.length, tokens?.length]).toEqual([1, 1])
  })

  test('a number, a list, a truth or an object is no text, and equals none [ASVS 15.3.5]', async () => {
    for (const value of [true, 1, 0, null, ['correct horse'], { $ne: '' }, { length: 99 }, []]) {
      for (const json of [
        { ...BOB, password: value },
        { ...BOB, email: value },
      ])
        expect((await service.send('POST', '/sessions', { json })).status).toBe(400)
    }
  })

  test('of what a body may hold only text gets further: nothing in it names a type to be made [ASVS 1.5.2]', async () => {
    for (const value of [
      { $type: 'System.Object' },
      { '@class': 'java.lang.Runtime' },
      { type: 'Buffer', data: [1] },
      { __proto__: null, toString: 1 },
    ])
      expect((await service.send('POST', '/users', { json: { ...EVE, password: value } })).status).toBe(400)
    const body = 'O:8:"stdClass":1:{s:5:"email";s:1:"x";}'
    expect(
      (await service.send('POST', '/users', { body, headers: { 'content-type': 'application/json' } })).status,
    ).toBe(400)
  })
})

describe.each(databases)('the secret on $name', ({ fresh }) => {
  const [first, second] = ['1'.repeat(40), '2'.repeat(40)]

  test('is exchanged while people stay logged in [ASVS 11.2.2], and what the old one made ends with it [ASVS 13.3.4]', async () => {
    const database = fresh()
    const statusWith = async (secret: string, session: string | null) => {
      const service = await startTestService(database, { service: { secret } })
      await service.send('POST', '/users', { form: BOB })
      const given = session ?? sessionOf(await service.send('POST', '/sessions', { form: BOB })) ?? ''
      const { status } = await service.send('GET', '/profile', { session: given })
      await service.close()
      return { status, session: given }
    }
    const { session: old } = await statusWith(first, null)
    const { session: fromBoth } = await statusWith(`${second},${first}`, null)
    expect((await statusWith(`${second},${first}`, old)).status).toBe(200)
    expect((await statusWith(second, old)).status).toBe(403)
    expect((await statusWith(second, fromBoth)).status).toBe(200)
    expect((await statusWith(first, fromBoth)).status).toBe(403)
  })
})
