/** A database that is gone under a running service. */
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createApp } from '../src/app/app.ts'
import { openAuth } from '../src/service.ts'
import { settingsOf } from '../src/settings-list.ts'
import { CheapHasher } from './support/cheap-hasher.ts'
import { databases, SECRET } from './support/databases.ts'
import { expectHeaders } from './support/headers.ts'
import { send, sessionOf } from './support/http.ts'
import { logInto } from './support/service.ts'

const BOB = { email: 'bob@example.com', password: 'p' }

describe.each(databases)('without its database, $name', ({ fresh }) => {
  test('callers learn nothing internal, the log learns no secret, and the service stays up [ASVS 16.5.1]', async () => {
    const { auth, close } = await openAuth(
      settingsOf('classic', { service: { secret: SECRET }, database: { url: fresh() } }),
      {
        hasher: new CheapHasher(),
      },
    )
    const logged: string[] = []
    const app = createApp(auth, settingsOf('classic'), { log: logInto(logged) })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const token =
      sessionOf(
        await send(port, 'POST', '/users', { form: BOB }).then(async () =>
          send(port, 'POST', '/sessions', { form: BOB }),
        ),
      ) ?? ''
    await close()
    for (const [method, path] of [
      ['POST', '/users'],
      ['POST', '/sessions'],
      ['GET', '/profile'],
      ['DELETE', '/sessions'],
      ['POST', '/reset_password'],
    ] as const) {
      const secret = { email: 'eve@example.com', password: 'correct horse' }
      const answer = await send(port, method, path, { session: token, ...(method === 'POST' && { form: secret }) })
      expect([500, 503]).toContain(answer.status)
      expectHeaders(new Map(Object.entries(answer.headers).map(([name, value]) => [name, String(value)])))
      expect(answer.headers['content-type']).toBe('application/problem+json')
      expect(answer.text).not.toMatch(/sql|database is|driver|kysely|node:|\.ts|stack|destroyed|Error:/)
      expect(answer.json).toMatchObject({ code: answer.status === 500 ? 'http.internal' : 'http.unavailable' })
      expect(logged.join('')).toContain(answer.headers['x-request-id'])
    }
    expect(logged.join('')).not.toMatch(new RegExp(`correct horse|${token}`))
    expect([(await send(port, 'GET', '/readyz')).status, (await send(port, 'GET', '/healthz')).status]).toEqual([
      503, 200,
    ])
    await app.close()
  })
})
