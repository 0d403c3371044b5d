/** What is written down: every act of authentication in the audit, and every refused right in the log. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'
import type { Answer } from './support/http.ts'

describe.each(databases)('what is written down on $name', ({ fresh }) => {
  let service: HardenedService
  beforeAll(async () => {
    service = await startHardened(fresh())
  })
  afterAll(async () => {
    await service.close()
  })

  const ask = async (line: string, form: Record<string, string>, session?: string): Promise<Answer> => {
    const [method = '', path = ''] = line.split(' ')
    return service.send(method, path, { form, session })
  }

  test('every act, good or bad, with how it was proved [ASVS 16.3.1]', async () => {
    const [email, newer] = ['ann@example.com', 'anne@example.com']
    await service.settle(email)
    await ask('POST /sessions', { email, password: OTHER_PHRASE })
    await ask('POST /users', { email, password: OTHER_PHRASE })
    await ask('PUT /email_verification', { token: 'none', password: PHRASE })
    const [session, other] = [await service.logIn(email), await service.logIn(email)]
    await ask('PUT /password', { password: OTHER_PHRASE, new_password: PHRASE }, session)
    await ask('PUT /password', { password: PHRASE, new_password: OTHER_PHRASE }, session)
    await ask('DELETE /sessions', {}, other)
    await ask('DELETE /sessions?others=yes', {}, session)
    await ask('GET /export', {}, session)
    await ask('PUT /email', { email: newer }, session)
    const confirm = await service.tokenFor(newer)
    await ask('PUT /email_verification', { token: confirm, password: PHRASE })
    await ask('PUT /email_verification', { token: confirm, password: OTHER_PHRASE })
    await ask('POST /reset_password', { email: newer })
    await ask('PUT /reset_password', { email: newer, reset_token: 'none', new_password: PHRASE })
    const reset = await service.tokenFor(newer, 3)
    await ask('PUT /reset_password', { email: newer, reset_token: reset, new_password: PHRASE })
    await ask('DELETE /users/me', {}, await service.logIn(newer))
    const { id } = (await service.auth.users.findByEmail(newer))!
    await service.auth.admin.disable('operator', id)
    const noted = new Set<string>()
    for await (const { event, method, outcome } of service.auth.audit.search({}).find(0))
      noted.add(`${event} ${outcome ?? ''} ${method ?? '-'}`)
    expect([...noted].sort()).toEqual([
      'admin.disabled success operator',
      'deletion.requested success session',
      'email.change_failed failure link',
      'email.change_requested success session',
      'email.changed success link',
      'export.made success session',
      'login.failed failure password',
      'login.succeeded success password',
      'passwords.change_failed failure password',
      'passwords.changed success password',
      'reset.completed success link',
      'reset.failed failure link',
      'reset.requested success -',
      'sessions.ended success session',
      'sessions.others_ended success session',
      'users.registration_pending success password',
      'users.registration_refused failure password',
      'verification.completed success link',
      'verification.failed failure link',
    ])
  })

  test('every right that was refused, with its code and the request, in the log [ASVS 16.3.2]', async () => {
    const email = 'bob@example.com'
    await service.settle(email)
    const session = await service.logIn(email)
    const other = '00000000-0000-4000-8000-000000000000'
    service.logged.splice(0)
    const without = await ask('GET /events', {})
    const unknown = await ask(`DELETE /sessions/${other}`, {}, session)
    service.clock.advance({ minutes: 16 })
    const stale = await ask('GET /export', {}, session)
    const lines = () => service.logged.map((line) => JSON.parse(line) as { reqId?: string; code?: string })
    const codeOf = (answer: Answer) => lines().find(({ reqId }) => reqId === answer.headers['x-request-id'])?.code
    await expect.poll(() => codeOf(stale)).toBe('sessions.not_fresh')
    expect([codeOf(without), codeOf(unknown)]).toEqual(['sessions.required', 'sessions.unknown'])
  })
})
