/** What a stranger does to somebody who is about to register: letters to their mailbox without end, or none for them, or a crowd before them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { freshSource, startGuarded } from '../support/guarded.ts'
import type { GuardedService } from '../support/guarded.ts'
import { OTHER_PHRASE, PHRASE } from '../support/hardened.ts'

describe.each(databases)('a stranger and somebody who is about to register, on $name', ({ fresh }) => {
  let service: GuardedService

  beforeAll(async () => {
    service = await startGuarded(fresh())
  })
  afterAll(async () => {
    await service.close()
  })

  const register = async (email: string, password: string, source = freshSource()) =>
    service.ask('POST /users', { email, password }, { source })
  const spell = async (spellings: readonly string[]) => {
    const answers = await Promise.all(spellings.map(async (email) => register(email, OTHER_PHRASE)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    await service.auth.background.send()
    return spellings.flatMap((email) => service.smtp.to(email)).length
  }

  test('thirty spellings of a mailbox that register in one moment bring it ten letters', async () => {
    expect(await spell(Array.from({ length: 30 }, (_, at) => `bombed+${at}@example.com`))).toBe(10)
  })

  test('who uses up the letters of a mailbox by other spellings takes none from the plain one', async () => {
    expect(await spell(Array.from({ length: 20 }, (_, at) => `new.comer+${at}@example.com`))).toBe(10)
    const email = 'newcomer@example.com'
    await register(email, PHRASE)
    const token = await service.tokenFor(email)
    expect((await service.ask('PUT /email_verification', { token, password: PHRASE })).status).toBe(200)
    await service.logIn(email)
  })

  test('a crowd that registers the address before its owner, and again after, leaves them the reset link', async () => {
    const email = 'between@example.com'
    const crowd = async (): Promise<void> => {
      await spell(Array.from({ length: 10 }, () => email))
      service.clock.advance({ seconds: 1 })
    }
    await crowd()
    await register(email, PHRASE)
    service.clock.advance({ seconds: 1 })
    await crowd()
    const token = await service.tokenFor(email)
    expect((await service.ask('PUT /email_verification', { token, password: PHRASE })).status).toBe(403) // theirs was pushed out
    expect((await service.reset(email, PHRASE)).status).toBe(200)
    await service.logIn(email)
  })
})
