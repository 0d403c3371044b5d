/** Passwords: taken whole and exactly as typed, or refused with the reason. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentsOf } from './support/contents.ts'
import { databases } from './support/databases.ts'
import type { RequestOptions } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const SECRET = 'correct horse' // stands in passwords that are refused, and must stand in no log
const EMAIL = 'new@example.com'

const form = (body: string): RequestOptions => ({
  body,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})
const both = (email: string, password: string): RequestOptions => ({ json: { email, password } })

/** Kind of password, how it is sent to register, code, field. */
const REFUSED: readonly (readonly [string, RequestOptions, string, string])[] = [
  ['an empty password', both(EMAIL, ''), 'passwords.too_short', 'password'],
  ['a password of 73 bytes', both(EMAIL, SECRET.padEnd(73, 'x')), 'passwords.too_long', 'password'],
  ['a password of 37 signs and 74 bytes', both(EMAIL, 'é'.repeat(37)), 'passwords.too_long', 'password'],
  ['a password of 19 signs and 76 bytes', both(EMAIL, '🦊'.repeat(19)), 'passwords.too_long', 'password'],
  ['a password of 10,000 bytes', both(EMAIL, SECRET.repeat(770)), 'passwords.too_long', 'password'],
  ['NUL in the password', both(EMAIL, `${SECRET}\0x`), 'passwords.unusable', 'password'],
  ['NUL in the password of a form', form(`email=${EMAIL}&password=${SECRET}%00x`), 'passwords.unusable', 'password'],
]

describe.each(databases)('passwords on $name', ({ fresh }) => {
  let service: TestService
  let database = ''

  beforeAll(async () => {
    database = fresh()
    service = await startTestService(database)
  })
  afterAll(async () => {
    await service.close()
  })

  test.each(REFUSED)(
    '%s is refused, changes nothing and stands in no log [ASVS 16.2.5]',
    async (_kind, options, code, field) => {
      const before = await contentsOf(database)
      const { json: body } = await service.send('POST', '/users', options)
      expect(body).toMatchObject({
        status: 400,
        code,
        field,
        detail: expect.stringMatching(/^The password must .*\.$/),
      })
      expect(await contentsOf(database)).toEqual(before)
      expect(service.logged.join('')).not.toContain(SECRET)
    },
  )

  test('a password of exactly 72 bytes is taken whole: one byte less, more or other does not log in [ASVS 6.2.8]', async () => {
    const email = 'long@example.com'
    const fitted = `${'é'.repeat(31)} 🦊${'x'.repeat(5)}`
    expect(Buffer.byteLength(fitted)).toBe(72)
    expect((await service.send('POST', '/users', both(email, fitted))).status).toBe(200)
    for (const other of [
      fitted.slice(0, -1),
      `${fitted}x`,
      fitted.toUpperCase(),
      ` ${fitted}`,
      `${fitted}\0`,
      fitted.normalize('NFD'),
    ]) {
      expect((await service.send('POST', '/sessions', both(email, other))).json).toMatchObject({
        status: 401,
        code: 'login.invalid',
      })
    }
    expect((await service.send('POST', '/sessions', both(email, fitted))).status).toBe(200)
  })

  test('any sign may stand in a password: spaces around it, control signs, emoji, quotes [ASVS 6.2.5]', async () => {
    const passwords = [
      '  around  ',
      '\t\r\n',
      '\u0001\u007f',
      '🦊👨‍👩‍👧',
      `'"; DROP TABLE users; --`,
      '\u202e\u200b',
      '%00',
      '{"$ne":1}',
      '+&=%',
    ]
    for (const [at, password] of passwords.entries()) {
      const email = `any${at}@example.com`
      expect((await service.send('POST', '/users', { form: { email, password } })).status).toBe(200)
      expect((await service.send('POST', '/sessions', both(email, password))).status).toBe(200)
      expect((await service.send('POST', '/sessions', both(email, ` ${password}`))).status).toBe(401)
    }
  })
})
