/**
 * What is looked at once more, within the transaction of a deed: whether session, link and account are still what they were a moment
 * ago. Each test makes the moment itself, by hand or by calls that overlap, because other checks make it rare.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeSecret } from '../../src/crypto/token.ts'
import { DB } from '../../src/db/db.ts'
import type { CanonicalEmail } from '../../src/email.ts'
import type { User } from '../../src/user.ts'
import { contentsOf } from '../support/contents.ts'
import { databases } from '../support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened } from '../support/hardened.ts'
import type { HardenedService } from '../support/hardened.ts'
import { cookieOf } from '../support/http.ts'
import { startTestService } from '../support/service.ts'

const STRANGERS_PHRASE = 'copper kites over marble bay'

describe.each(databases)('a second look on $name', ({ fresh }) => {
  let service: HardenedService
  let db: DB
  const database = fresh()

  beforeAll(async () => {
    const secret = makeSecret()
    service = await startHardened(database, { service: { secret } })
    db = await DB.open(database, { secrets: [secret], now: service.clock.now })
  })
  afterAll(async () => {
    await db.close()
    await service.close()
  })

  const now = () => service.clock.now()
  const put = async (path: string, form: Record<string, string>) => service.send('PUT', path, { form })
  const status = async (session: string) => (await service.send('GET', '/profile', { session })).status
  const codeOf = async (deed: Promise<unknown>) =>
    deed.then(
      () => 'done',
      (error: unknown) => (error as { code?: unknown }).code,
    )

  /** Somebody who is settled. */
  async function settled(email: string): Promise<User> {
    await service.settle(email)
    return (await service.auth.users.findByEmail(email)) ?? expect.fail()
  }

  /** Somebody whose account is from before emails were verified, with a link to verify it. */
  async function unverified(email: string): Promise<{ readonly user: User; readonly token: string }> {
    const user = (await db.users.add(email, email as CanonicalEmail, now())) ?? expect.fail()
    await db.passwords.set(user.id, await service.hasher.hash(STRANGERS_PHRASE, { name: 'bcrypt', cost: 12 }), now())
    await service.send('POST', '/users', { form: { email, password: PHRASE } })
    return { user, token: await service.tokenFor(email) }
  }

  test.each(['disabled', 'delete'] as const)(
    'a session that is there lets nobody in while the state of the account is %s, nor does a login or a reset',
    async (state) => {
      const email = `${state}@example.com`
      const { id } = await settled(email)
      const session = await service.logIn(email)
      await service.send('POST', '/reset_password', { form: { email } })
      const token = await service.tokenFor(email, 2)
      await db.users.setState(id, state, now())
      expect(await status(session)).toBe(403)
      expect(await codeOf(service.auth.sessions.open(id))).toBe('login.invalid')
      const form = { email, reset_token: token, new_password: OTHER_PHRASE }
      expect((await put('/reset_password', form)).json).toMatchObject({ code: 'reset.invalid_token' })
      await db.users.setState(id, state, null)
      expect(await status(session)).toBe(200)
      expect((await put('/reset_password', form)).status).toBe(200)
    },
  )

  test('a session that has ended since it was looked at ends no other, takes nothing along, deletes nothing and changes no email', async () => {
    const { id } = await settled('late@example.com')
    const [session, other] = [await service.logIn('late@example.com'), await service.logIn('late@example.com')]
    const ended = (await service.auth.sessions.find(session)) ?? expect.fail()
    await service.auth.sessions.close(ended)
    expect(await codeOf(service.auth.sessions.closeOthers(ended, null))).toBe('sessions.required')
    expect(await codeOf(service.auth.sessions.closeOne(ended, other.split('.')[0] ?? ''))).toBe('sessions.required')
    expect(await codeOf(service.auth.exports.collect(ended))).toBe('sessions.required')
    expect(await codeOf(service.auth.deletion.request(ended))).toBe('sessions.required')
    expect(await codeOf(service.auth.email.request(ended, 'elsewhere@example.com'))).toBe('sessions.required')
    expect(await status(other)).toBe(200)
    expect(await service.auth.users.findAccount(id)).toMatchObject({ deleteAt: null })
    await service.auth.background.send()
    expect(service.smtp.to('elsewhere@example.com')).toEqual([])
  })

  test('of two changes of a password at once one counts: the other was made with one that is gone', async () => {
    await settled('both@example.com')
    const session = (await service.auth.sessions.find(await service.logIn('both@example.com'))) ?? expect.fail()
    service.hasher.holdUntil = service.hasher.hashed + 2
    const change = async (next: string) =>
      codeOf(service.auth.passwordChange.change(session, PHRASE, next, { device: null }))
    const codes = await Promise.all([change(OTHER_PHRASE), change(STRANGERS_PHRASE)])
    expect(codes.sort()).toEqual(['done', 'login.invalid'])
  })

  test('a reset link counts for the address that it was mailed to, while the account has it', async () => {
    const { id } = await settled('here@example.com')
    await service.send('POST', '/reset_password', { form: { email: 'here@example.com' } })
    const token = await service.tokenFor('here@example.com', 2)
    const there = { email: 'there@example.com', key: 'there@example.com' as CanonicalEmail }
    await db.users.moveEmail(id, null, there, now())
    const form = { email: 'here@example.com', reset_token: token, new_password: OTHER_PHRASE }
    expect((await put('/reset_password', form)).json).toMatchObject({ code: 'reset.invalid_token' })
    await service.logIn('there@example.com')
  })

  test('a link to a new email counts from the address that the account had, while it has it', async () => {
    const { id } = await settled('from@example.com')
    const session = await service.logIn('from@example.com')
    await service.send('PUT', '/email', { session, form: { email: 'to@example.com' } })
    const token = await service.tokenFor('to@example.com')
    const away = { email: 'away@example.com', key: 'away@example.com' as CanonicalEmail }
    await db.users.moveEmail(id, null, away, now())
    const answer = await put('/email_verification', { token, password: PHRASE })
    expect(answer.json).toMatchObject({ code: 'email.invalid_token' })
    expect((await service.auth.users.find(id))?.email).toBe('away@example.com')
  })

  test('of two who follow a way back at once one is answered that it worked', async () => {
    await settled('back@example.com')
    const session = await service.logIn('back@example.com')
    await service.send('PUT', '/email', { session, form: { email: 'forth@example.com' } })
    const form = { token: await service.tokenFor('forth@example.com'), password: PHRASE }
    expect((await put('/email_verification', form)).status).toBe(200)
    const undo = await service.tokenFor('back@example.com', 2)
    const codes = await Promise.all([1, 2].map(async () => codeOf(service.auth.email.undo(undo))))
    expect(codes.sort()).toEqual(['done', 'email.invalid_token'])
  })

  test('a reset that waits is not mailed to an address that the account has left', async () => {
    const { id } = await settled('left@example.com')
    await service.auth.admin.startReset('operator', id)
    const gone = { email: 'gone@example.com', key: 'gone@example.com' as CanonicalEmail }
    await db.users.moveEmail(id, null, gone, now())
    await service.auth.background.send()
    expect(service.smtp.to('left@example.com')).toHaveLength(1)
    expect(service.smtp.to('gone@example.com')).toEqual([])
  })

  test('whoever had an account of an address that was not theirs keeps nothing of it: no session, no link, no right', async () => {
    const email = 'squatted@example.com'
    const { user, token } = await unverified(email)
    const { token: session, stored } = db.keys.make('session', user.id)
    const expiresAt = new Date(now().getTime() + 3_600_000)
    await db.sessions.add(user.id, stored, { createdAt: now(), idleMs: 3_600_000, expiresAt })
    await db.users.setState(user.id, 'admin', now())
    expect((await put('/email_verification', { token, password: PHRASE })).status).toBe(200)
    expect(await status(session)).toBe(403)
    expect(await service.auth.users.findAccountByEmail(email)).toMatchObject({ isAdmin: false })
    expect((await service.send('POST', '/sessions', { form: { email, password: STRANGERS_PHRASE } })).status).toBe(401)
    await service.logIn(email)
  })

  test('a disabled account is neither verified nor taken back by a link', async () => {
    const { user, token } = await unverified('kept-out@example.com')
    await service.auth.admin.disable('operator', user.id)
    const verified = await put('/email_verification', { token, password: STRANGERS_PHRASE })
    expect(verified.json).toMatchObject({ code: 'verification.invalid_token' })

    const { id } = await settled('leaver@example.com')
    await service.send('DELETE', '/users/me', { session: await service.logIn('leaver@example.com') })
    const back = await service.tokenFor('leaver@example.com', 2)
    await service.auth.admin.disable('operator', id)
    expect(await codeOf(service.auth.deletion.takeBack(back))).toBe('deletion.invalid_token')
  })

  test('a link to a new email does nothing for an account that lets nobody in', async () => {
    const { id } = await settled('mover@example.com')
    const session = await service.logIn('mover@example.com')
    await service.send('PUT', '/email', { session, form: { email: 'moved@example.com' } })
    const token = await service.tokenFor('moved@example.com')
    await db.users.setState(id, 'disabled', now())
    const answer = await put('/email_verification', { token, password: PHRASE })
    expect(answer.json).toMatchObject({ code: 'email.invalid_token' })
    expect((await service.auth.users.find(id))?.email).toBe('mover@example.com')
  })

  test('links to an address die when the account leaves it', async () => {
    const email = 'leaves@example.com'
    const { id } = await settled(email)
    const session = await service.logIn(email)
    for (const to of ['one@example.com', 'two@example.com'])
      await service.send('PUT', '/email', { session, form: { email: to } })
    const [one] = [await service.tokenFor('one@example.com'), await service.tokenFor('two@example.com')]
    expect((await put('/email_verification', { token: one, password: PHRASE })).status).toBe(200)
    const { tokens = [] } = await contentsOf(database)
    const purposes = tokens.flatMap((row) => {
      const { user_id: userId, purpose } = row as { readonly user_id: number | null; readonly purpose: string }
      return userId === id ? [purpose] : []
    })
    expect(purposes).toEqual([])
  })

  test('whoever is disabled gets no letter, also one that waited', async () => {
    const { id } = await settled('silent@example.com')
    const session = await service.logIn('silent@example.com')
    const form = { password: PHRASE, new_password: OTHER_PHRASE }
    expect((await service.send('PUT', '/password', { session, form })).status).toBe(200)
    await service.auth.admin.disable('operator', id)
    await service.send('POST', '/reset_password', { form: { email: 'silent@example.com' } })
    expect(await service.auth.letters(10)).toEqual([expect.objectContaining({ kind: 'password_changed' })])
    await service.auth.background.send()
    expect(service.smtp.to('silent@example.com')).toHaveLength(1)
  })

  test('a letter without a link leaves no token behind, nor does a row that is no letter', async () => {
    const count = async () => (await contentsOf(database))['tokens']?.length
    const before = await count()
    await service.send('POST', '/reset_password', { form: { email: 'nobody@example.com' } })
    await service.auth.background.send()
    expect(await count()).toBe(before)
  })

  test('a password that is longer than any that is taken is not looked at', async () => {
    await settled('long@example.com')
    const before = service.hasher.verified
    const form = { email: 'long@example.com', password: 'x'.repeat(1025) }
    expect((await service.send('POST', '/sessions', { form })).status).toBe(401)
    expect(service.hasher.verified).toBe(before)
  })

  test('of a person’s sessions the five hundred are kept that were used last', async () => {
    const { id } = await settled('many@example.com')
    const session = (await service.auth.sessions.find(await service.logIn('many@example.com'))) ?? expect.fail()
    service.clock.advance({ seconds: 1 })
    const expiresAt = new Date(now().getTime() + 3_600_000)
    await db.transaction(async (tx) => {
      for (let count = 0; count < 500; count++)
        await tx.sessions.add(id, tx.keys.make('session', id).stored, {
          createdAt: now(),
          idleMs: 3_600_000,
          expiresAt,
        })
    })
    expect(await db.sessions.isThere(id, session.id)).toBe(false)
    expect(await db.sessions.list(id, now())).toHaveLength(500)
  })
})

