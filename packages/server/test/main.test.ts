/** The contract, row by row, and its well-known story, over a real socket on every database. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './support/databases.ts'
import { sessionOf } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const EMAIL = 'guillaume@holberton.io'
const PASSWORD = 'b4l0u'
const NEW_PASSWORD = 't4rt1fl3tt3'

describe.each(databases)('the contract on $name', ({ fresh }) => {
  let service: TestService

  beforeAll(async () => {
    service = await startTestService(fresh())
  })
  afterAll(async () => {
    await service.close()
  })

  test('the well-known story: register, guess, log in, look, log out, reset, log in', async () => {
    const registered = await service.send('POST', '/users', { form: { email: EMAIL, password: PASSWORD } })
    expect(registered).toMatchObject({ status: 200, json: { email: EMAIL, message: 'user created' } })

    const guessed = await service.send('POST', '/sessions', { form: { email: EMAIL, password: NEW_PASSWORD } })
    expect(guessed.status).toBe(401)

    const unlogged = await service.send('GET', '/profile')
    expect(unlogged.status).toBe(403)

    const loggedIn = await service.send('POST', '/sessions', { form: { email: EMAIL, password: PASSWORD } })
    expect(loggedIn).toMatchObject({ status: 200, json: { email: EMAIL, message: 'logged in' } })
    const session = sessionOf(loggedIn) ?? ''

    const profile = await service.send('GET', '/profile', { session })
    expect(profile).toMatchObject({ status: 200, json: { email: EMAIL } })

    const loggedOut = await service.send('DELETE', '/sessions', { session })
    expect(loggedOut.status).toBe(302)
    expect(loggedOut.headers.location).toBe('/')

    const asked = await service.send('POST', '/reset_password', { form: { email: EMAIL } })
    const { reset_token: token } = asked.json as { reset_token: string }
    expect(asked.json).toEqual({ email: EMAIL, reset_token: token })

    const updated = await service.send('PUT', '/reset_password', {
      form: { email: EMAIL, reset_token: token, new_password: NEW_PASSWORD },
    })
    expect(updated).toMatchObject({ status: 200, json: { email: EMAIL, message: 'Password updated' } })

    expect((await service.send('POST', '/sessions', { form: { email: EMAIL, password: PASSWORD } })).status).toBe(401)
    expect((await service.send('POST', '/sessions', { form: { email: EMAIL, password: NEW_PASSWORD } })).status).toBe(
      200,
    )
  })
})
