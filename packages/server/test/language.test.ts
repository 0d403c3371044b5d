/** The choice of a language: by the browser's wish, by the form on every page, and back to where one was, never elsewhere. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './support/databases.ts'
import { startHardened, URL_OF_SERVICE } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const YEAR = 'Max-Age=31536000'

describe.each(databases)('the language of pages on $name', ({ fresh }) => {
  let service: TestService
  let hardened: HardenedService

  beforeAll(async () => {
    service = await startTestService(fresh())
    hardened = await startHardened(fresh())
  })
  afterAll(async () => {
    await service.close()
    await hardened.close()
  })

  async function languageOf(headers: Readonly<Record<string, string>>): Promise<string | undefined> {
    const { text } = await service.send('GET', '/forgot', { headers })
    return /<html lang="([^"]*)"/.exec(text)?.[1]
  }

  test.each([
    ['nothing', {}, 'en'],
    ['French', { 'accept-language': 'fr' }, 'fr'],
    ['the French of Canada', { 'accept-language': 'fr-CA,fr;q=0.9,en;q=0.8' }, 'fr'],
    ['English before French', { 'accept-language': 'en-GB,fr;q=0.5' }, 'en'],
    ['German, then French', { 'accept-language': 'de,fr;q=0.5,en;q=0.1' }, 'fr'],
    ['German alone', { 'accept-language': 'de' }, 'en'],
    ['anything', { 'accept-language': '*' }, 'en'],
    ['no language', { 'accept-language': ';;q=,\u00e9' }, 'en'],
    ['French, and English was chosen', { 'accept-language': 'fr', cookie: 'language=en' }, 'en'],
    ['English, and French was chosen', { 'accept-language': 'en', cookie: 'language=fr' }, 'fr'],
    ['French, and the cookie says nothing', { 'accept-language': 'fr', cookie: 'language=' }, 'fr'],
    ['English, and the cookie is forged', { cookie: 'language="><script>' }, 'en'],
    ['English, and the cookie names a property', { cookie: 'language=constructor' }, 'en'],
  ])('whoever wants %s', async (_name, headers, language) => {
    expect(await languageOf(headers)).toBe(language)
  })

  test('a cache learns that the answer depends on it', async () => {
    const { headers } = await service.send('GET', '/forgot')
    const names = (headers.vary ?? '').toLowerCase().split(/,\s*/)
    expect(names).toEqual(expect.arrayContaining(['accept-language', 'cookie']))
  })

  test('the form keeps the choice for a year, and leads back to where one was', async () => {
    const answer = await service.send('POST', '/language', { form: { language: 'fr', back: '/forgot?x=1' } })
    expect(answer.status).toBe(303)
    expect(answer.headers.location).toBe('/forgot?x=1')
    const [cookie, ...others] = answer.headers['set-cookie'] ?? []
    expect(others).toEqual([])
    expect(cookie).toMatch(/^language=fr; Path=\/; HttpOnly; SameSite=Lax; /)
    expect(cookie).toContain(YEAR)
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  test('over https the cookie belongs to this host alone [ASVS 3.3.1]', async () => {
    const headers = { host: new URL(URL_OF_SERVICE).host }
    const answer = await hardened.send('POST', '/language', { form: { language: 'en' }, headers })
    expect(answer.headers['set-cookie']?.[0]).toMatch(/^__Host-language=en; .*; Secure/)
  })

  test.each([
    '//evil.test/',
    '/\\evil.test/',
    '\\\\evil.test',
    'https://evil.test/',
    '/.//evil.test',
    '/x/..//evil.test',
    '/\t/evil.test',
    '/a\r\nSet-Cookie: x=y',
    'javascript:alert(1)',
    'forgot',
    '',
    '@evil.test',
  ])('never leads elsewhere: %j [ASVS 3.7.2]', async (back) => {
    const answer = await service.send('POST', '/language', { form: { language: 'fr', back } })
    expect(answer.headers.location).toBe('/')
    expect(answer.headers['set-cookie']?.length).toBe(1)
  })

  test('takes no other language, and nothing from other sites', async () => {
    const bad = await service.send('POST', '/language', { form: { language: 'de', back: '/forgot' } })
    expect(bad.status).toBe(400)
    expect(bad.headers['set-cookie']).toBeUndefined()
    const headers = { 'sec-fetch-site': 'cross-site', cookie: 'language=en' }
    const foreign = await service.send('POST', '/language', { form: { language: 'fr' }, headers })
    expect(foreign.status).toBe(403)
    expect(foreign.headers['set-cookie']).toBeUndefined()
  })
})
