/** What the guards keep, in memory and in the storage: little, not for ever, and not upset by a clock that was wrong. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Refusals } from '../src/auth/refusals.ts'
import type { Sum } from '../src/auth/refusals.ts'
import { Suspects, SUSPECTS } from '../src/auth/suspects.ts'
import { Turns } from '../src/auth/turns.ts'
import { DB } from '../src/db/db.ts'
import type { LimitKey } from '../src/db/limits.ts'
import { contentsOf } from './support/contents.ts'
import { databases, SECRET } from './support/databases.ts'
import { countStatuses, freshSource, freshSources, GUESS, startGuarded } from './support/guarded.ts'
import type { GuardedService } from './support/guarded.ts'
import { PHRASE } from './support/hardened.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const later = (ms: number): Date => new Date(NOW.getTime() + ms)
const key = (name: number | string): LimitKey => String(name) as LimitKey
const sumOf = (source: string): Sum => ({ limited: 'login', by: 'source', source, subject: null, userId: null })

describe('the memory of suspects', () => {
  test('takes a network as one of the suspects after ten wrong passwords, for ten minutes, and after a clock that was set back', () => {
    const suspects = new Suspects()
    for (let times = 0; times < 9; times++) suspects.note('203.0.113.7', NOW)
    expect(suspects.sourceOf('203.0.113.7', NOW)).toBe('203.0.113.7')
    suspects.note('203.0.113.7', later(1000))
    expect(suspects.sourceOf('203.0.113.7', later(2000))).toBe(SUSPECTS)
    expect(suspects.sourceOf('203.0.113.8', NOW)).toBe('203.0.113.8')
    expect(suspects.sourceOf('203.0.113.7', later(600_000))).toBe('203.0.113.7')
    for (let times = 0; times < 10; times++) suspects.note('203.0.113.9', later(3_600_000))
    expect(suspects.sourceOf('203.0.113.9', NOW)).toBe('203.0.113.9')
  })

  test('is bounded, whatever strangers send (CVE-2026-79651)', () => {
    const suspects = new Suspects()
    const note = (name: string): void => {
      for (let times = 0; times < 10; times++) suspects.note(name, NOW)
    }
    for (let name = 0; name < 30_000; name++) note(String(name))
    expect([0, 29_999].map((name) => suspects.sourceOf(String(name), NOW))).toEqual(['0', SUSPECTS])
  })
})

describe('the memory of refusals', () => {
  test('is bounded, whatever strangers send: of a hundred thousand the last are kept (CVE-2026-79651)', () => {
    const refusals = new Refusals()
    for (let name = 0; name < 100_000; name++) refusals.remember(key(name), NOW, later(1000))
    const kept = Array.from({ length: 100_000 }, (_, name) => refusals.find(key(name), NOW)).filter(
      (until) => until !== null,
    )
    expect(kept).toHaveLength(20_000)
    expect(refusals.find(key(99_999), NOW)).toEqual(later(1000))
  })

  test('keeps a thousand sums and those of the rest, and loses no refusal', async () => {
    const refusals = new Refusals()
    for (let name = 0; name < 100_000; name++) refusals.count(sumOf(String(name)))
    const noted: number[] = []
    await refusals.noteSums(async (_, times) => Promise.resolve(void noted.push(times)))
    expect(noted).toHaveLength(1001)
    expect(noted.reduce((sum, times) => sum + times, 0)).toBe(100_000)
  })

  test('keeps what could not be noted for the next time', async () => {
    const refusals = new Refusals()
    for (const source of ['a', 'b', 'b']) refusals.count(sumOf(source))
    await expect(refusals.noteSums(async () => Promise.reject(new Error('no storage')))).rejects.toThrow('no storage')
    const noted: unknown[] = []
    const note = async ({ source }: Sum, times: number): Promise<void> =>
      Promise.resolve(void noted.push([source, times]))
    await refusals.noteSums(note)
    await refusals.noteSums(note)
    expect(noted).toEqual([
      ['a', 1],
      ['b', 2],
    ])
  })

  test('tells persons apart', async () => {
    const refusals = new Refusals()
    for (const userId of [1, 2]) refusals.count({ ...sumOf('a'), source: null, userId: userId as never })
    const noted: unknown[] = []
    await refusals.noteSums(async ({ userId }, times) => Promise.resolve(void noted.push([userId, times])))
    expect(noted).toEqual([
      [1, 1],
      [2, 1],
    ])
  })

  test('never says no for longer than two seconds without asking the storage, nor after its time, whichever way the clock goes', () => {
    const ms = fc.integer({ min: -100_000, max: 100_000 })
    fc.assert(
      fc.property(ms, ms, (untilMs, askedMs) => {
        const refusals = new Refusals()
        refusals.remember(key('x'), NOW, later(untilMs))
        const found = refusals.find(key('x'), later(askedMs))
        const left = Math.min(untilMs, 2000) - askedMs
        expect(found === null).toBe(!(left > 0 && left <= 2000))
      }),
    )
  })
})

test('of one source two logins are looked at at once, the next wait in their order, and too many are refused', async () => {
  const turns = new Turns()
  const order: number[] = []
  const ends: (() => void)[] = []
  const all = Array.from({ length: 202 }, async (_, number) => {
    const end = await turns.take('a')
    order.push(number)
    ends.push(end!)
  })
  await Promise.resolve()
  expect(await turns.take('a')).toBeNull()
  expect(await turns.take('b')).not.toBeNull()
  expect(ends).toHaveLength(2)
  for (let at = 0; at < 202; at++) {
    ends[at]!()
    await new Promise(setImmediate)
    expect(ends).toHaveLength(Math.min(at + 3, 202))
  }
  await Promise.all(all)
  expect(order).toEqual(Array.from({ length: 202 }, (_, number) => number))
})

describe.each(databases)('what is counted on $name', ({ fresh }) => {
  let db: DB

  beforeAll(async () => {
    db = await DB.open(fresh(), { secrets: [SECRET] })
  })
  afterAll(async () => {
    await db.close()
  })

  const DELAYS = [
    { from: 3, ms: 1000 },
    { from: 5, ms: 1_000_000_000 },
  ]
  const BUDGET = { most: 10, eachMs: 360_000 }

  test('a row of failures waits as its delays say, and a clock that was a year ahead stops nobody for long', async () => {
    const count = async (now: Date): Promise<number | null> => db.streaks.count(key('row'), now, DELAYS)
    expect([await count(NOW), await count(NOW), await count(NOW), await count(NOW)]).toEqual([1, 2, 3, null])
    expect(await db.streaks.findUntil(key('row'))).toEqual(later(1000))
    const ahead = later(365 * 86_400_000)
    expect([await count(ahead), await count(later(1000)), await count(later(1000))]).toEqual([4, 5, null])
  })

  test('a clock that is a little ahead, as on another node, opens nothing', async () => {
    const count = async (now: Date): Promise<number | null> => db.streaks.count(key('skewed'), now, DELAYS)
    expect([await count(later(59_000)), await count(later(59_000)), await count(later(59_000))]).toEqual([1, 2, 3])
    expect(await count(NOW)).toBeNull()
    for (let taken = 0; taken < 10; taken++)
      expect(await db.budgets.take(key('skewed'), later(59_000), BUDGET)).toBe(true)
    expect(await db.budgets.take(key('skewed'), NOW, BUDGET)).toBe(false)
  })

  test('a try that was not looked at is taken back', async () => {
    const count = async (): Promise<number | null> => db.streaks.count(key('back'), NOW, DELAYS)
    await count()
    await count()
    expect(await count()).toBe(3)
    await db.streaks.takeBack(key('back'), NOW)
    expect([await count(), await count()]).toEqual([3, null])
  })

  test('a budget never gives more than it has in any hour, and all of it back in one [ASVS 2.4.1]', async () => {
    let name = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 600_000 }), { minLength: 1, maxLength: 40 }),
        async (pauses) => {
          const whose = key(`budget ${String(name++)}`)
          const taken: number[] = []
          let at = 0
          for (const pause of pauses) {
            at += pause
            if (await db.budgets.take(whose, later(at), BUDGET)) taken.push(at)
          }
          for (const from of taken) {
            const inHour = taken.filter((each) => each >= from && each - from < 3_600_000)
            expect(inHour.length).toBeLessThanOrEqual(BUDGET.most + 10)
            const atOnce = taken.filter((each) => each >= from && each - from < BUDGET.eachMs)
            expect(atOnce.length).toBeLessThanOrEqual(BUDGET.most + 1)
          }
          expect(await db.budgets.take(whose, later(at + 3_600_000), BUDGET)).toBe(true)
        },
      ),
      { numRuns: 30 },
    )
  })

  test('a budget of a clock that was a year ahead has one, and the rest within an hour', async () => {
    const take = async (now: Date): Promise<boolean> => db.budgets.take(key('ahead'), now, BUDGET)
    expect(await take(later(365 * 86_400_000))).toBe(true)
    expect([await take(NOW), await take(NOW)]).toEqual([true, false])
    expect(await take(later(BUDGET.eachMs))).toBe(true)
  })
})

describe.each(databases)('what a flood leaves behind on $name', ({ fresh }) => {
  const database = fresh()
  let service: GuardedService

  beforeAll(async () => {
    service = await startGuarded(database)
  })
  afterAll(async () => {
    await service.close()
  })

  /** How many rows a table has. */
  async function rowsOf(table: string): Promise<number> {
    return (await contentsOf(database))[table]!.length
  }

  test('is one entry for each source and account, with how many were refused [ASVS 16.3.3]', async () => {
    const sources = freshSources(3)
    const flood = sources.flatMap((source) =>
      Array.from({ length: 40 }, async () => service.tryLogin('flooded@example.com', GUESS, { source })),
    )
    expect(countStatuses(await Promise.all(flood))).toEqual({ 401: 20, 429: 100 })
    await service.auth.background.tidy()
    const entries = (await contentsOf(database))['audit']!.map(
      (row) => row as { event: string; times: number; source: string; subject: string | null },
    )
    const noted = entries.filter(({ event }) => event === 'limits.exceeded')
    expect(noted.map(({ source }) => source).sort()).toEqual([...sources].sort())
    expect(noted.reduce((sum, { times }) => sum + times, 0)).toBe(100)
    expect(JSON.stringify(noted)).not.toContain('flooded')
    await service.auth.background.tidy()
    expect((await contentsOf(database))['audit']!.length).toBe(entries.length)
  })

  test('of a source that tries many emails is one entry, and leaves room for the others', async () => {
    const source = freshSource()
    const attempts = Array.from({ length: 120 }, async (_, at) =>
      service.tryLogin(`one${at}@example.com`, GUESS, { source }),
    )
    expect(countStatuses(await Promise.all(attempts))[429]).toBeGreaterThan(50)
    await service.auth.background.tidy()
    const entries = (await contentsOf(database))['audit']!.map((row) => row as { event: string; source: string })
    expect(entries.filter((entry) => entry.event === 'limits.exceeded' && entry.source === source)).toHaveLength(1)
  })

  test('is cleared away: budgets once they are whole, failures after 90 days, a stopped password after 400', async () => {
    await Promise.all(
      freshSources(150).map(async (source, index) =>
        service.tryLogin(`old-${String(index)}@example.com`, GUESS, { source }),
      ),
    )
    await service.guess('stopped@example.com', 100)
    expect([await rowsOf('streaks'), await rowsOf('budgets')]).toEqual([
      expect.toSatisfy((rows: number) => rows > 150),
      expect.toSatisfy((rows: number) => rows > 250),
    ])
    service.clock.advance({ hours: 2 })
    await service.auth.background.tidy()
    expect(await rowsOf('budgets')).toBe(0)
    service.clock.advance({ days: 91 })
    await service.auth.background.tidy()
    expect(await rowsOf('streaks')).toBe(1)
    expect((await service.tryLogin('stopped@example.com', GUESS)).status).toBe(429)
    service.clock.advance({ days: 310 })
    await service.auth.background.tidy()
    expect(await rowsOf('streaks')).toBe(0)
  })

  test('names nobody: neither emails nor addresses are in what is counted', async () => {
    const source = freshSource()
    await service.tryLogin('unnamed@example.com', GUESS, { source })
    const { streaks, budgets } = await contentsOf(database)
    expect(JSON.stringify([streaks, budgets])).not.toMatch(new RegExp(`unnamed|${source}`))
    expect(streaks!.length).toBeGreaterThan(0)
  })

  test('locks nobody out when the clock is set back by a month', async () => {
    const email = 'clock@example.com'
    await service.settle(email)
    const source = freshSource()
    const device = await service.makeKnown(email)
    service.clock.advance({ days: 30 })
    for (const given of [device, undefined])
      await Promise.all(
        Array.from({ length: 25 }, async () => service.tryLogin(email, GUESS, { source, device: given })),
      )
    service.clock.advance({ days: -29 })
    expect((await service.tryLogin(email, PHRASE, { device })).status).toBe(200)
    expect((await service.tryLogin(email, PHRASE, { source })).status).toBe(200)
  })
})
