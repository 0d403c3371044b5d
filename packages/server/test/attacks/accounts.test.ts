/** What an attacker tried on accounts, mail and recovery, each of which once worked. */
import { setTimeout as pause } from 'node:timers/promises'
import type { SMTPServerOptions } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeSecret } from '../../src/crypto/token.ts'
import { openAuth, openService } from '../../src/service.ts'
import { contentsOf } from '../support/contents.ts'
import { databases } from '../support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened } from '../support/hardened.ts'
import type { HardenedService } from '../support/hardened.ts'
import { cookieOf, sessionOf } from '../support/http.ts'
import { CheapHasher } from '../support/cheap-hasher.ts'
import { startSmtp } from '../support/smtp.ts'

/** Changes the password, and ends all other sessions. */
const CHANGE = { password: PHRASE, new_password: OTHER_PHRASE, end_others: 'yes' }

/** A hasher whose next check waits until it is let go: makes two requests meet where a slow hash would. */
class HeldHasher extends CheapHasher {
  #held: Promise<void> | null = null
  #release: () => void = () => undefined
  #enter: () => void = () => undefined

  /** Holds the next check. Resolves once it is there. */
  hold(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.#held = promise
    this.#release = () => resolve(undefined)
    return new Promise((entered) => (this.#enter = entered))
  }

  /** Lets it go. */
  release(): void {
    this.#release()
  }

  override async verify(password: string, hash: string): Promise<boolean> {
    const held = this.#held
    this.#held = null
    if (held !== null) {
      this.#enter()
      await held
    }
    return super.verify(password, hash)
  }
}

describe.each(databases)('an attacker on $name', ({ fresh }) => {
  let service: HardenedService
  const hasher = new HeldHasher()
  const database = fresh()

  beforeAll(async () => {
    service = await startHardened(database, {}, { hasher })
  })
  afterAll(async () => {
    await service.close()
  })

  const post = async (path: string, form: Record<string, string>) => service.send('POST', path, { form })
  const put = async (path: string, form: Record<string, string>, session?: string) =>
    service.send('PUT', path, { form, session })
  const status = async (session: string) => (await service.send('GET', '/profile', { session })).status
  const lettersTo = async (email: string) => {
    await service.auth.background.send()
    return service.smtp.to(email)
  }
  const move = async (session: string, to: string, password = PHRASE) => {
    await put('/email', { email: to }, session)
    return put('/email_verification', { token: await service.tokenFor(to), password })
  }

  test('who moved an account away cannot block its way back with an empty account in its place', async () => {
    const email = 'moved@example.com'
    await service.settle(email)
    await move(await service.logIn(email), 'thief@evil.test')
    await post('/users', { email, password: OTHER_PHRASE })
    expect((await lettersTo(email)).filter(({ text }) => text.includes('/verify?token='))).toHaveLength(1) // that of settling
    service.clock.advance({ minutes: 6 })
    await post('/reset_password', { email })
    const letters = await lettersTo(email)
    expect(letters.at(-1)?.text).toContain('/undo-email?token=')
    await expect(service.auth.users.findByEmail(email)).resolves.toBeNull()
    const { id } = await service.auth.email.undo(await service.tokenFor(email, letters.length))
    await expect(service.auth.users.findByEmail(email)).resolves.toMatchObject({ id })
  })

  test('who moved an account away is out by every way when its owner takes it back', async () => {
    const email = 'taken-back@example.com'
    await service.settle(email)
    const thief = await post('/sessions', { email, password: PHRASE })
    const session = sessionOf(thief) ?? ''
    await move(session, 'keeper@evil.test')
    service.clock.advance({ minutes: 6 })
    await post('/reset_password', { email: 'keeper@evil.test' })
    const reset = await service.tokenFor('keeper@evil.test', 3)
    const { id } = await service.auth.email.undo(await service.tokenFor(email, 2))
    expect(await status(session)).toBe(403)
    expect(await service.auth.devices.isKnown(id, cookieOf(thief, 'device') ?? '')).toBe(false)
    for (const typed of [email, 'keeper@evil.test'])
      expect(
        await put('/reset_password', { email: typed, reset_token: reset, new_password: OTHER_PHRASE }),
      ).toMatchObject({
        status: 403,
      })
  })

  test.each([
    ['disabling', async (id: number) => service.auth.admin.disable('operator', id as never)],
    [
      'deletion',
      async (_id: number, email: string) =>
        service.send('DELETE', '/users/me', { session: (await service.auth.createSession(email)) ?? '' }),
    ],
  ] as const)('a login under way does not outlive %s', async (how, end) => {
    const email = `${how}@example.com`
    await service.settle(email)
    const { id } = (await service.auth.users.findByEmail(email))!
    const entered = hasher.hold()
    const login = post('/sessions', { email, password: PHRASE })
    await entered
    await end(id, email)
    hasher.release()
    expect((await login).status).toBe(401)
  })

  test('a session that has ended changes no password any more, though its request came before', async () => {
    const email = 'ended@example.com'
    await service.settle(email)
    const [thief, owner] = [await service.logIn(email), await service.logIn(email)]
    const entered = hasher.hold()
    const change = put('/password', { password: PHRASE, new_password: OTHER_PHRASE, end_others: 'yes' }, thief)
    await entered
    expect((await service.send('DELETE', '/sessions?others=yes', { session: owner })).status).toBe(200)
    hasher.release()
    expect((await change).json).toMatchObject({ status: 403, code: 'sessions.required' })
    expect(await status(owner)).toBe(200)
    await service.logIn(email)
  })

  test.each<[string, string, string, Record<string, string>]>([
    ['by the route', 'DELETE', '/sessions?others=yes', {}],
    ['on the page', 'POST', '/account/sessions', { others: 'yes' }],
    ['with the password, by the route', 'PUT', '/password', CHANGE],
    ['with the password, on the page', 'POST', '/account/password', CHANGE],
  ])(
    'who ended all other sessions, %s, still hears of a login from another device',
    async (way, method, path, form) => {
      const email = `${way.replaceAll(/\W/g, '')}@example.com`
      await service.settle(email)
      const first = await post('/sessions', { email, password: PHRASE })
      const cookie = first.headers['set-cookie']!.map((line) => line.split(';')[0]).join('; ')
      expect([200, 303]).toContain((await service.send(method, path, { form, headers: { cookie } })).status)
      await post('/sessions', { email, password: form['new_password'] ?? PHRASE })
      expect((await lettersTo(email)).map(({ subject }) => subject).join()).toContain('new device')
    },
  )

  test('a misspelt wish ends no session', async () => {
    const email = 'wish@example.com'
    await service.settle(email)
    const session = await service.logIn(email)
    for (const query of ['others[]=yes', 'other=yes', 'Others=yes', 'others=true', 'others=yes&others=yes'])
      expect((await service.send('DELETE', `/sessions?${query}`, { session })).status).toBe(400)
    expect(await status(session)).toBe(200)
  })

  test('a day of asking mails a stranger three letters, an owner few, and the owner always has a link that works', async () => {
    await service.settle('bombed@example.com')
    await post('/users', { email: 'stranger@example.com', password: PHRASE })
    for (let ask = 0; ask < 12 * 12; ask++) {
      await post('/reset_password', { email: 'bombed@example.com' })
      await post('/reset_password', { email: 'stranger@example.com' })
      await service.auth.background.send()
      service.clock.advance({ minutes: 5 })
    }
    expect((await lettersTo('stranger@example.com')).length).toBeLessThanOrEqual(7) // three a day, and two days are touched
    expect((await lettersTo('bombed@example.com')).length).toBeLessThanOrEqual(30)
    await post('/reset_password', { email: 'bombed@example.com' })
    await service.auth.background.send()
    const token = await service.tokenFor('bombed@example.com', service.smtp.to('bombed@example.com').length)
    const form = { email: 'bombed@example.com', reset_token: token, new_password: OTHER_PHRASE }
    expect((await put('/reset_password', form)).status).toBe(200)
  })

  test('a mailbox of many spellings gets few letters', async () => {
    for (let index = 0; index < 30; index++) {
      await post('/users', { email: `j.o.e+${index}@example.com`, password: PHRASE })
      await service.auth.background.send()
    }
    const letters = service.smtp.letters.filter(({ to }) => to[0]?.startsWith('j.o.e+'))
    expect(letters.length).toBeLessThanOrEqual(10)
  })

  test('a crowd that registers after somebody does not push them out', async () => {
    const email = 'first@example.com'
    await post('/users', { email, password: PHRASE })
    const token = await service.tokenFor(email)
    for (let count = 0; count < 30; count++) {
      service.clock.advance({ seconds: 1 })
      await post('/users', { email, password: OTHER_PHRASE })
    }
    expect((await put('/email_verification', { token, password: PHRASE })).status).toBe(200)
    await service.logIn(email)
  })

  test('a link takes five passwords, each of which costs hashes, and then is dead', async () => {
    const email = 'tries@example.com'
    await post('/users', { email, password: PHRASE })
    const token = await service.tokenFor(email)
    const tried = await Promise.all(
      Array.from({ length: 20 }, async () => put('/email_verification', { token, password: OTHER_PHRASE })),
    )
    const codes = tried.map(({ json }) => (json as { code: string }).code)
    expect(codes.filter((code) => code === 'verification.wrong_password').length).toBeLessThanOrEqual(5)
    expect((await put('/email_verification', { token, password: PHRASE })).status).toBe(403)
  })

  test('a stranger who asks for resets keeps no invitation from leaving', async () => {
    const email = 'guest@example.com'
    await post('/users', { email, password: PHRASE })
    await post('/reset_password', { email })
    await lettersTo(email)
    await service.auth.admin.invite('operator', email)
    expect((await lettersTo(email)).at(-1)?.subject.toLowerCase()).toContain('account')
    expect(service.smtp.to(email)).toHaveLength(3)
  })

  test('what grew is cleared away as fast as it grew', async () => {
    for (let index = 0; index < 250; index++)
      await post('/users', { email: `grow${index}@grow.example.com`, password: PHRASE })
    await service.auth.background.send()
    service.clock.advance({ days: 40 })
    await service.auth.background.tidy()
    const { pendings, limits, tokens } = await contentsOf(database)
    expect([pendings?.length, limits?.length, tokens?.length]).toEqual([0, 0, 0])
  })
})

test('a domain that takes its time over each letter has two of the four ways out at the most', async () => {
  const held: (() => void)[] = []
  const hold: NonNullable<SMTPServerOptions['onRcptTo']> = ({ address }, _session, done) => {
    if (address.endsWith('@slow.example.com')) held.push(done)
    else done()
  }
  const smtp = await startSmtp({ more: { onRcptTo: hold } })
  const [{ fresh }] = databases as readonly [(typeof databases)[number]]
  const [database, secret] = [fresh(), makeSecret()]
  const before = await startHardened(database, { service: { secret } }, {}, smtp)
  await before.close()
  const { auth, close } = await openAuth(before.settings, { hasher: new CheapHasher(), now: before.clock.now })
  for (let index = 0; index < 8; index++) await auth.admin.invite('operator', `slow${index}@slow.example.com`)
  await auth.admin.invite('operator', 'quick@example.com') // all of them wait when the service looks for the first time
  await close()
  const service = await startHardened(database, { service: { secret } }, {}, smtp)
  await smtp.waitFor(1, 'quick@example.com')
  expect(held).toHaveLength(2)
  const closed = service.close()
  for (const done of held) done()
  await closed
  await smtp.close()
})
test('classic that runs on hands out nothing once hardened has taken the database over', async () => {
  const [{ fresh }] = databases as readonly [(typeof databases)[number]]
  const database = fresh()
  const classic = await openService({ database }, { hasher: new CheapHasher() })
  const { id } = await classic.auth.registerUser('bob@example.com', PHRASE)
  await expect(classic.auth.getResetPasswordToken('bob@example.com')).resolves.toMatch(/\./)
  const smtp = await startSmtp()
  const settings = { ...classic.settings, preset: 'hardened' as const }
  const hardened = await startHardened(database, {}, {}, smtp)
  expect(settings.preset).toBe('hardened')
  await expect(classic.auth.getResetPasswordToken('bob@example.com')).rejects.toThrow('taken over')
  await expect(classic.auth.login.withPassword('bob@example.com', PHRASE)).rejects.toThrow('taken over')
  await expect(classic.auth.sessions.open(id)).rejects.toThrow('taken over')
  await hardened.close()
  await smtp.close()
  await classic.close()
})

test('a command that only looks takes no database over', async () => {
  const [{ fresh }] = databases as readonly [(typeof databases)[number]]
  const database = fresh()
  const classic = await openService({ database }, { hasher: new CheapHasher() })
  await classic.auth.registerUser('bob@example.com', PHRASE)
  const session = (await classic.auth.createSession('bob@example.com')) ?? ''
  const smtp = await startSmtp()
  const { settings, close } = await startHardened(fresh(), {}, {}, smtp)
  const looking = { ...settings, database: { ...settings.database, url: database } }
  await expect(openAuth(looking, {}, { mustExist: true })).rejects.toThrow('was used with classic')
  expect(await classic.auth.getUserFromSessionId(session)).not.toBeNull()
  await close()
  await pause(1)
  await smtp.close()
  await classic.close()
})
