/** The contract's rows: statuses, exact bodies, exact content types, over a real socket. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './support/databases.ts'
import { sessionOf } from './support/http.ts'
import type { Answer } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const BOB = { email: 'bob@example.com', password: 'pa ss+w&rd=%é' }

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toBe('application/problem+json')
  expect(answer.json).toEqual({
    type: 'about:blank',
    title: expect.any(String),
    status,
    code,
    detail: expect.stringMatching(/^[A-Z].*\.$/),
    ...((answer.json as { field?: string }).field !== undefined && { field: expect.any(String) }),
  })
}

describe.each(databases)('the rows of the contract on $name', ({ fresh }) => {
  let service: TestService

  beforeAll(async () => {
    service = await startTestService(fresh())
    await service.send('POST', '/users', { form: BOB })
  })
  afterAll(async () => {
    await service.close()
  })

  async function expectJson(answer: Promise<Answer>, body: unknown, status = 200): Promise<void> {
    const { status: got, headers, json, text } = await answer
    expect([got, headers['content-type'], json]).toEqual([status, 'application/json', body])
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)))
    expect(headers['cache-control']).toBe('no-store')
  }

  async function logIn(): Promise<string> {
    return sessionOf(await service.send('POST', '/sessions', { form: BOB })) ?? ''
  }

  test('GET / greets programs', async () => {
    await expectJson(service.send('GET', '/'), { message: 'Bienvenue' })
  })

  test.each(['form', 'json'])(
    'POST /users registers once, by %s, and tells in the very words that the email is taken',
    async (kind) => {
      const fields = { email: `${kind}@example.com`, password: 'x' }
      await expectJson(service.send('POST', '/users', { [kind]: fields }), {
        email: fields.email,
        message: 'user created',
      })
      await expectJson(service.send('POST', '/users', { [kind]: fields }), { message: 'email already registered' }, 400)
    },
  )

  test.each(['form', 'json'])(
    'POST /sessions, by %s, logs in with a cookie that scripts and other sites do not get [ASVS 3.3.4]',
    async (kind) => {
      const answer = service.send('POST', '/sessions', { [kind]: BOB })
      await expectJson(answer, { email: BOB.email, message: 'logged in' })
      const cookies = (await answer).headers['set-cookie']
      expect(cookies).toEqual([
        expect.stringMatching(/^session_id=[0-9a-f]{8}-[0-9a-f-]{27}\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
      ])
    },
  )

  test('a cookie takes far less than 4,096 bytes, also of someone who is remembered [ASVS 3.3.5]', async () => {
    const answer = await service.send('POST', '/sessions', { form: { ...BOB, remember: 'yes' } })
    expect(answer.headers['set-cookie']?.[0]?.length).toBeLessThan(256)
    expect(answer.headers['set-cookie']?.[0]).toMatch(/; SameSite=Lax; Max-Age=2592000$/)
  })

  test('a wrong password and an unknown email are one and the same 401, without a cookie', async () => {
    const wrong = await service.send('POST', '/sessions', { form: { ...BOB, password: 'wrong' } })
    const unknown = await service.send('POST', '/sessions', { form: { email: 'eve@example.com', password: 'wrong' } })
    expectProblem(wrong, 401, 'login.invalid')
    expect(wrong.headers['www-authenticate']).toBe('Session realm="bienvenue"')
    expect(wrong.headers['set-cookie']).toBeUndefined()
    expect([unknown.status, unknown.text, Object.keys(unknown.headers)]).toEqual([
      wrong.status,
      wrong.text,
      Object.keys(wrong.headers),
    ])
  })

  test('GET /profile shows the email, and nothing else [ASVS 15.3.1]', async () => {
    await expectJson(service.send('GET', '/profile', { session: await logIn() }), { email: BOB.email })
    expectProblem(await service.send('GET', '/profile'), 403, 'sessions.required')
  })

  test('DELETE /sessions ends the session, takes the cookie back and leads home', async () => {
    const session = await logIn()
    const answer = await service.send('DELETE', '/sessions', { session })
    expect([answer.status, answer.headers.location, answer.text]).toEqual([302, '/', ''])
    expect(answer.headers['set-cookie']).toEqual([
      'session_id=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    ])
    expectProblem(await service.send('DELETE', '/sessions', { session }), 403, 'sessions.required')
    expectProblem(await service.send('DELETE', '/sessions'), 403, 'sessions.required')
  })

  test.each([
    [302, {}],
    [303, { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' }],
    [303, { 'sec-fetch-mode': 'cors' }],
    [303, { origin: 'OURS' }],
  ])('the redirect after logging out is %i for %o, and says what it depends on', async (status, headers) => {
    const ours = 'origin' in headers ? { origin: `http://127.0.0.1:${service.port}` } : headers
    const answer = await service.send('DELETE', '/sessions', { session: await logIn(), headers: ours })
    expect([answer.status, answer.headers.location]).toEqual([status, '/'])
    expect(answer.headers.vary).toBe('origin, sec-fetch-mode')
  })

  test.each(['application/json', 'application/x-www-form-urlencoded'])(
    'a DELETE may announce %s and bring no body',
    async (type) => {
      const answer = await service.send('DELETE', '/sessions', {
        session: await logIn(),
        headers: { 'content-type': type },
      })
      expect(answer.status).toBe(302)
    },
  )

  test('POST and PUT /reset_password hand out a token and take it', async () => {
    const asked = await service.send('POST', '/reset_password', { json: { email: BOB.email } })
    const { reset_token: token } = asked.json as { reset_token: string }
    expect(asked.json).toEqual({ email: BOB.email, reset_token: expect.stringMatching(/^[0-9a-f-]{36}\.[\w-]{43}$/) })
    const body = { email: BOB.email, reset_token: token, new_password: BOB.password }
    await expectJson(service.send('PUT', '/reset_password', { json: body }), {
      email: BOB.email,
      message: 'Password updated',
    })
    expectProblem(await service.send('PUT', '/reset_password', { json: body }), 403, 'reset.invalid_token')
    expectProblem(
      await service.send('POST', '/reset_password', { json: { email: 'eve@example.com' } }),
      403,
      'reset.unknown_email',
    )
  })

  test('one trailing slash is tolerated on every path', async () => {
    const fields = { email: 'slash@example.com', password: 'x' }
    expect((await service.send('POST', '/users/', { form: fields })).status).toBe(200)
    const session = sessionOf(await service.send('POST', '/sessions/', { form: fields })) ?? ''
    expect((await service.send('GET', '/profile/', { session })).json).toEqual({ email: fields.email })
    expect((await service.send('POST', '/reset_password/', { form: fields })).status).toBe(200)
    expect(
      (await service.send('PUT', '/reset_password/', { form: { ...fields, reset_token: 'x', new_password: 'x' } }))
        .status,
    ).toBe(403)
    expect((await service.send('DELETE', '/sessions/', { session })).status).toBe(302)
  })
})
