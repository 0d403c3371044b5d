/** What one source may do, what it cannot use up for others, and what never counts. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countedNetworks } from '../src/addresses.ts'
import { anHoursBudget, STOPPED_DAYS } from '../src/auth/guard-numbers.ts'
import { settingsOf } from '../src/settings-list.ts'
import { countStatuses, freshSource, GUESS, startGuarded } from './support/guarded.ts'
import type { GuardedService } from './support/guarded.ts'
import { databases } from './support/databases.ts'
import { root } from './support/doc-blocks.ts'
import { OTHER_PHRASE, PHRASE } from './support/hardened.ts'
import type { Answer } from './support/http.ts'

describe.each(databases)('one source on $name', ({ fresh }) => {
  let service: GuardedService
  let emails = 0

  beforeAll(async () => {
    service = await startGuarded(fresh())
  })
  afterAll(async () => {
    await service.close()
  })

  /** Tries one password at so many emails at once, from these sources in turns. */
  async function spray(times: number, ...sources: readonly string[]): Promise<readonly Answer[]> {
    const tries = Array.from({ length: times }, async (_, index) =>
      service.tryLogin(`sprayed-${String(++emails)}@example.com`, GUESS, { source: sources[index % sources.length]! }),
    )
    return Promise.all(tries)
  }

  test('that tries one password at 60 emails is stopped at the fiftieth, and nobody else is [ASVS 6.3.1]', async () => {
    const source = freshSource()
    const answers = await spray(60, source)
    expect(countStatuses(answers)).toEqual({ 401: 50, 429: 10 })
    expect(answers.find(({ status }) => status === 429)!.headers['retry-after']).toBe('72')
    expect(countStatuses(await spray(1, freshSource()))).toEqual({ 401: 1 })
  })

  test('gets its tries back evenly within an hour, and no window has an edge', async () => {
    const source = freshSource()
    await spray(51, source)
    service.clock.advance({ seconds: 71 })
    expect(countStatuses(await spray(2, source))).toEqual({ 429: 2 })
    service.clock.advance({ seconds: 1 })
    expect(countStatuses(await spray(2, source))).toEqual({ 401: 1, 429: 1 })
    service.clock.advance({ minutes: 30 })
    expect(countStatuses(await spray(30, source))).toEqual({ 401: 25, 429: 5 })
  })

  test('that has guessed ten times takes turns in the queue together with all that have, for ten minutes; others by themselves [ASVS 15.2.2]', async () => {
    const [one, another, clean] = [freshSource(), freshSource(), freshSource()]
    const laneOf = async (source: string) => {
      await spray(1, source)
      return service.hasher.latestLane
    }
    await spray(9, one)
    expect(await laneOf(one)).toEqual({ name: 'login', source: one })
    await spray(10, another)
    const together = await laneOf(one)
    expect(together?.source).not.toBe(one)
    expect(await laneOf(another)).toEqual(together)
    expect(await laneOf(clean)).toEqual({ name: 'login', source: clean })
    service.clock.advance({ minutes: 11 })
    expect(await laneOf(one)).toEqual({ name: 'login', source: one })
  })

  test('from which a hundred people log in, 64 of them at once, loses nothing by it', async () => {
    const source = freshSource()
    const people = Array.from({ length: 10 }, (_, index) => `many-${String(index)}@example.com`)
    for (const email of people) await service.settle(email)
    const logIn = async (_: unknown, index: number): Promise<Answer> =>
      service.tryLogin(people[index % people.length]!, PHRASE, { source })
    Object.assign(service.hasher, { checkMs: 20, mostAtOnce: 0 })
    expect(countStatuses(await Promise.all(Array.from({ length: 64 }, logIn)))).toEqual({ 200: 64 })
    expect(service.hasher.mostAtOnce).toBe(2) // so that they do not use up its tries before the first was seen to be right
    service.hasher.checkMs = 0
    expect(countStatuses(await Promise.all(Array.from({ length: 36 }, logIn)))).toEqual({ 200: 36 })
    expect(countStatuses(await spray(60, source))).toEqual({ 401: 50, 429: 10 })
  })

  test('that logs in to an account of its own in between gets no more guesses by it', async () => {
    const source = freshSource()
    await service.settle('own@example.com')
    await spray(49, source)
    expect((await service.tryLogin('own@example.com', PHRASE, { source })).status).toBe(200)
    expect(countStatuses(await spray(3, source))).toEqual({ 401: 1, 429: 2 })
  })

  test('that has used up its tries keeps no known device behind it out, and no mailed link [ASVS 6.3.1]', async () => {
    const [email, source] = ['neighbour@example.com', freshSource()]
    await service.settle(email)
    const device = await service.makeKnown(email)
    await spray(60, source)
    expect((await service.tryLogin(email, PHRASE, { source })).status).toBe(429)
    expect((await service.tryLogin(email, PHRASE, { source, device })).status).toBe(200)
    expect((await service.reset(email, OTHER_PHRASE, source)).status).toBe(200)
    expect((await service.tryLogin(email, OTHER_PHRASE, { source })).status).toBe(200)
  })

  test('of IPv6 is a /64, and the /48 around it has four times as many tries', async () => {
    const inOne = Array.from({ length: 60 }, (_, index) => `2001:db8:1:2::${(index + 1).toString(16)}`)
    expect(countStatuses(await spray(60, ...inOne))).toEqual({ 401: 50, 429: 10 })
    const inMany = Array.from({ length: 60 }, (_, index) => `2001:db8:2:${index.toString(16)}::1`)
    expect(countStatuses(await spray(240, ...inMany))).toEqual({ 401: 200, 429: 40 })
    expect(countStatuses(await spray(1, '2001:db8:3::1'))).toEqual({ 401: 1 })
  })

  test('may ask who is there as often as it likes', async () => {
    const ask = async (_: unknown, index: number): Promise<Answer> =>
      service.send('GET', index % 2 === 0 ? '/session' : '/profile', { session: 'wrong' })
    expect(countStatuses(await Promise.all(Array.from({ length: 300 }, ask)))).toEqual({ 401: 150, 403: 150 })
    expect((await service.tryLogin('nobody@example.com', GUESS)).status).toBe(401)
  })
})

