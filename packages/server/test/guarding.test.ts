/** Guesses at an account: what they come to, what its owner can always do, and what nobody learns by them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countStatuses, freshSource, freshSources, GUESS, startGuarded } from './support/guarded.ts'
import type { GuardedService } from './support/guarded.ts'
import { databases } from './support/databases.ts'
import { OTHER_PHRASE, PHRASE } from './support/hardened.ts'
import { cookieOf, sessionOf } from './support/http.ts'
import type { Answer } from './support/http.ts'

const HOUR_SECONDS = 3600

describe.each(databases)('guesses at an account on $name', ({ fresh }) => {
  let service: GuardedService

  beforeAll(async () => {
    service = await startGuarded(fresh())
  })
  afterAll(async () => {
    await service.close()
  })

  const status = async (answer: Promise<Answer>): Promise<number> => (await answer).status
  const retryAfter = ({ headers }: Answer): number => Number(headers['retry-after'])

  test('99 at once from as many sources: twenty are looked at, the rest are told to wait [ASVS 6.3.1]', async () => {
    const email = 'at-once@example.com'
    await service.settle(email)
    const before = service.hasher.verified
    const answers = await Promise.all(
      freshSources(99).map(async (source) => service.tryLogin(email, GUESS, { source })),
    )
    expect(countStatuses(answers)).toEqual({ 401: 20, 429: 79 })
    expect(service.hasher.verified - before).toBe(20)
    const { headers, json } = answers.find((answer) => answer.status === 429)!
    expect(headers['retry-after']).toBe('1')
    expect(headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(json).toMatchObject({ type: 'about:blank', status: 429, code: 'limits.exceeded' })
  })

  test('after twenty each waits twice as long as the one before, a minute at the most [ASVS 2.4.2]', async () => {
    const email = 'growing@example.com'
    await service.guess(email, 20)
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
      service.clock.advance({ seconds: seconds - 0.001 })
      const early = await service.tryLogin(email, GUESS)
      expect([early.status, retryAfter(early)]).toEqual([429, 1])
      service.clock.advance({ seconds: 0.001 })
      const isTaken = service.hasher.nextCheck()
      void service.tryLogin(email, GUESS)
      await isTaken
      expect(await status(service.tryLogin(email, GUESS))).toBe(429)
    }
  })

  test('what is refused does not count: whoever waits gets a try, however many ask meanwhile', async () => {
    const email = 'polled@example.com'
    await service.settle(email)
    await service.guess(email, 20)
    await Promise.all(freshSources(80).map(async (source) => service.tryLogin(email, GUESS, { source })))
    service.clock.advance({ seconds: 1 })
    expect(await status(service.tryLogin(email, PHRASE))).toBe(200)
  })

  test('a right password ends the row of failures', async () => {
    const email = 'ended@example.com'
    await service.settle(email)
    await service.guess(email, 19)
    expect(await status(service.tryLogin(email, PHRASE))).toBe(200)
    expect(countStatuses(await service.guess(email, 20))).toEqual({ 401: 20 })
  })

  describe('a hundred in a row', () => {
    const email = 'stopped@example.com'
    let device = ''

    beforeAll(async () => {
      await service.settle(email)
      device = await service.makeKnown(email)
      expect(countStatuses(await service.guess(email, 100))).toEqual({ 401: 100 })
    })

    test('stop the password for unknown devices: right and wrong look alike, a day and a year later too', async () => {
      for (const days of [0, 1, 364]) {
        service.clock.advance({ days })
        const before = service.hasher.verified
        const answers = [await service.tryLogin(email, PHRASE), await service.tryLogin(email, GUESS)]
        const looks = answers.map(({ status: each, headers, json }) => [each, headers['retry-after'], json])
        expect(looks[0]).toEqual(looks[1])
        expect(looks[0]!.slice(0, 2)).toEqual([429, String(HOUR_SECONDS)])
        expect(service.hasher.verified).toBe(before)
      }
      service.clock.advance({ days: -365 })
    })

    test('leave the owner on a known device with ten tries of its own, and one more each hour [ASVS 6.3.1]', async () => {
      expect(await status(service.tryLogin(email, PHRASE, { device }))).toBe(200)
      const wrong = Array.from({ length: 10 }, async () => service.tryLogin(email, GUESS, { device }))
      expect(countStatuses(await Promise.all(wrong))).toEqual({ 401: 10 })
      const eleventh = await service.tryLogin(email, PHRASE, { device })
      expect([eleventh.status, retryAfter(eleventh)]).toEqual([429, HOUR_SECONDS])
      service.clock.advance({ minutes: 59, seconds: 59 })
      expect(await status(service.tryLogin(email, PHRASE, { device }))).toBe(429)
      service.clock.advance({ seconds: 1 })
      expect(await status(service.tryLogin(email, GUESS, { device }))).toBe(401)
      expect(await status(service.tryLogin(email, PHRASE, { device }))).toBe(429)
      service.clock.advance({ hours: 1 })
      expect(await status(service.tryLogin(email, PHRASE, { device }))).toBe(200)
    })

    test('are forgotten once the owner sets the password by a mailed link: every browser gets in again', async () => {
      expect(await status(service.tryLogin(email, PHRASE))).toBe(429)
      expect(await status(service.reset(email, OTHER_PHRASE))).toBe(200)
      expect(await status(service.tryLogin(email, OTHER_PHRASE))).toBe(200)
    })

    test('are forgotten once the owner, signed in on a known device, changes the password', async () => {
      const known = await service.makeKnown(email, OTHER_PHRASE)
      await service.guess(email, 100)
      expect(await status(service.tryLogin(email, OTHER_PHRASE))).toBe(429)
      const session = sessionOf(await service.tryLogin(email, OTHER_PHRASE, { device: known }))
      const form = { password: OTHER_PHRASE, new_password: PHRASE }
      expect(await status(service.ask('PUT /password', form, { session }))).toBe(200)
      expect(await status(service.tryLogin(email, PHRASE))).toBe(200)
    })
  })

  describe('the owner', () => {
    /** Somebody whose password is stopped for strangers. */
    const stopped = async (email: string): Promise<void> => {
      await service.settle(email)
      await service.guess(email, 100)
    }

    test('gets in from where the mailed link was followed, while strangers go on guessing [ASVS 6.3.1]', async () => {
      const email = 'stormed@example.com'
      await stopped(email)
      const source = freshSource()
      expect(await status(service.reset(email, OTHER_PHRASE, source))).toBe(200)
      await Promise.all(freshSources(40).map(async (each) => service.tryLogin(email, GUESS, { source: each })))
      expect(await status(service.tryLogin(email, OTHER_PHRASE))).toBe(429)
      expect(await status(service.tryLogin(email, OTHER_PHRASE, { source }))).toBe(200)
    })

    test('has no more than ten tries from there, and strangers none of them', async () => {
      const email = 'rebound@example.com'
      await stopped(email)
      const source = freshSource()
      await service.reset(email, OTHER_PHRASE, source)
      await Promise.all(freshSources(40).map(async (each) => service.tryLogin(email, GUESS, { source: each })))
      const wrong = Array.from({ length: 10 }, async () => service.tryLogin(email, GUESS, { source }))
      expect(countStatuses(await Promise.all(wrong))).toEqual({ 401: 10 })
      expect(await status(service.tryLogin(email, OTHER_PHRASE, { source }))).toBe(429)
    })

    test('who has used up those tries is as good as any stranger there, and no worse', async () => {
      const email = 'mistyped@example.com'
      await service.settle(email)
      const source = freshSource()
      await service.reset(email, OTHER_PHRASE, source)
      const wrong = Array.from({ length: 12 }, async () => service.tryLogin(email, GUESS, { source }))
      expect(countStatuses(await Promise.all(wrong))).toEqual({ 401: 12 })
      expect(await status(service.tryLogin(email, OTHER_PHRASE, { source }))).toBe(200)
    })

    test('is a stranger again where the link was followed more than an hour ago', async () => {
      const email = 'late@example.com'
      await stopped(email)
      const source = freshSource()
      await service.reset(email, OTHER_PHRASE, source)
      await service.guess(email, 100)
      service.clock.advance({ hours: 1, seconds: 1 })
      expect(await status(service.tryLogin(email, OTHER_PHRASE, { source }))).toBe(429)
    })

    test('who has used up the tries of a known device gets in on it after a reset, again and again', async () => {
      const email = 'forgetful@example.com'
      await service.settle(email)
      const device = await service.makeKnown(email)
      await Promise.all(Array.from({ length: 11 }, async () => service.tryLogin(email, GUESS, { device })))
      expect(await status(service.tryLogin(email, PHRASE, { device }))).toBe(429)
      service.clock.advance({ minutes: 1 })
      await service.reset(email, OTHER_PHRASE)
      const first = await service.tryLogin(email, OTHER_PHRASE, { device })
      expect(first.status).toBe(200)
      const kept = cookieOf(first, 'device')
      for (const time of ['second', 'third'])
        expect([time, await status(service.tryLogin(email, OTHER_PHRASE, { device: kept }))]).toEqual([time, 200])
    })

    test('who has used them up, and changes the password at a live session, gets in on the device at once', async () => {
      const email = 'changer@example.com'
      await service.settle(email)
      const device = await service.makeKnown(email)
      await Promise.all(Array.from({ length: 11 }, async () => service.tryLogin(email, GUESS, { device })))
      const session = await service.logIn(email)
      service.clock.advance({ minutes: 1 })
      const form = { password: PHRASE, new_password: OTHER_PHRASE }
      expect(await status(service.ask('PUT /password', form, { session }))).toBe(200)
      expect(await status(service.tryLogin(email, OTHER_PHRASE, { device }))).toBe(200)
    })

    test('of an address at which strangers had guessed before it was registered gets in once it is verified', async () => {
      const email = 'not-yet@example.com'
      await service.guess(email, 100)
      await service.settle(email)
      expect(await status(service.tryLogin(email, PHRASE))).toBe(200)
    })

    test('who moves to such an address gets in as well', async () => {
      const [email, next] = ['moves@example.com', 'moved@example.com']
      await service.settle(email)
      await service.guess(next, 100)
      const session = await service.logIn(email)
      expect(await status(service.ask('PUT /email', { email: next }, { session }))).toBe(200)
      const token = await service.tokenFor(next)
      expect(await status(service.ask('PUT /email_verification', { token, password: PHRASE }))).toBe(200)
      expect(await status(service.tryLogin(next, PHRASE))).toBe(200)
    })
  })
})
