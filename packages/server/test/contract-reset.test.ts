/** Resets as the contract has them: a token works once, for its own account, in its hour, and ends what was open. */
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { CheapHasher } from './support/cheap-hasher.ts'
import { databases } from './support/databases.ts'
import { sessionOf } from './support/http.ts'
import type { Answer } from './support/http.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const EVE = { email: 'eve@example.com', password: 'eves' }

describe.each(databases)('reset over HTTP on $name', ({ fresh }) => {
  const hasher = new CheapHasher()
  let service: TestService | undefined
  let people = 0
  let email = ''

  beforeEach(async () => {
    service ??= await startTestService(fresh(), {}, { hasher })
    email = `bob${++people}@example.com`
    await send('POST', '/users', { email, password: 'old' })
    await send('POST', '/users', EVE)
  })
  afterAll(async () => {
    await service?.close()
  })

  async function send(method: string, path: string, form: Readonly<Record<string, string>>): Promise<Answer> {
    return service!.send(method, path, { form })
  }

  async function ask(of = email): Promise<string> {
    return ((await send('POST', '/reset_password', { email: of })).json as { reset_token: string }).reset_token
  }

  async function complete(token: string, password = 'new', of = email): Promise<number> {
    return (await send('PUT', '/reset_password', { email: of, reset_token: token, new_password: password })).status
  }

  async function logIn(password: string): Promise<number> {
    return (await send('POST', '/sessions', { email, password })).status
  }

  test('the token works once; then the old password is dead and the new one works', async () => {
    const token = await ask()
    expect([await complete(token), await complete(token, 'third')]).toEqual([200, 403])
    expect([await logIn('old'), await logIn('new'), await logIn('third')]).toEqual([401, 200, 401])
  })

  test('a token that stood in an answer proves no address', async () => {
    expect(await complete(await ask())).toBe(200)
    expect(await service!.auth.users.findByEmail(email)).toMatchObject({ emailVerified: false })
  })

  test('of eight requests with one token at the same moment one wins [ASVS 15.4.2]', async () => {
    const token = await ask()
    const passwords = Array.from({ length: 8 }, (_, index) => `password ${index}`)
    hasher.holdUntil = hasher.hashed + passwords.length // so that all have found the token before the first spends it
    const statuses = await Promise.all(passwords.map(async (password) => complete(token, password)))
    expect(statuses.toSorted()).toEqual([200, ...Array<number>(7).fill(403)])
    const works = await Promise.all(passwords.map(async (password) => logIn(password)))
    expect(works).toEqual(statuses.map((status) => (status === 200 ? 200 : 401)))
  })

  test('the token of one account does nothing for another, and stays good for its own [ASVS 8.2.2]', async () => {
    const [bobs, eves] = [await ask(), await ask(EVE.email)]
    expect([await complete(eves), await complete(bobs, 'new', EVE.email)]).toEqual([403, 403])
    expect([await complete(bobs), await complete(eves, EVE.password, EVE.email)]).toEqual([200, 200])
    expect(await logIn('new')).toBe(200)
  })

  test('unknown, wrong and foreign tokens are refused in the same words', async () => {
    const tokens = [
      '',
      'x',
      await ask(EVE.email),
      '00000000-0000-4000-8000-000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    ]
    const answers = await Promise.all(
      tokens.map(async (token) => send('PUT', '/reset_password', { email, reset_token: token, new_password: 'n' })),
    )
    answers.push(
      await send('PUT', '/reset_password', {
        email: 'nobody@example.com',
        reset_token: await ask(),
        new_password: 'n',
      }),
    )
    for (const { status, text } of answers) expect([status, text]).toEqual([403, answers[0]?.text])
    expect(answers[0]?.json).toMatchObject({ code: 'reset.invalid_token', field: 'reset_token' })
  })

  test('a wrong token costs no hash, and a refused password spends no token', async () => {
    const token = await ask()
    const { hashed } = hasher
    for (const password of ['one that is taken', 'x'.repeat(100)]) expect(await complete('wrong', password)).toBe(403)
    const refused = await send('PUT', '/reset_password', { email, reset_token: token, new_password: 'x'.repeat(73) })
    expect([refused.status, refused.json]).toEqual([
      400,
      expect.objectContaining({ code: 'passwords.too_long', field: 'new_password' }),
    ])
    expect((await send('PUT', '/reset_password', { email, reset_token: token, new_password: '' })).json).toMatchObject({
      code: 'passwords.too_short',
      field: 'new_password',
    })
    expect(hasher.hashed).toBe(hashed)
    expect(await complete(token)).toBe(200)
  })

  test('the token works in its hour, and not a second longer [ASVS 6.4.1]', async () => {
    const [early, late] = [await ask(), await ask()]
    service!.clock.advance({ minutes: 59, seconds: 59 })
    const later = await ask()
    service!.clock.advance({ seconds: 1 })
    expect([await complete(late), await complete(early)]).toEqual([403, 403])
    expect(await complete(later)).toBe(200)
  })

  test('a reset ends every session and every other token of the account, and of nobody else', async () => {
    const session = sessionOf(await send('POST', '/sessions', { email, password: 'old' })) ?? ''
    const eves = sessionOf(await send('POST', '/sessions', EVE)) ?? ''
    const [used, other, evesToken] = [await ask(), await ask(), await ask(EVE.email)]
    expect([await complete(used), await complete(other)]).toEqual([200, 403])
    expect((await service!.send('GET', '/profile', { session })).status).toBe(403)
    expect((await service!.send('GET', '/profile', { session: eves })).status).toBe(200)
    expect(await complete(evesToken, EVE.password, EVE.email)).toBe(200)
  })

  test('a completed reset opens no session', async () => {
    const answer = await send('PUT', '/reset_password', { email, reset_token: await ask(), new_password: 'new' })
    expect([answer.status, answer.headers['set-cookie']]).toEqual([200, undefined])
  })

  test('the email of the token may be written differently, and is shown as given at registration', async () => {
    const answer = await send('PUT', '/reset_password', {
      email: ` ${email.toUpperCase()}\t`,
      reset_token: await ask(),
      new_password: 'new',
    })
    expect(answer.json).toEqual({ email, message: 'Password updated' })
  })
})
