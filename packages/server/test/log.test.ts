/** What a full run leaves in the log: who did what and when, and no secret. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './support/databases.ts'
import { sessionOf } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const SECRETS = ['correct-horse-1', 'correct-horse-2', 'correct-horse-3']

describe.each(databases)('the log on $name', ({ fresh }) => {
  let service: TestService
  const handedOut: string[] = []

  beforeAll(async () => {
    service = await startTestService(fresh())
    const [first = '', second = '', third = ''] = SECRETS
    const email = 'bob@example.com'
    await service.send('POST', '/users', { form: { email, password: first } })
    await service.send('POST', '/users', { json: { email, password: second } })
    await service.send('POST', `/sessions?password=${first}`, { form: { email, password: second } })
    const session = sessionOf(await service.send('POST', '/sessions', { form: { email, password: first } })) ?? ''
    await service.send('GET', '/profile', { session })
    await service.send('GET', `/profile/${first}`, { session })
    await service.send('POST', '/users', {
      body: `{"email": "${email}", "password": "${first}`,
      headers: { 'content-type': 'application/json' },
    })
    const asked = await service.send('POST', '/reset_password', { form: { email } })
    const { reset_token: token } = asked.json as { reset_token: string }
    await service.send('PUT', '/reset_password', { form: { email, reset_token: `${token}x`, new_password: third } })
    await service.send('PUT', '/reset_password', { form: { email, reset_token: token, new_password: third } })
    await service.send('DELETE', '/sessions', { session })
    await service.app.close()
    await service.send('GET', '/profile', { session }).catch(() => undefined)
    handedOut.push(session, token)
  })
  afterAll(async () => {
    await service.close()
  })

  test('has a line for each request: when in UTC, from where, what, and what came of it [ASVS 16.2.1]', () => {
    const lines = service.logged
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'answered')
    expect(lines).toHaveLength(11)
    expect(lines[0]).toMatchObject({
      method: 'POST',
      path: '/users',
      status: 200,
      source: '127.0.0.1',
      reqId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    })
    expect(lines.map(({ code }) => code)).toEqual([
      undefined,
      'users.email_taken',
      'login.invalid',
      undefined,
      undefined,
      'http.not_found',
      'http.invalid_body',
      undefined,
      'reset.invalid_token',
      undefined,
      'sessions.required',
    ])
    expect(lines.map(({ status }) => status)).toEqual([200, 400, 401, 200, 200, 404, 400, 200, 403, 200, 403])
  })

  test('has no password, token, cookie, hash, query, or path that a stranger made up [ASVS 16.2.5]', () => {
    const log = service.logged.join('')
    for (const secret of [...SECRETS, ...handedOut, ...handedOut.map((token) => token.split('.')[1] ?? '')])
      expect(log).not.toContain(secret)
    expect(log).not.toMatch(/\$2b\$|session_id|password=/)
  })
})
