/** Three people at random, each an attacker of the others: nobody ever acts for another, and what has ended never works again. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { startHardened } from '../support/hardened.ts'
import type { HardenedService } from '../support/hardened.ts'
import { KINDS, People } from './people.ts'
import type { Act } from './people.ts'

const TIME_MS = 20_000

/** How everybody comes to have an account, while others try to have it first; a session; and links in the mailbox. */
const BEGINNING: readonly Act[] = [0, 1, 2].flatMap((who) => [
  { kind: 'register', who: (who + 1) % 3, one: 0, other: who },
  { kind: 'register', who, one: 0, other: who },
  { kind: 'register', who: (who + 2) % 3, one: 0, other: who },
  { kind: 'verify', who, one: 0, other: 0 },
  { kind: 'logIn', who, one: 0, other: 0 },
  { kind: 'askReset', who, one: 0, other: who },
  { kind: 'askMove', who, one: 0, other: 3 },
])

describe.each(databases)('random acts on $name', ({ fresh }) => {
  const database = fresh()
  let service: HardenedService
  let runs = 0

  beforeAll(async () => {
    service = await startHardened(database, { http: { trustedProxies: ['127.0.0.1'] } })
  })
  afterAll(async () => {
    await service.close()
  })

  test('no cookie, token or link ever shows or changes what is another’s, and what has ended never works again', async () => {
    const sums = [0, 0, 0]
    const act: fc.Arbitrary<Act> = fc.record({
      kind: fc.constantFrom(...KINDS),
      who: fc.nat({ max: 2 }),
      one: fc.nat({ max: 11 }),
      other: fc.nat({ max: 11 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 60, size: 'max' }), async (acts) => {
        service.clock.advance({ hours: 25 }) // whatever was counted in the run before
        const people = new People(service, database, runs++)
        for (const one of [...BEGINNING, ...acts]) await people.act(one)
        await people.end()
        for (const [at, count] of people.happened.entries()) sums[at] = (sums[at] ?? 0) + count
      }),
      { numRuns: 25, interruptAfterTimeLimit: TIME_MS },
    )
    expect(sums.map((sum) => sum > runs)).toEqual([true, true, true])
  }, 90_000)
})
