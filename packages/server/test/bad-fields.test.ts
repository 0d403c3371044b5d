/** Fields of every route: the first that is wrong is named, and those that no route asks for give nobody anything. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './support/databases.ts'
import { sessionOf } from './support/http.ts'
import type { RequestOptions } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const SECRET = 'correct horse'
const BOB = { email: 'bob@example.com', password: SECRET }

const twice = (field: string): RequestOptions => ({
  body: `${field}=x&${field}=x`,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})

describe.each(databases)('fields on $name', ({ fresh }) => {
  let service: TestService
  let session = ''

  beforeAll(async () => {
    service = await startTestService(fresh())
    await service.send('POST', '/users', { json: BOB })
    session = sessionOf(await service.send('POST', '/sessions', { json: BOB })) ?? ''
  })
  afterAll(async () => {
    await service.close()
  })

  test.each([
    ['POST', '/sessions', ['email', 'password']],
    ['POST', '/reset_password', ['email']],
    ['PUT', '/reset_password', ['email', 'reset_token', 'new_password']],
  ])('%s %s names the first field that is missing, mistyped or repeated', async (method, path, fields) => {
    for (const [at, field] of fields.entries()) {
      const others = Object.fromEntries(fields.slice(0, at).map((name) => [name, 'x']))
      const missing = await service.send(method, path, { json: others })
      expect(missing.json).toMatchObject({ status: 400, code: 'http.missing_field', field })
      const mistyped = await service.send(method, path, { json: { ...others, [field]: { $ne: '' } } })
      expect(mistyped.json).toMatchObject({ status: 400, code: 'http.invalid_field', field })
      const repeated = await service.send(method, path, twice(field))
      expect(repeated.json).toMatchObject({ status: 400, code: 'http.repeated_field', field })
    }
  })

  test('remember takes yes and no alone, and says so', async () => {
    for (const remember of ['maybe', '', true, ['yes'], null]) {
      const { json: body, headers } = await service.send('POST', '/sessions', { json: { ...BOB, remember } })
      expect(body).toMatchObject({
        status: 400,
        code: 'http.invalid_field',
        field: 'remember',
        detail: 'Send one of: yes, no.',
      })
      expect(headers['set-cookie']).toBeUndefined()
    }
  })

  test('further fields give nobody anything [ASVS 15.3.3]', async () => {
    const more = {
      id: 1,
      user_id: 1,
      role: 'admin',
      is_admin: true,
      email_key: BOB.email,
      session_id: session,
      hashed_password: 'x',
    }
    const answer = await service.send('POST', '/users', {
      json: { email: 'more@example.com', password: SECRET, ...more },
    })
    expect([answer.status, answer.json]).toEqual([200, { email: 'more@example.com', message: 'user created' }])
    expect(await service.auth.users.findByEmail('more@example.com')).not.toHaveProperty('role')
    expect((await service.auth.users.findByEmail('more@example.com'))?.id).not.toBe(1)
    expect(
      (await service.send('POST', '/sessions', { json: { ...BOB, password: 'wrong', code: '', user: BOB.email } }))
        .status,
    ).toBe(401)
  })
})
