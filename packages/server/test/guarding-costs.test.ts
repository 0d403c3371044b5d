/** What costs work or letters: registering, asking for letters, trying links, and what a person may ask for. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countStatuses, freshSource, GUESS, startGuarded } from './support/guarded.ts'
import type { GuardedService } from './support/guarded.ts'
import { databases } from './support/databases.ts'
import { OTHER_PHRASE, PHRASE } from './support/hardened.ts'
import type { Answer } from './support/http.ts'
import { startTestService } from './support/service.ts'

describe.each(databases)('what costs, on $name', ({ fresh }) => {
  let service: GuardedService
  let emails = 0

  beforeAll(async () => {
    service = await startGuarded(fresh())
  })
  afterAll(async () => {
    await service.close()
  })

  const freshEmail = (): string => `costs-${String(++emails)}@example.com`
  const register = async (source: string): Promise<Answer> =>
    service.ask('POST /users', { email: freshEmail(), password: PHRASE }, { source })
  const askReset = async (source: string): Promise<Answer> =>
    service.ask('POST /reset_password', { email: freshEmail() }, { source })
  const askVerification = async (source: string): Promise<Answer> =>
    service.ask('POST /email_verification', { email: freshEmail() }, { source })
  const times = async (count: number, act: (index: number) => Promise<Answer>): Promise<readonly Answer[]> =>
    Promise.all(Array.from({ length: count }, async (_, index) => act(index)))

  test('wrong links cost their source a try, at either door; a right one works all the same [ASVS 6.3.1]', async () => {
    const [email, source] = ['links@example.com', freshSource()]
    await service.settle(email)
    const wrong = `00000000-0000-4000-8000-000000000000.${'A'.repeat(43)}`
    const doors = [
      { route: 'PUT /reset_password', form: { email, reset_token: wrong, new_password: OTHER_PHRASE } },
      { route: 'PUT /email_verification', form: { token: wrong, password: PHRASE } },
    ]
    const answers = await times(100, async (index) =>
      service.ask(doors[index % 2]!.route, doors[index % 2]!.form, { source }),
    )
    expect(countStatuses(answers)).toEqual({ 403: 80, 429: 20 })
    expect((await service.reset(email, OTHER_PHRASE, source)).status).toBe(200)
  })

  test.each([
    ['registrations', register],
    ['resets', askReset],
    ['letters to verify an email', askVerification],
  ])(
    '80 %s from one source are taken at once, the next is told to wait; another source is not [ASVS 2.4.1]',
    async (_, act) => {
      const source = freshSource()
      const answers = await times(100, async () => act(source))
      expect(countStatuses(answers)).toEqual({ 200: 80, 429: 20 })
      const { headers, json } = answers.find(({ status }) => status === 429)!
      expect([headers['retry-after'], json]).toEqual(['45', expect.objectContaining({ code: 'limits.exceeded' })])
      expect((await act(freshSource())).status).toBe(200)
      service.clock.advance({ seconds: 45 })
      expect(countStatuses(await times(2, async () => act(source)))).toEqual({ 200: 1, 429: 1 })
    },
  )

  test('letters have one budget, whatever they are for', async () => {
    const source = freshSource()
    await times(80, async (index) => (index % 2 === 0 ? askReset(source) : askVerification(source)))
    expect([(await askReset(source)).status, (await askVerification(source)).status]).toEqual([429, 429])
  })

  test('400 registrations and 250 resets in three minutes from as many sources are all taken [ASVS 2.3.2]', async () => {
    for (let part = 0; part < 10; part++) {
      const registered = times(40, async () => register(freshSource()))
      const asked = times(25, async () => askReset(freshSource()))
      expect(countStatuses([...(await registered), ...(await asked)])).toEqual({ 200: 65 })
      service.clock.advance({ seconds: 18 })
    }
  }, 120_000)

  test('what the front door refuses uses up nothing', async () => {
    const source = freshSource()
    const headers = { 'x-forwarded-for': source }
    const email = 'front@example.com'
    for (const path of ['/users', '/reset_password', '/sessions']) {
      const refused = await Promise.all(
        Array.from({ length: 25 }, async () => [
          await service.send('POST', path, { headers, form: { mail: email } }),
          await service.send('POST', path, { headers, json: { email: { $ne: '' }, password: PHRASE } }),
          await service.send('POST', path, { headers, body: '{"email":' }),
          await service.send('POST', path, {
            headers: { ...headers, origin: 'https://evil.test' },
            form: { email, password: PHRASE },
          }),
        ]),
      )
      expect(refused.flat().filter(({ status }) => status === 429 || status < 400)).toEqual([])
    }
    expect(countStatuses(await times(80, async () => register(source)))).toEqual({ 200: 80 })
    expect(countStatuses(await times(80, async () => askReset(source)))).toEqual({ 200: 80 })
    expect(
      countStatuses(
        await times(50, async (index) => service.tryLogin(`f${String(index)}@example.com`, GUESS, { source })),
      ),
    ).toEqual({ 401: 50 })
  })

  test.each([
    ['exports', 'GET /export', {}],
    ['changes of the email', 'PUT /email', { email: 'elsewhere@example.com' }],
  ])('ten %s a person may ask for at once, and one more each six minutes', async (name, route, form) => {
    const email = `${name.replaceAll(' ', '-')}@example.com`
    await service.settle(email)
    const session = await service.logIn(email)
    const ask = async (): Promise<Answer> => service.ask(route, form, { session, source: freshSource() })
    expect(countStatuses(await times(12, ask))).toEqual({ 200: 10, 429: 2 })
    service.clock.advance({ minutes: 6 })
    expect(countStatuses(await times(2, ask))).toEqual({ 200: 1, 429: 1 })
  })

  test('ten changes of the password as well', async () => {
    const email = 'changes@example.com'
    await service.settle(email)
    const session = await service.logIn(email)
    const statuses: number[] = []
    for (let change = 0; change < 11; change++) {
      const passwords = change % 2 === 0 ? [PHRASE, OTHER_PHRASE] : [OTHER_PHRASE, PHRASE]
      const form = { password: passwords[0]!, new_password: passwords[1]! }
      statuses.push((await service.ask('PUT /password', form, { session })).status)
    }
    expect(statuses).toEqual([...Array<number>(10).fill(200), 429])
  })

  test('in classic nothing is limited', async () => {
    const classic = await startTestService(fresh())
    const post = async (path: string, form: Record<string, string>): Promise<Answer> =>
      classic.send('POST', path, { form })
    const email = 'bob@example.com'
    expect(
      countStatuses(
        await times(120, async (index) => post('/users', { email: `${String(index)}${email}`, password: 'p' })),
      ),
    ).toEqual({ 200: 120 })
    expect(
      countStatuses(await times(120, async () => post('/sessions', { email: `1${email}`, password: 'wrong' }))),
    ).toEqual({ 401: 120 })
    expect(countStatuses(await times(120, async () => post('/reset_password', { email: `1${email}` })))).toEqual({
      200: 120,
    })
    expect((await post('/sessions', { email: `1${email}`, password: 'p' })).status).toBe(200)
    await classic.close()
  })
})
