/** Registering in hardened: nobody learns who is there, and no stranger's password comes to life. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEngine } from '../src/db/open.ts'
import { contentsOf } from './support/contents.ts'
import { databases } from './support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'
import { sessionOf } from './support/http.ts'

const STRANGERS_PHRASE = 'copper kites over marble bay'

describe.each(databases)('registering in hardened on $name', ({ fresh }) => {
  let service: HardenedService
  const database = fresh()

  beforeAll(async () => {
    service = await startHardened(database)
  })
  afterAll(async () => {
    await service.close()
  })

  const register = async (email: string, password = PHRASE) =>
    service.send('POST', '/users', { form: { email, password } })
  const verify = async (token: string, password = PHRASE) =>
    service.send('PUT', '/email_verification', { form: { token, password } })
  const logIn = async (email: string, password = PHRASE) =>
    service.send('POST', '/sessions', { form: { email, password } })

  test('an account comes to be by the mailed link and the password, and lets in by a cookie for this host alone [ASVS 3.3.1]', async () => {
    const email = 'Ann@example.com'
    expect(await register(email)).toMatchObject({ status: 200, json: { email, message: 'user created' } })
    expect((await logIn(email)).status).toBe(401)
    await expect(service.auth.users.findByEmail(email)).resolves.toBeNull()

    const token = await service.tokenFor(email)
    expect(await verify(token)).toMatchObject({ status: 200, json: { email, message: 'email verified' } })
    const answer = await logIn('ann@EXAMPLE.com')
    expect(answer).toMatchObject({ status: 200, json: { email, message: 'logged in' } })
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^__Host-session_id=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    )
    expect(await service.send('GET', '/profile', { session: sessionOf(answer) })).toMatchObject({ json: { email } })
  })

  test('a link works once, and only as the link of a verification [ASVS 6.6.2]', async () => {
    const email = 'once@example.com'
    await register(email)
    const token = await service.tokenFor(email)
    const stolen = await service.send('PUT', '/reset_password', {
      form: { email, reset_token: token, new_password: OTHER_PHRASE },
    })
    expect(stolen.status).toBe(403)
    const both = await Promise.all([verify(token), verify(token)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 403])
    expect((await verify(token)).json).toMatchObject({ code: 'verification.invalid_token' })
  })

  test('a stranger who registered first gets nothing: the password decides, and only one becomes the account', async () => {
    const email = 'victim@example.com'
    await register(email, STRANGERS_PHRASE)
    const token = await service.tokenFor(email)
    await register(email, PHRASE)
    await register(email, STRANGERS_PHRASE)
    expect(service.smtp.to(email)).toHaveLength(1)
    expect((await verify(token, PHRASE)).status).toBe(200)
    expect((await logIn(email, STRANGERS_PHRASE)).status).toBe(401)
    expect((await logIn(email, PHRASE)).status).toBe(200)
  })

  test('once an address is verified, nothing stays of its registrations: no password, no link', async () => {
    const email = 'tidy@example.com'
    await register(email, STRANGERS_PHRASE)
    await register(email, PHRASE)
    const first = await service.tokenFor(email)
    service.clock.advance({ minutes: 6 })
    await service.send('POST', '/email_verification', { form: { email } })
    await service.tokenFor(email, 2)
    expect((await verify(first, PHRASE)).status).toBe(200)
    const { pendings, tokens } = await contentsOf(database)
    expect(JSON.stringify([pendings, tokens])).not.toContain(email)
  })

  test('a wrong password verifies nothing and spends nothing', async () => {
    const email = 'slow@example.com'
    await register(email)
    const token = await service.tokenFor(email)
    expect((await verify(token, OTHER_PHRASE)).json).toMatchObject({ code: 'verification.wrong_password' })
    expect((await verify(token, PHRASE)).status).toBe(200)
  })

  test('twenty registrations by a stranger afterwards keep nobody out: the reset letter makes the account', async () => {
    const email = 'crowd@example.com'
    await register(email)
    await service.tokenFor(email)
    for (let count = 0; count < 25; count++) await register(email, STRANGERS_PHRASE)
    await service.send('POST', '/reset_password', { form: { email } })
    const token = await service.tokenFor(email, 2)
    const reset = { email, reset_token: token, new_password: OTHER_PHRASE }
    expect((await service.send('PUT', '/reset_password', { form: reset })).status).toBe(200)
    expect((await logIn(email, STRANGERS_PHRASE)).status).toBe(401)
    expect((await logIn(email, OTHER_PHRASE)).status).toBe(200)
    const { engine } = await openEngine(database, { secrets: ['x'.repeat(32)] })
    const left = await engine.kysely.selectFrom('pendings').select('id').where('email_key', '=', email).execute()
    await engine.close()
    expect(left).toEqual([])
  })

  test('a taken email is answered like a free one, and its owner hears of it once a day [ASVS 6.3.8]', async () => {
    const email = 'owner@example.com'
    await service.settle(email)
    const free = await register('nobody-yet@example.com', OTHER_PHRASE)
    for (let count = 0; count < 3; count++) {
      const taken = await register('OWNER@example.com', OTHER_PHRASE)
      expect([taken.status, taken.text.replace('OWNER@', 'nobody-yet@')]).toEqual([free.status, free.text])
      expect(Object.keys(taken.headers)).toEqual(Object.keys(free.headers))
    }
    await service.smtp.waitFor(2, email)
    await service.auth.background.send()
    expect(service.smtp.to(email).map(({ subject }) => subject)).toHaveLength(2)
    service.clock.advance({ days: 1 })
    await register(email, OTHER_PHRASE)
    await service.smtp.waitFor(3, email)
    expect((await logIn(email, OTHER_PHRASE)).status).toBe(401)
    expect((await logIn(email)).status).toBe(200)
  })

  test('a pending registration waits seven days, its link a day, and then there is nothing [ASVS 14.2.7]', async () => {
    const email = 'late@example.com'
    await register(email)
    const first = await service.tokenFor(email)
    service.clock.advance({ hours: 24, seconds: 1 })
    expect((await verify(first)).status).toBe(403)
    await service.send('POST', '/email_verification', { form: { email } })
    await service.tokenFor(email, 2)
    service.clock.advance({ days: 6 })
    await service.send('POST', '/email_verification', { form: { email } })
    await service.auth.background.send()
    expect(service.smtp.to(email)).toHaveLength(2)
    await service.auth.background.tidy()
    const { engine } = await openEngine(database, { secrets: ['x'.repeat(32)] })
    expect(await engine.kysely.selectFrom('pendings').selectAll().where('email_key', '=', email).execute()).toEqual([])
    await engine.close()
  })

  test('asking for the letter again is answered alike for all, and neither floods nor kills the link', async () => {
    const [waiting, verified, unknown] = ['waits@example.com', 'verified@example.com', 'unknown@example.com']
    await register(waiting)
    const token = await service.tokenFor(waiting)
    await service.settle(verified)
    for (let count = 0; count < 3; count++) {
      for (const email of [waiting, verified, unknown]) {
        const answer = await service.send('POST', '/email_verification', { form: { email } })
        expect([answer.status, answer.json]).toEqual([200, { email }])
      }
    }
    await service.auth.background.send()
    expect([waiting, verified, unknown].map((email) => service.smtp.to(email).length)).toEqual([1, 1, 0])
    for (const letters of [2, 3]) {
      service.clock.advance({ minutes: 6 })
      await service.send('POST', '/email_verification', { form: { email: waiting } })
      await service.smtp.waitFor(letters, waiting)
    }
    service.clock.advance({ minutes: 6 })
    await service.send('POST', '/email_verification', { form: { email: waiting } })
    await service.auth.background.send()
    expect(service.smtp.to(waiting)).toHaveLength(3)
    expect((await verify(token)).status).toBe(200)
  })

  test('a weak, common or contextual password is refused before anything is looked up [ASVS 6.2.1]', async () => {
    for (const [password, code] of [
      ['short', 'passwords.too_short'],
      ['passwordpassword', 'passwords.common'],
      ['Bienvenue2026!!!', 'passwords.contextual'],
    ] as const) {
      for (const email of ['owner@example.com', 'free@example.com'])
        expect((await register(email, password)).json).toMatchObject({ status: 400, code, field: 'password' })
    }
  })
})
