/** Cut off in the middle of COMMIT: nobody is told that something was done, and whoever asks again gets a sensible answer. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CuttingRelay } from './support/cutting-relay.ts'
import { sessionOf } from './support/http.ts'
import type { Answer, RequestOptions } from './support/http.ts'
import { PostgresServer } from './support/postgres-server.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const EMAIL = 'bob@example.com'
const PASSWORD = 'p'
const CUTS = [
  { cut: 'before', when: 'before PostgreSQL has it, so that nothing is done' },
  { cut: 'after', when: 'once it is done, so that the answer alone is lost' },
] as const

let server: PostgresServer
beforeAll(async () => {
  server = await PostgresServer.make()
})
afterAll(async () => server.remove())

describe.each(CUTS)('a COMMIT that is cut off $when', ({ cut }) => {
  let relay: CuttingRelay
  let service: TestService

  beforeAll(async () => {
    await server.run(`create database commit_${cut}`)
    relay = new CuttingRelay(server.port)
    const url = `postgres://postgres@127.0.0.1:${String(await relay.listen())}/commit_${cut}`
    service = await startTestService(url, { database: { url, connectSeconds: 1, statementSeconds: 1 } })
    await service.auth.background.stop() // whose commits would be cut off as well
    await service.send('POST', '/users', { form: { email: EMAIL, password: PASSWORD } })
  })
  afterAll(async () => {
    await service.close()
    relay.close()
  })

  /** Asks for something whose commit is cut off, which is never acknowledged, and asks for it again. */
  async function askTwice(method: string, path: string, options: RequestOptions): Promise<Answer> {
    relay.how = cut
    const first = await service.send(method, path, options)
    relay.how = null
    expect([first.status, first.headers['retry-after']]).toEqual([503, '5'])
    expect(first.json).toMatchObject({
      detail: expect.stringContaining('may or may not have been done: look first') as string,
    })
    return service.send(method, path, options)
  }

  /** The status of a login. */
  async function logIn(email: string, password: string): Promise<Answer> {
    return service.send('POST', '/sessions', { form: { email, password } })
  }

  test('of a registration: asked again it is done, or the email is taken by whoever asks, who can log in', async () => {
    const form = { email: 'new@example.com', password: PASSWORD }
    const again = await askTwice('POST', '/users', { form })
    expect(again.json).toEqual(
      cut === 'before' ? { email: form.email, message: 'user created' } : { message: 'email already registered' },
    )
    expect((await logIn(form.email, PASSWORD)).status).toBe(200)
  })

  test('of a login: asked again it gives a session', async () => {
    const again = await askTwice('POST', '/sessions', { form: { email: EMAIL, password: PASSWORD } })
    expect((await service.send('GET', '/profile', { session: sessionOf(again) })).status).toBe(200)
  })

  test('of a logout: asked again the session has ended, by this or before', async () => {
    const session = sessionOf(await logIn(EMAIL, PASSWORD))
    const again = await askTwice('DELETE', '/sessions', { session })
    expect(again.status).toBe(cut === 'before' ? 302 : 403)
    expect((await service.send('GET', '/profile', { session })).status).toBe(403)
  })

  test('of a reset: asked again it gives a token; spent again that is refused where it was, and the new password counts', async () => {
    const asked = await askTwice('POST', '/reset_password', { form: { email: EMAIL } })
    const { reset_token: token } = asked.json as { readonly reset_token: string }
    const form = { email: EMAIL, reset_token: token, new_password: 'q' }
    const again = await askTwice('PUT', '/reset_password', { form })
    expect(again.status).toBe(cut === 'before' ? 200 : 403)
    expect([(await logIn(EMAIL, PASSWORD)).status, (await logIn(EMAIL, 'q')).status]).toEqual([401, 200])
  })
})
