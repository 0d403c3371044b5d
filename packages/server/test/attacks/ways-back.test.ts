/** Moves of an account, there and back: who had an address first takes it back, and a thief who moves an account twice gains nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened } from '../support/hardened.ts'
import type { HardenedService } from '../support/hardened.ts'

describe.each(databases)('ways back on $name', ({ fresh }) => {
  let service: HardenedService

  beforeAll(async () => {
    service = await startHardened(fresh(), { users: { graceDays: 1 } })
  })
  afterAll(async () => {
    await service.close()
  })

  /** Moves the account of a session to an address, by the next link that is mailed there. */
  async function move(session: string, to: string): Promise<void> {
    await service.auth.background.send()
    const letters = service.smtp.to(to).length
    expect((await service.send('PUT', '/email', { session, form: { email: to } })).status).toBe(200)
    const form = { token: await service.tokenFor(to, letters + 1), password: PHRASE }
    expect((await service.send('PUT', '/email_verification', { form })).status).toBe(200)
    service.clock.advance({ minutes: 6 })
  }

  /** The token in the latest letter to an address, which is none of those before. */
  async function ask(email: string): Promise<string> {
    await service.auth.background.send()
    const letters = service.smtp.to(email).length
    await service.send('POST', '/reset_password', { form: { email } })
    return service.tokenFor(email, letters + 1)
  }

  const emailOf = async (id: number) => (await service.auth.users.find(id))?.email
  const idOf = async (email: string) => (await service.auth.users.findByEmail(email))?.id ?? 0

  test('a thief who moves an account twice, and undoes the second move, does not close the way back of its owner', async () => {
    const [owner, id] = ['owner@example.com', await idOfSettled('owner@example.com')]
    const thief = await service.logIn(owner)
    await move(thief, 'first@evil.test')
    const theirs = await service.tokenFor(owner, 2)
    await move(thief, 'second@evil.test')
    await service.auth.email.undo(await service.tokenFor('first@evil.test', 3))
    expect(await emailOf(id)).toBe('first@evil.test')
    await expect(service.auth.email.undo(theirs)).resolves.toMatchObject({ email: owner })
    expect(await emailOf(id)).toBe(owner)
  })

  test('nor does a thief whose letter overtook that of the owner', async () => {
    const [owner, id] = ['slow@example.com', await idOfSettled('slow@example.com')]
    const thief = await service.logIn(owner)
    service.smtp.answers = { recipient: { address: owner, code: 450 } }
    await move(thief, 'quick@evil.test')
    await move(thief, 'third@evil.test')
    const thiefs = await service.tokenFor('quick@evil.test', 3)
    await service.auth.email.undo(thiefs)
    service.smtp.answers = {}
    service.clock.advance({ minutes: 10 })
    await expect(service.auth.email.undo(await service.tokenFor(owner, 2))).resolves.toMatchObject({ email: owner })
    expect(await emailOf(id)).toBe(owner)
  })

  test('an account that came back to its address is not taken again from where it was meanwhile', async () => {
    const [owner, id] = ['returned@example.com', await idOfSettled('returned@example.com')]
    const thief = await service.logIn(owner)
    await move(thief, 'between@evil.test')
    await move(thief, owner)
    const kept = service.smtp
      .to('between@evil.test')
      .flatMap(({ text }) => /undo-email\?token=(\S+)/.exec(text)?.[1] ?? [])
    expect(kept).toEqual([])
    const form = { email: owner, reset_token: await ask(owner), new_password: OTHER_PHRASE }
    expect((await service.send('PUT', '/reset_password', { form })).status).toBe(200)
    await service.send('POST', '/reset_password', { form: { email: 'between@evil.test' } })
    await service.auth.background.send()
    expect(service.smtp.letters.filter(({ to }) => to[0] === 'between@evil.test')).toHaveLength(2)
    expect(await emailOf(id)).toBe(owner)
  })

  test('a way back ends when it was to end, however often somebody asks for it', async () => {
    const [old, id] = ['old@example.com', await idOfSettled('old@example.com')]
    await move(await service.logIn(old), 'new@example.com')
    const tokens = [await service.tokenFor(old, 2)]
    for (let asked = 0; asked < 2; asked++) {
      service.clock.advance({ days: 3 })
      tokens.push(await ask(old))
    }
    service.clock.advance({ days: 1 })
    for (const token of tokens) await expect(service.auth.email.undo(token)).rejects.toThrow('email.invalid_token')
    expect(await emailOf(id)).toBe('new@example.com')
    await service.settle(old, OTHER_PHRASE)
    expect(await idOf(old)).not.toBe(id)
  })

  test('who moved an account away does not end its way back by deleting it, however few the days of grace', async () => {
    const [owner, id] = ['deleted@example.com', await idOfSettled('deleted@example.com')]
    const thief = await service.logIn(owner)
    await move(thief, 'gone@evil.test')
    const undo = await service.tokenFor(owner, 2)
    const left = await service.send('DELETE', '/users/me', { session: await service.logIn('gone@evil.test') })
    expect(left.status).toBe(200)
    service.clock.advance({ days: 6 })
    await service.auth.background.tidy()
    await expect(service.auth.email.undo(undo)).resolves.toMatchObject({ id, email: owner })
    expect(await emailOf(id)).toBe(owner)
  })

  test('a letter that the mail server refuses for good, as when the mailbox is full, leaves the way back open', async () => {
    const [owner, id] = ['full@example.com', await idOfSettled('full@example.com')]
    service.smtp.answers = { recipient: { address: owner, code: 552 } }
    await move(await service.logIn(owner), 'filler@evil.test')
    await service.auth.background.send()
    service.clock.advance({ days: 2 })
    await service.send('DELETE', '/users/me', { session: await service.logIn('filler@evil.test') })
    await service.auth.background.send()
    await service.send('POST', '/users', { form: { email: owner, password: OTHER_PHRASE } })
    expect(await idOf(owner)).toBe(0)
    service.smtp.answers = {}
    service.clock.advance({ hours: 2 })
    await expect(service.auth.email.undo(await service.tokenFor(owner, 2))).resolves.toMatchObject({ id, email: owner })
  })

  test('and for as long as that the deletion itself can be taken back, by the link in its letter', async () => {
    const id = await idOfSettled('kept@example.com')
    await move(await service.logIn('kept@example.com'), 'moved@example.com')
    const session = await service.logIn('moved@example.com')
    const letters = service.smtp.to('moved@example.com').length
    expect((await service.send('DELETE', '/users/me', { session })).status).toBe(200)
    const keep = await service.tokenFor('moved@example.com', letters + 1)
    service.clock.advance({ days: 6 })
    await expect(service.auth.deletion.takeBack(keep)).resolves.toMatchObject({ id })
  })

  test('nor by deleting it while the letter with the way back waits', async () => {
    const [owner, id] = ['unsent@example.com', await idOfSettled('unsent@example.com')]
    service.smtp.answers = { recipient: { address: owner, code: 450 } }
    await move(await service.logIn(owner), 'fast@evil.test')
    await service.send('DELETE', '/users/me', { session: await service.logIn('fast@evil.test') })
    service.smtp.answers = {}
    service.clock.advance({ hours: 20 })
    const undo = await service.tokenFor(owner, 2)
    service.clock.advance({ days: 5 })
    await service.auth.background.tidy()
    await expect(service.auth.email.undo(undo)).resolves.toMatchObject({ id, email: owner })
  })

  /** Registers and verifies somebody, and resolves to their id. */
  async function idOfSettled(email: string): Promise<number> {
    await service.settle(email)
    return idOf(email)
  }
})
