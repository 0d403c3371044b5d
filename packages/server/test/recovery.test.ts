/** Forgotten passwords in hardened: by email alone, once, bound to the account, and nobody can deny it to anybody. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentsOf } from './support/contents.ts'
import { databases } from './support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'

describe.each(databases)('recovering in hardened on $name', ({ fresh }) => {
  let service: HardenedService
  const database = fresh()

  beforeAll(async () => {
    service = await startHardened(database)
  })
  afterAll(async () => {
    await service.close()
  })

  const ask = async (email: string) => service.send('POST', '/reset_password', { form: { email } })
  const set = async (email: string, token: string, password = OTHER_PHRASE) =>
    service.send('PUT', '/reset_password', { form: { email, reset_token: token, new_password: password } })

  test('the answer holds no token, and is the same for any email', async () => {
    await service.settle('known@example.com')
    for (const email of ['known@example.com', 'unknown@example.com']) {
      const answer = await ask(email)
      expect([answer.status, answer.json]).toEqual([200, { email }])
    }
    await service.smtp.waitFor(2, 'known@example.com')
    expect(service.smtp.to('unknown@example.com')).toEqual([])
  })

  test('the link sets the password once, ends every session, opens none, and tells the owner [ASVS 6.3.7]', async () => {
    const email = 'bob@example.com'
    await service.settle(email)
    const session = await service.logIn(email)
    await ask(email)
    const token = await service.tokenFor(email, 2)
    const both = await Promise.all([set(email, token), set(email, token)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 403])
    expect(both.flatMap(({ headers }) => headers['set-cookie'] ?? [])).toEqual([])
    expect((await service.send('GET', '/profile', { session })).status).toBe(403)
    await service.logIn(email, OTHER_PHRASE)
    const letters = await service.smtp.waitFor(3, email)
    expect(letters.filter((letter) => /password.*changed/i.test(letter.subject))).toHaveLength(1)
  })

  test('unknown email, wrong token and the token of another get one status and one body [ASVS 6.3.8]', async () => {
    await service.settle('eve@example.com')
    await service.settle('dan@example.com')
    await ask('eve@example.com')
    const hers = await service.tokenFor('eve@example.com', 2)
    const wrong = hers.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    const answers = [
      await set('dan@example.com', hers),
      await set('nobody@example.com', hers),
      await set('eve@example.com', wrong),
      await set('nobody@example.com', wrong),
    ]
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(403)
    expect((await set('eve@example.com', hers)).status).toBe(200)
  })

  test('a wrong token costs no hash, and a refused password spends no token', async () => {
    const email = 'order@example.com'
    await service.settle(email)
    await ask(email)
    const token = await service.tokenFor(email, 2)
    const before = service.hasher.hashed
    expect((await set(email, `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).status).toBe(403)
    expect(service.hasher.hashed).toBe(before)
    expect((await set(email, token, 'passwordpassword')).json).toMatchObject({ code: 'passwords.common' })
    expect((await set(email, token)).status).toBe(200)
  })

  test('asking for ever kills no link and sends three at the most; the first still works at its end', async () => {
    const email = 'target@example.com'
    await service.settle(email)
    await ask(email)
    const first = await service.tokenFor(email, 2)
    for (let minute = 0; minute < 28; minute++) {
      await ask(email)
      await service.auth.background.send()
      service.clock.advance({ minutes: 1 })
    }
    expect(service.smtp.to(email)).toHaveLength(1 + 3)
    expect((await set(email, first)).status).toBe(200)
  })

  test('a link lives thirty minutes from its sending', async () => {
    const email = 'thirty@example.com'
    await service.settle(email)
    await ask(email)
    const token = await service.tokenFor(email, 2)
    service.clock.advance({ minutes: 30 })
    expect((await set(email, token)).status).toBe(403)
  })

  test('every other link dies with the password that one of them sets, and with a change of the password', async () => {
    const email = 'links@example.com'
    await service.settle(email)
    await ask(email)
    const first = await service.tokenFor(email, 2)
    service.clock.advance({ minutes: 6 })
    await ask(email)
    const second = await service.tokenFor(email, 3)
    expect((await set(email, second)).status).toBe(200)
    expect((await set(email, first)).status).toBe(403)

    service.clock.advance({ minutes: 6 })
    await ask(email)
    const third = await service.tokenFor(email, 5)
    const session = await service.logIn(email, OTHER_PHRASE)
    const form = { password: OTHER_PHRASE, new_password: PHRASE }
    expect((await service.send('PUT', '/password', { session, form })).status).toBe(200)
    expect((await set(email, third)).status).toBe(403)
  })

  test('a reset on an address that was never verified proves it, and drops what an earlier registrant left', async () => {
    const email = 'early@example.com'
    await service.send('POST', '/users', { form: { email, password: OTHER_PHRASE } })
    const verification = await service.tokenFor(email)
    await ask(email)
    const token = await service.tokenFor(email, 2)
    expect((await set(email, token, PHRASE)).status).toBe(200)
    const { pendings, tokens } = await contentsOf(database)
    expect(JSON.stringify([pendings, tokens])).not.toContain(email)
    const answer = await service.send('PUT', '/email_verification', {
      form: { token: verification, password: OTHER_PHRASE },
    })
    expect(answer.status).toBe(403)
    expect((await service.send('POST', '/sessions', { form: { email, password: OTHER_PHRASE } })).status).toBe(401)
    await service.logIn(email, PHRASE)
  })

  test('what waits in the outbox and what is stored of a link cannot be used as one [ASVS 16.2.5]', async () => {
    const email = 'backup@example.com'
    await service.settle(email)
    service.smtp.answers = { recipient: 450 }
    await ask(email)
    await service.auth.background.send()
    const waiting = await contentsOf(database)
    expect(waiting['outbox']).toHaveLength(1)
    expect(JSON.stringify(waiting['outbox'])).not.toMatch(/[0-9a-f]{8}-[^"]*\.[A-Za-z0-9_-]{43}/)
    service.smtp.answers = {}
    service.clock.advance({ minutes: 2 })
    await service.auth.background.send()
    const token = await service.tokenFor(email, 2)
    const stored = await contentsOf(database)
    expect(stored['outbox']).toEqual([])
    expect(JSON.stringify(stored)).not.toContain(token.split('.')[1])
    expect(service.logged.join('')).not.toContain(token.split('.')[1])
  })
})
