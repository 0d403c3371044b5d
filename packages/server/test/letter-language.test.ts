/** Letters are in the language of whoever they go to, and no stranger chooses it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './support/databases.ts'
import { PHRASE, startHardened } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'

const FRENCH = { 'accept-language': 'fr-CA,fr;q=0.9,en;q=0.5' }

describe.each(databases)('the language of letters on $name', ({ fresh }) => {
  let service: HardenedService

  beforeAll(async () => {
    service = await startHardened(fresh())
  })
  afterAll(async () => {
    await service.close()
  })

  const lettersTo = async (email: string) => {
    await service.auth.background.send()
    return service.smtp.to(email).map(({ html }) => /<html lang="(\w+)"/.exec(html)?.[1])
  }
  const send = async (
    method: string,
    path: string,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ) => service.send(method, path, { form, headers })

  test('is that of the browser which registered, and stays that of the person, whoever asks', async () => {
    const email = 'marie@example.com'
    await send('POST', '/users', { email, password: PHRASE }, FRENCH)
    expect(await lettersTo(email)).toEqual(['fr'])
    const token = await service.tokenFor(email)
    await send('PUT', '/email_verification', { token, password: PHRASE }, FRENCH)
    await send('POST', '/users', { email, password: PHRASE }, { 'accept-language': 'en' })
    await send('POST', '/reset_password', { email }, { 'accept-language': 'en' })
    expect((await lettersTo(email)).slice(1)).toEqual(['fr', 'fr'])
  })

  test.each([['/verify/again'], ['/email_verification'], ['/forgot'], ['/reset_password']])(
    'is that of the browser which registered when it asks again at %s',
    async (path) => {
      const email = `again${path.replace(/\W/g, '-')}@example.com`
      await send('POST', '/users', { email, password: PHRASE }, FRENCH)
      await lettersTo(email)
      service.clock.advance({ minutes: 6 })
      await send('POST', path, { email }, FRENCH)
      expect(await lettersTo(email)).toEqual(['fr', 'fr'])
    },
  )

  test('follows the person who logs in with another choice; a program that says nothing changes nothing', async () => {
    const email = 'paul@example.com'
    await service.settle(email)
    const chosen = { cookie: '__Host-language=fr' }
    expect((await send('POST', '/sessions', { email, password: PHRASE }, chosen)).status).toBe(200)
    await service.logIn(email)
    await send('POST', '/reset_password', { email })
    const languages = await lettersTo(email)
    expect(languages[0]).toBe('en')
    expect(languages.slice(1).every((language) => language === 'fr')).toBe(true)
  })

  test('is never that of a cookie which is not ours, nor of one that came twice', async () => {
    const email = 'anne@example.com'
    await service.settle(email)
    for (const cookie of ['language=fr', '__Host-language=fr; __Host-language=fr', 'x__Host-language=fr']) {
      await send('POST', '/sessions', { email, password: PHRASE }, { cookie })
      await send('POST', '/reset_password', { email })
      expect([cookie, ...new Set(await lettersTo(email))]).toEqual([cookie, 'en'])
    }
  })
})
