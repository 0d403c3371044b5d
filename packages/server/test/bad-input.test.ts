/** Fields that cannot be taken: each gets its 4xx with the right code and field, changes nothing, and logs no secret. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentsOf } from './support/contents.ts'
import { databases } from './support/databases.ts'
import { sessionOf } from './support/http.ts'
import type { RequestOptions } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const SECRET = 'correct horse' // stands in every password that is sent, and must stand in no log
const BOB = { email: 'bob@example.com', password: SECRET }
const EMAIL = 'new@example.com'

const form = (body: string): RequestOptions => ({
  body,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})
const json = (body: string | Buffer): RequestOptions => ({ body, headers: { 'content-type': 'application/json' } })
const both = (email: unknown, password: unknown = SECRET): RequestOptions => ({ json: { email, password } })

/** Kind of input, how it is sent to register, code, field. */
const REFUSED: readonly (readonly [string, RequestOptions, string, string | undefined])[] = [
  ['no body at all', {}, 'http.missing_field', 'email'],
  ['an empty form', form(''), 'http.missing_field', 'email'],
  ['an empty object', { json: {} }, 'http.missing_field', 'email'],
  ['no email', { form: { password: SECRET } }, 'http.missing_field', 'email'],
  ['no password in a form', { form: { email: EMAIL } }, 'http.missing_field', 'password'],
  ['no password in JSON', { json: { email: EMAIL } }, 'http.missing_field', 'password'],
  ['fields in another case', { form: { Email: EMAIL, Password: SECRET } }, 'http.missing_field', 'email'],
  ['fields in the query alone', {}, 'http.missing_field', 'email'],
  [
    'the email twice in a form',
    form(`email=${EMAIL}&email=${EMAIL}&password=${SECRET}`),
    'http.repeated_field',
    'email',
  ],
  [
    'the email twice, once encoded',
    form(`email=${EMAIL}&%65mail=x&password=${SECRET}`),
    'http.repeated_field',
    'email',
  ],
  [
    'the email twice in JSON',
    json(`{"email":"${EMAIL}","email":"${EMAIL}","password":"${SECRET}"}`),
    'http.repeated_field',
    undefined,
  ],
  [
    'the email twice in JSON, once escaped',
    json(`{"email":"${EMAIL}","\\u0065mail":"x","password":"${SECRET}"}`),
    'http.repeated_field',
    undefined,
  ],
  ['another field twice', form(`email=${EMAIL}&password=${SECRET}&x=1&x=2`), 'http.repeated_field', 'x'],
  ['brackets as of a list', form(`email[]=${EMAIL}&email[]=b&password=${SECRET}`), 'http.repeated_field', 'email[]'],
  ['brackets as of an object', form(`email[$ne]=x&password=${SECRET}`), 'http.missing_field', 'email'],
  ['null as email', both(null), 'http.invalid_field', 'email'],
  ['null as password', both(EMAIL, null), 'http.invalid_field', 'password'],
  ['a number as password', both(EMAIL, 12_345_678), 'http.invalid_field', 'password'],
  ['true as password', both(EMAIL, true), 'http.invalid_field', 'password'],
  ['a list of emails', both([EMAIL, 'eve@example.com']), 'http.invalid_field', 'email'],
  ['an object as email', both({ $ne: null }), 'http.invalid_field', 'email'],
  ['an object that pretends to be text', both({ length: 3, toString: 'x' }), 'http.invalid_field', 'email'],
  ['a list of passwords', both(EMAIL, [SECRET]), 'http.invalid_field', 'password'],
  ['broken JSON', json(`{"email":"${EMAIL}","password":"${SECRET}"`), 'http.invalid_body', undefined],
  ['JSON with a comment', json(`{"email":"${EMAIL}"/**/,"password":"${SECRET}"}`), 'http.invalid_body', undefined],
  ['a form as JSON', json(`email=${EMAIL}&password=${SECRET}`), 'http.invalid_body', undefined],
  ['JSON as a form', form(JSON.stringify({ email: EMAIL, password: SECRET })), 'http.missing_field', 'email'],
  ['a JSON list', json(`[{"email":"${EMAIL}","password":"${SECRET}"}]`), 'http.invalid_body', undefined],
  ['a JSON text', json(`"${SECRET}"`), 'http.invalid_body', undefined],
  ['a JSON number', json('1e400'), 'http.invalid_body', undefined],
  ['JSON null', json('null'), 'http.invalid_body', undefined],
  [
    'JSON so deep that it might break a parser',
    json(`{"email":${'['.repeat(8000)}${']'.repeat(8000)}}`),
    'http.invalid_field',
    'email',
  ],
  [
    'a byte order mark before JSON',
    json(`\ufeff{"email":"${EMAIL}","password":"${SECRET}"}`),
    'http.invalid_body',
    undefined,
  ],
  [
    'JSON in UTF-16',
    json(Buffer.from(`{"email":"${EMAIL}","password":"${SECRET}"}`, 'utf16le')),
    'http.invalid_body',
    undefined,
  ],
  [
    'JSON that is not UTF-8',
    json(Buffer.from(`{"email":"${EMAIL}","password":"${SECRET}\xe9"}`, 'latin1')),
    'http.invalid_body',
    undefined,
  ],
  [
    'UTF-8 longer than it need be',
    json(Buffer.from(`{"email":"${EMAIL}","password":"${SECRET}\xc0\xaf"}`, 'latin1')),
    'http.invalid_body',
    undefined,
  ],
  [
    'half a surrogate pair in the password',
    json(`{"email":"${EMAIL}","password":"${SECRET}\\ud800"}`),
    'http.invalid_field',
    'password',
  ],
  [
    'half a surrogate pair in the email',
    json(`{"email":"\\udc00${EMAIL}","password":"${SECRET}"}`),
    'http.invalid_field',
    'email',
  ],
  ['a surrogate in CESU-8', form(`email=${EMAIL}&password=${SECRET}%ED%A0%80`), 'http.invalid_body', undefined],
  ['a form with broken percent signs', form(`email=${EMAIL}&password=${SECRET}%`), 'http.invalid_body', undefined],
  ['a form with latin-1', form(`email=${EMAIL}&password=${SECRET}%E9`), 'http.invalid_body', undefined],
  [
    'a form with raw latin-1',
    {
      body: Buffer.from(`email=${EMAIL}&password=${SECRET}\xe9`, 'latin1'),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    'http.invalid_body',
    undefined,
  ],
  [
    '__proto__ in place of the fields',
    json(`{"__proto__":{"email":"${EMAIL}","password":"${SECRET}"}}`),
    'http.missing_field',
    'email',
  ],
  [
    '__proto__ in a form',
    form(`__proto__[email]=${EMAIL}&__proto__[password]=${SECRET}&constructor=x`),
    'http.missing_field',
    'email',
  ],
]

describe.each(databases)('bad input on $name', ({ fresh }) => {
  let service: TestService
  let session = ''
  let database = ''

  beforeAll(async () => {
    database = fresh()
    service = await startTestService(database)
    await service.send('POST', '/users', { json: BOB })
    session = sessionOf(await service.send('POST', '/sessions', { json: BOB })) ?? ''
  })
  afterAll(async () => {
    await service.close()
  })

  test.each(REFUSED)(
    '%s is refused, changes nothing and leaves no secret in the log [ASVS 2.2.1]',
    async (kind, options, code, field) => {
      const before = await contentsOf(database)
      const path = kind === 'fields in the query alone' ? `/users?email=${EMAIL}&password=x` : '/users'
      const { status, json: body, headers } = await service.send('POST', path, options)
      expect([status, headers['content-type']]).toEqual([400, 'application/problem+json'])
      expect(body).toMatchObject({ status: 400, code, detail: expect.stringMatching(/^[A-Z].*\.$/) })
      expect((body as { field?: string }).field).toBe(field)
      expect(await contentsOf(database)).toEqual(before)
      expect(service.logged.join('')).not.toContain(SECRET)
      expect((await service.send('GET', '/profile', { session })).json).toEqual({ email: BOB.email })
    },
  )
})
