/** Methods: each path takes its own and refuses all others, and the safe ones change nothing. */
import { METHODS } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './support/databases.ts'
import { sessionOf } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const BOB = { email: 'bob@example.com', password: 'p' }
const METHODS_OF: Readonly<Record<string, readonly string[]>> = {
  '/': ['GET', 'HEAD'],
  '/users': ['POST'],
  '/users/me': ['DELETE'],
  '/sessions': ['POST', 'DELETE', 'GET', 'HEAD'],
  '/sessions/some-id': ['DELETE'],
  '/profile': ['GET', 'HEAD'],
  '/reset_password': ['POST', 'PUT'],
  '/email_verification': ['POST', 'PUT'],
  '/password': ['PUT'],
  '/email': ['PUT'],
  '/export': ['GET', 'HEAD'],
  '/session': ['GET', 'HEAD'],
  '/reset': ['GET', 'HEAD', 'POST'],
  '/verify': ['GET', 'HEAD', 'POST'],
  '/verify/again': ['GET', 'HEAD', 'POST'],
  '/undo-email': ['GET', 'HEAD', 'POST'],
  '/keep-account': ['GET', 'HEAD', 'POST'],
  '/forgot': ['GET', 'HEAD', 'POST'],
}

describe.each(databases)('methods on $name', ({ fresh }) => {
  let service: TestService

  beforeAll(async () => {
    service = await startTestService(fresh())
    await service.send('POST', '/users', { form: BOB })
  })
  afterAll(async () => {
    await service.close()
  })

  async function logIn(): Promise<string> {
    return sessionOf(await service.send('POST', '/sessions', { form: BOB })) ?? ''
  }

  test('HEAD is answered as GET, without the body', async () => {
    const session = await logIn()
    for (const path of ['/', '/profile', '/profile/']) {
      const got = await service.send('GET', path, { session })
      const head = await service.send('HEAD', path, { session })
      expect([head.status, head.text]).toEqual([got.status, ''])
      for (const name of ['content-type', 'content-length', 'cache-control', 'vary'])
        expect(head.headers[name]).toBe(got.headers[name])
    }
    expect((await service.send('HEAD', '/profile')).status).toBe(403)
  })

  test.each(Object.entries(METHODS_OF))(
    '%s takes %j and answers every other method, OPTIONS and TRACE too, with 405 [ASVS 4.1.4]',
    async (path, allowed) => {
      for (const method of METHODS.filter((name) => name !== 'CONNECT' && !allowed.includes(name))) {
        const answer = await service.send(method, path, { headers: { 'content-type': 'text/plain' } })
        expect([method, answer.status, answer.headers.allow]).toEqual([method, 405, allowed.join(', ')])
        if (method !== 'HEAD') expect(answer.json).toMatchObject({ status: 405, code: 'http.method_not_allowed' })
      }
    },
  )

  test('there is no TRACE that would repeat a cookie [ASVS 13.4.4]', async () => {
    const answer = await service.send('TRACE', '/profile', { session: 'secret-in-a-cookie' })
    expect([answer.status, answer.text.includes('secret')]).toEqual([405, false])
  })

  test('GET, HEAD and OPTIONS change nothing, whatever they bear [ASVS 3.5.3]', async () => {
    const session = await logIn()
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      for (const path of ['/sessions', '/users', '/reset_password', '/profile?_method=DELETE']) {
        await service.send(method, path, {
          session,
          form: { ...BOB, _method: 'DELETE' },
          headers: { 'x-http-method-override': 'DELETE' },
        })
      }
    }
    expect((await service.send('GET', '/profile', { session })).status).toBe(200)
  })

  test.each(['/users', '/sessions', '/reset_password'])(
    'everything that %s answers is not to be stored [ASVS 14.3.2]',
    async (path) => {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
        expect((await service.send(method, path, { form: BOB })).headers['cache-control']).toBe('no-store')
      }
    },
  )
})
