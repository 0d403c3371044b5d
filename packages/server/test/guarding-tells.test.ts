/** What guesses tell: nothing to whoever guesses, and to the owner, by letter, that somebody does. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DB } from '../src/db/db.ts'
import type { CanonicalEmail } from '../src/email.ts'
import { countStatuses, freshSource, freshSources, GUESS, guessOf, startGuarded } from './support/guarded.ts'
import type { GuardedService } from './support/guarded.ts'
import { databases } from './support/databases.ts'
import { OTHER_PHRASE, PHRASE } from './support/hardened.ts'
import type { Answer } from './support/http.ts'

describe.each(databases)('guesses on $name', ({ fresh }) => {
  const database = fresh()
  let service: GuardedService

  beforeAll(async () => {
    service = await startGuarded(database)
  })
  afterAll(async () => {
    await service.close()
  })

  const status = async (answer: Promise<Answer>): Promise<number> => (await answer).status

  describe('at a live session', () => {
    test('the password can be tried ten times, and one more each hour; the owner hears of it [ASVS 6.3.5]', async () => {
      const email = 'borrowed@example.com'
      await service.settle(email)
      const session = await service.logIn(email)
      const change = async (password: string): Promise<Answer> =>
        service.ask('PUT /password', { password, new_password: OTHER_PHRASE }, { session })
      const wrong = await Promise.all(Array.from({ length: 15 }, async (_, number) => change(guessOf(number))))
      expect(countStatuses(wrong)).toEqual({ 403: 10, 429: 5 })
      expect(await status(change(PHRASE))).toBe(429)
      expect(await lettersTo(email)).toContain('Many failed tries to log in to your account at id.example.test')
      service.clock.advance({ minutes: 59 }) // the session is still in use
      expect(await status(service.ask('GET /profile', {}, { session }))).toBe(200)
      service.clock.advance({ minutes: 1 })
      expect(await status(change(PHRASE))).toBe(200)
    })

    test('logging in once more counts like any login', async () => {
      const email = 'again@example.com'
      await service.settle(email)
      const session = await service.logIn(email)
      const again = async (): Promise<Answer> => service.ask('POST /login/again', { password: GUESS }, { session })
      const answers = await Promise.all(Array.from({ length: 25 }, again))
      expect(countStatuses(answers)).toEqual({ 401: 20, 429: 5 })
      expect(await status(service.tryLogin(email, PHRASE))).toBe(429)
    })
  })

  /** The subjects of all letters to an address, once all have left. */
  async function lettersTo(email: string): Promise<readonly string[]> {
    await service.auth.background.send()
    return service.smtp.to(email).map(({ subject }) => subject)
  }

  describe('tell nothing', () => {
    /** Makes an address one of this kind, for which an attacker has sent a registration with a password of his own. */
    const MAKE: Readonly<Record<string, (email: string) => Promise<void>>> = {
      free: async () => Promise.resolve(),
      taken: async (email) => service.settle(email),
      pending: async (email) => {
        await service.ask('POST /users', { email, password: PHRASE })
      },
      disabled: async (email) => {
        await service.settle(email)
        await service.auth.admin.disable('operator', (await service.auth.users.findByEmail(email))!.id)
      },
    }

    let rows = 0

    /** What an attacker sees who registers an address, and logs in with his password again and again. */
    async function rowFor(
      kind: string,
      hasMail: boolean,
    ): Promise<readonly (readonly [status: number, headers: unknown, body: string])[]> {
      const email = `row-${String(++rows).padStart(3, '0')}@example.com`
      await MAKE[kind]!(email)
      service.smtp.answers = hasMail ? {} : { recipient: 450 }
      const registered = await service.ask('POST /users', { email, password: OTHER_PHRASE }, { source: freshSource() })
      const answers: Promise<Answer>[] = []
      for (let number = 0; number < 30; number++) {
        if (number === 25) service.clock.advance({ seconds: 2 })
        const answer = service.tryLogin(email, OTHER_PHRASE)
        answers.push(answer)
        await Promise.race([service.hasher.nextCheck(), answer])
      }
      return [registered, ...(await Promise.all(answers))].map(({ status: each, headers, text }) => {
        const others = { ...headers, 'x-request-id': 'another each time', date: 'now' }
        return [each, others, text.replaceAll(email, 'EMAIL')]
      })
    }

    afterEach(() => {
      service.smtp.answers = {}
    })

    test.each([true, false])(
      'of who has an account: one row of 401 and 429 for free, taken, pending, disabled; mail server there: %s [ASVS 6.3.8]',
      async (hasMail) => {
        const free = await rowFor('free', hasMail)
        expect(free.map(([each]) => each)).toEqual([
          200,
          ...Array(20).fill(401),
          ...Array(5).fill(429),
          401,
          ...Array(4).fill(429),
        ])
        for (const kind of ['taken', 'pending', 'disabled']) {
          service.smtp.answers = {}
          expect([kind, await rowFor(kind, hasMail)]).toEqual([kind, free])
        }
      },
    )
  })

  describe('letters', () => {
    const GUESSES = [
      'Many failed tries to log in to your account at id.example.test',
      'Your password for id.example.test works on your own devices only, for now',
    ]
    const FRENCH = [
      'Nombreux essais de connexion à votre compte sur id.example.test',
      'Votre mot de passe pour id.example.test ne fonctionne plus que sur vos appareils',
    ]

    /** Sends 300 guesses, as fast as they are taken. */
    async function storm(email: string): Promise<void> {
      await service.guess(email, 100)
      await Promise.all(freshSources(200).map(async (source) => service.tryLogin(email, GUESS, { source })))
    }

    test.each([
      ['en', GUESSES],
      ['fr', FRENCH],
    ])(
      'of a storm of 300 guesses are two, in the language of the owner: %s [ASVS 6.3.5]',
      async (language, subjects) => {
        const email = `warned-${language}@example.com`
        await service.settle(email)
        await service.send('POST', '/sessions', {
          form: { email, password: PHRASE },
          headers: { 'accept-language': language },
        })
        const before = (await lettersTo(email)).length
        await storm(email)
        expect((await lettersTo(email)).slice(before).toSorted()).toEqual(subjects.toSorted()) // they leave side by side
      },
    )

    test('go to nobody who has not shown the address to be theirs', async () => {
      const [free, pending, unverified] = ['nobody@example.com', 'pending@example.com', 'unverified@example.com']
      const db = await DB.open(database, { secrets: [service.settings.service.secret ?? ''] })
      await db.users.add(unverified, unverified as CanonicalEmail, service.clock.now()) // as after leaving classic
      await db.close()
      await service.ask('POST /users', { email: pending, password: PHRASE })
      await storm(free)
      await storm(pending)
      await storm(unverified)
      expect([await lettersTo(free), await lettersTo(unverified), (await lettersTo(pending)).length]).toEqual([
        [],
        [],
        1,
      ])
    })
  })
})