test.each([
  ['203.0.113.7', ['203.0.113.7']],
  ['::ffff:203.0.113.7', ['203.0.113.7']],
  ['::FFFF:cb00:7107', ['203.0.113.7']],
  ['64:ff9b::203.0.113.7', ['203.0.113.7']],
  ['2001:0DB8:0007:0001:0000:0000:0000:0001', ['2001:db8:7:1::/64', '2001:db8:7::/48']],
  ['2001:db8:7:1:ffff::', ['2001:db8:7:1::/64', '2001:db8:7::/48']],
  ['2001:db8:7:1::1%eth0', ['2001:db8:7:1::/64', '2001:db8:7::/48']],
  ['unknown', ['unknown']],
])('%s is counted as %j, however it is written', (text, names) => {
  expect(countedNetworks(text).map(({ name }) => name)).toEqual(names)
})

test('the numbers in docs/guarding.md are those of the settings [ASVS 2.3.2]', () => {
  const page = readFileSync(join(root, 'docs/guarding.md'), 'utf8')
  const { limits, passwords, login } = settingsOf('hardened')
  const stated = [...page.matchAll(/`limits\.(\w+)` (\d+)/g)].map(([, name, number]) => [name, Number(number)])
  expect(new Set(stated.map(([name]) => name))).toEqual(new Set(Object.keys(limits).filter((name) => name !== 'on')))
  for (const [name, number] of stated) expect([name, number]).toEqual([name, limits[name as keyof typeof limits]])
  const every = (seconds: number): string => `one every ${String(seconds)} seconds`
  for (const most of [limits.sourceFailures, limits.sourceRegistrations, limits.sourceLetters])
    expect(page).toContain(every(anHoursBudget(most).eachMs / 1000))
  expect(anHoursBudget(limits.personActs).eachMs).toBe(6 * 60_000)
  expect(page).toContain(`\`passwords.queueSeconds\` ${String(passwords.queueSeconds)} seconds`)
  expect([login.warnAfterTries, STOPPED_DAYS]).toEqual([10, 400])
})