describe.each(databases)('rows that were moved by hand on $name', ({ fresh }) => {
  test('a device is no session, and a row counts for its own id alone', async () => {
    const secret = makeSecret()
    const database = fresh()
    const service = await startTestService(database, { service: { secret }, devices: { known: true } })
    const db = await DB.open(database, { secrets: [secret] })
    const form = { email: 'bob@example.com', password: 'mySuperPwd' }
    await service.send('POST', '/users', { form })
    const answer = await service.send('POST', '/sessions', { form })
    const [session = '', device = ''] = [cookieOf(answer, 'session_id'), cookieOf(answer, 'device')]
    const { id } = (await service.auth.users.findByEmail(form.email)) ?? expect.fail()
    const copied = (await db.sessions.find(session.split('.')[0] ?? '')) ?? expect.fail()
    const moved = (await db.devices.find(id, device.split('.')[0] ?? '')) ?? expect.fail()
    const other = makeId(copied.id)
    await db.sessions.add(id, moved, copied)
    await db.sessions.add(id, { ...copied, id: other }, copied)
    for (const token of [device, session.replace(copied.id, other)])
      expect((await service.send('GET', '/profile', { session: token })).status).toBe(403)
    expect((await service.send('GET', '/profile', { session })).status).toBe(200)
    await db.close()
    await service.close()
  })

  test('the name of a device without its secret is no known device: who guesses with it is a stranger', async () => {
    const service = await startHardened(fresh(), { limits: { accountTries: 3 } })
    const email = 'bob@example.com'
    await service.settle(email)
    const answer = await service.send('POST', '/sessions', { form: { email, password: PHRASE } })
    const [name = ''] = (cookieOf(answer, 'device') ?? '').split('.')
    const headers = { cookie: `__Host-device=${name}.${'A'.repeat(43)}` }
    const statuses: number[] = []
    for (let tries = 0; tries < 4; tries++)
      statuses.push(
        (await service.send('POST', '/sessions', { form: { email, password: STRANGERS_PHRASE }, headers })).status,
      )
    expect(statuses).toEqual([401, 401, 401, 429])
    await service.close()
  })

  test('a right password ends the failures in a row, so that they never add up over the years', async () => {
    const service = await startHardened(fresh(), { limits: { accountTries: 3 } })
    const email = 'bob@example.com'
    await service.settle(email)
    const statuses: number[] = []
    for (const password of ['wrong', 'wrong', PHRASE, 'wrong', 'wrong', 'wrong', 'wrong'])
      statuses.push((await service.send('POST', '/sessions', { form: { email, password } })).status)
    expect(statuses).toEqual([401, 401, 200, 401, 401, 401, 429])
    await service.close()
  })

  test('a link that was mailed to one address is none for another', async () => {
    const secret = makeSecret()
    const database = fresh()
    const service = await startHardened(database, { service: { secret } })
    await service.send('POST', '/users', { form: { email: 'eve@evil.test', password: STRANGERS_PHRASE } })
    const token = await service.tokenFor('eve@evil.test')
    const db = await DB.open(database, { secrets: [secret], now: service.clock.now })
    const stored =
      (await db.tokens.findLive(token.split('.')[0] ?? '', ['verify'], service.clock.now())) ?? expect.fail()
    await db.tokens.spend(stored.id)
    const email = 'victim@example.com' as CanonicalEmail
    const hash = await service.hasher.hash(STRANGERS_PHRASE, { name: 'bcrypt', cost: 12 })
    const later = new Date(service.clock.now().getTime() + 3_600_000)
    await db.pendings.add({ email, hash }, email, service.clock.now(), later)
    await db.tokens.add({ ...stored, email }, service.clock.now(), later)
    const answer = await service.send('PUT', '/email_verification', { form: { token, password: STRANGERS_PHRASE } })
    expect(answer.json).toMatchObject({ code: 'verification.invalid_token' })
    await db.close()
    await service.close()
  })
})

/** An id that differs from this one in its last sign. */
function makeId(id: string): string {
  return `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`
}
