/** Changing the email: bound to person, old and new address; the old one has a way back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'

describe.each(databases)('changing the email on $name', ({ fresh }) => {
  let service: HardenedService

  beforeAll(async () => {
    service = await startHardened(fresh())
  })
  afterAll(async () => {
    await service.close()
  })

  const change = async (session: string, email: string) => service.send('PUT', '/email', { session, form: { email } })
  const confirm = async (token: string, password = PHRASE) =>
    service.send('PUT', '/email_verification', { form: { token, password } })
  const profile = async (session: string) => (await service.send('GET', '/profile', { session })).json

  test('nothing changes before the new address confirms; then both addresses hear of it [ASVS 6.3.7]', async () => {
    await service.settle('old@example.com')
    const session = await service.logIn('old@example.com')
    const asked = await change(session, 'New@example.com')
    expect(asked).toMatchObject({ status: 200, json: { email: 'New@example.com', message: 'confirmation sent' } })
    expect(await profile(session)).toEqual({ email: 'old@example.com' })
    const token = await service.tokenFor('new@example.com')
    expect((await confirm(token, OTHER_PHRASE)).json).toMatchObject({ code: 'verification.wrong_password' })
    expect(await confirm(token)).toMatchObject({ status: 200, json: { email: 'New@example.com' } })
    expect((await confirm(token)).status).toBe(403)
    expect(await profile(session)).toEqual({ email: 'New@example.com' })
    await service.smtp.waitFor(2, 'new@example.com')
    await service.smtp.waitFor(2, 'old@example.com')
    expect(service.smtp.letters.map(({ text }) => text).join('')).not.toContain('New@example.com')
    await service.logIn('new@example.com')
  })

  test('asks for a fresh login [ASVS 7.5.1]', async () => {
    await service.settle('stale@example.com')
    const session = await service.logIn('stale@example.com')
    service.clock.advance({ minutes: 16 })
    expect((await change(session, 'elsewhere@example.com')).json).toMatchObject({ code: 'sessions.not_fresh' })
    expect((await change(await service.logIn('stale@example.com'), 'elsewhere@example.com')).status).toBe(200)
  })

  test('of two changes the link of one never confirms the other (CVE-2026-32700)', async () => {
    await service.settle('twice@example.com')
    const session = await service.logIn('twice@example.com')
    await Promise.all([change(session, 'mine@example.com'), change(session, 'yours@example.com')])
    const [mine, yours] = [await service.tokenFor('mine@example.com'), await service.tokenFor('yours@example.com')]
    expect((await confirm(mine)).json).toMatchObject({ email: 'mine@example.com' })
    expect((await confirm(yours)).status).toBe(403)
    expect(await profile(session)).toEqual({ email: 'mine@example.com' })
  })

  test('a taken email is answered like a free one; a pending change keeps nobody from registering it [ASVS 6.3.8]', async () => {
    await service.settle('mover@example.com')
    await service.settle('taken@example.com')
    const session = await service.logIn('mover@example.com')
    const [free, taken] = [await change(session, 'wanted@example.com'), await change(session, 'taken@example.com')]
    expect(taken.text.replace('taken@', 'wanted@')).toBe(free.text)
    expect(taken.status).toBe(free.status)
    const exported = await service.send('GET', '/export', { session })
    expect(exported.text).not.toMatch(/wanted|taken/)
    const token = await service.tokenFor('wanted@example.com')
    await service.send('POST', '/users', { form: { email: 'wanted@example.com', password: OTHER_PHRASE } })
    const verification = await service.tokenFor('wanted@example.com', 2)
    expect((await confirm(verification, OTHER_PHRASE)).status).toBe(200)
    expect((await confirm(token)).status).toBe(403)
    await service.logIn('wanted@example.com', OTHER_PHRASE)
    await service.logIn('mover@example.com')
  })

  test('the old address takes the account back, also after the thief moved on, and everybody is out', async () => {
    const email = 'robbed@example.com'
    await service.settle(email)
    const thief = await service.logIn(email)
    await change(thief, 'thief1@example.com')
    await confirm(await service.tokenFor('thief1@example.com'))
    const undo = await service.tokenFor(email, 2)
    const form = { password: PHRASE, new_password: OTHER_PHRASE }
    expect((await service.send('PUT', '/password', { session: thief, form })).status).toBe(200)
    service.clock.advance({ seconds: 1 })
    await change(thief, 'thief2@example.com')
    await confirm(await service.tokenFor('thief2@example.com'), OTHER_PHRASE)
    await service.send('DELETE', '/users/me', { session: thief })
    await expect(service.auth.email.undo(undo)).resolves.toMatchObject({ email, emailVerified: true })
    await expect(service.auth.email.undo(undo)).rejects.toThrow('email.invalid_token')
    expect((await service.send('GET', '/profile', { session: thief })).status).toBe(403)
    const theirs = await service.tokenFor('thief1@example.com', 3)
    await expect(service.auth.email.undo(theirs)).rejects.toThrow('email.invalid_token')
    for (const password of [PHRASE, OTHER_PHRASE])
      expect((await service.send('POST', '/sessions', { form: { email, password } })).status).toBe(401)
    await service.setAnew(email, 'five green lamps by the river')
    await service.logIn(email, 'five green lamps by the river')
  })

  test('a flood of changes mails a stranger three letters a day at the most', async () => {
    await service.settle('flood@example.com')
    const session = await service.logIn('flood@example.com')
    for (let count = 0; count < 6; count++) await change(session, 'stranger@example.com')
    await service.auth.background.send()
    expect(service.smtp.to('stranger@example.com')).toHaveLength(3)
  })

  test('a person who asks again once the letter has left gets three a day as well', async () => {
    await service.settle('patient@example.com')
    const session = await service.logIn('patient@example.com')
    for (let count = 0; count < 5; count++) {
      await change(session, 'patient@new.example.com')
      await service.auth.background.send()
    }
    expect(service.smtp.to('patient@new.example.com')).toHaveLength(3)
  })

  test('a mailbox gets ten a day, whoever asks and however it is spelt', async () => {
    for (const email of ['one@example.com', 'two@example.com']) {
      await service.settle(email)
      const session = await service.logIn(email)
      for (let count = 0; count < 8; count++) await change(session, `bom.bed+${email[0]}${count}@example.com`)
    }
    await service.auth.background.send()
    expect(service.smtp.letters.filter(({ to }) => to[0]?.startsWith('bom.bed+'))).toHaveLength(10)
  })

  test('somebody who asks to move to an address keeps nobody else from moving there', async () => {
    for (const email of ['eve@example.com', 'ada@example.com']) await service.settle(email)
    const eves = await service.logIn('eve@example.com')
    for (let count = 0; count < 8; count++) await change(eves, 'ada@new.example.com')
    await service.auth.background.send()
    expect(service.smtp.to('ada@new.example.com')).toHaveLength(3)
    await change(await service.logIn('ada@example.com'), 'ada@new.example.com')
    expect((await confirm(await service.tokenFor('ada@new.example.com', 4))).status).toBe(200)
    await service.logIn('ada@new.example.com')
  })
})
