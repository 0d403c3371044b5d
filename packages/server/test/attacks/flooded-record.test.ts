/** A flood of the record: whatever strangers or a thief do again and again, what its owner must see stays in sight. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentsOf } from '../support/contents.ts'
import { databases } from '../support/databases.ts'
import { freshSource, startGuarded } from '../support/guarded.ts'
import type { GuardedService } from '../support/guarded.ts'
import { OTHER_PHRASE, PHRASE } from '../support/hardened.ts'
import { sessionOf } from '../support/http.ts'

describe.each(databases)('a flood of the record on $name', ({ fresh }) => {
  const database = fresh()
  let service: GuardedService

  beforeAll(async () => {
    service = await startGuarded(database)
  })
  afterAll(async () => {
    await service.close()
  })

  /** How many entries the record has. */
  const countEntries = async (): Promise<number> => (await contentsOf(database))['audit']?.length ?? 0
  /** How many events of a kind somebody sees in a text. */
  const countIn = (text: string, event: string): number => text.split(`"${event}"`).length - 1

  test('a stranger who asks for links and registers pushes no login out of what the owner sees', async () => {
    const email = 'watched@example.com'
    await service.settle(email)
    await service.logIn(email) // a thief's, which the owner is to see
    const source = freshSource()
    for (let at = 0; at < 30; at++) {
      await service.ask('POST /reset_password', { email }, { source })
      await service.ask('POST /users', { email, password: OTHER_PHRASE }, { source })
    }
    const session = await service.logIn(email)
    const { text } = await service.send('GET', '/events', { session })
    const seen = ['login.succeeded', 'verification.completed', 'reset.requested', 'users.registration_refused']
    expect(seen.map((event) => countIn(text, event))).toEqual([2, 1, 20, 20])
  })

  test('a thief who logs in and out again and again does not push out what they did before', async () => {
    const email = 'robbed@example.com'
    await service.settle(email)
    const thief = await service.logIn(email)
    await service.send('PUT', '/email', { form: { email: 'thief@evil.test' }, session: thief })
    for (let at = 0; at < 60; at++) {
      const answer = await service.send('POST', '/sessions', { form: { email, password: PHRASE } })
      await service.send('DELETE', '/sessions', { session: sessionOf(answer) })
    }
    const { text } = await service.send('GET', '/events', { session: await service.logIn(email) })
    const seen = ['email.change_requested', 'login.succeeded', 'sessions.ended']
    expect(seen.map((event) => countIn(text, event))).toEqual([1, 20, 20])
  })

  test('who ends all others again and again, where there are none, writes nothing', async () => {
    const email = 'writer@example.com'
    await service.settle(email)
    await service.logIn(email)
    const session = await service.logIn(email)
    const before = await countEntries()
    for (let at = 0; at < 30; at++)
      expect((await service.send('DELETE', '/sessions?others=yes', { session })).status).toBe(200)
    expect((await countEntries()) - before).toBe(1)
  })
})
