/** Several wrong passwords for one email at once: their hashes wait for each other, and the time of the answers must not tell whose they are. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './support/databases.ts'
import { freshSource, GUESS, startGuarded } from './support/guarded.ts'
import type { GuardedService } from './support/guarded.ts'
import { PHRASE } from './support/hardened.ts'

const POINT_MS = 1000 // the floor of hardened
const EARLY_MS = 20 // by which a timer of this process may be ahead of the clock of another

describe.each(databases)('wrong passwords at once on $name', ({ fresh }) => {
  let service: GuardedService

  beforeAll(async () => {
    service = await startGuarded(fresh(), { login: { refusedAfterMilliseconds: POINT_MS } })
    await service.settle('known@example.com')
  })
  afterAll(async () => {
    await service.close()
  })

  /** How long each of so many refusals takes, the quickest first. */
  async function timesOf(email: string, count: number, source?: string): Promise<readonly number[]> {
    const begun = performance.now()
    const tries = Array.from({ length: count }, async () => {
      const { status } = await service.tryLogin(email, GUESS, source === undefined ? {} : { source })
      expect(status).toBe(401)
      return performance.now() - begun
    })
    return (await Promise.all(tries)).sort((one, other) => one - other)
  }

  test.each([
    ['known@example.com', 'many sources', undefined],
    ['unknown@example.com', 'many sources', undefined],
    ['nobody@example.com', 'one source', freshSource()],
  ])(
    'for %s, from %s, are refused two at a point, one point after the other [ASVS 6.3.8]',
    async (email, _whence, source) => {
      const times = await timesOf(email, 4, source)
      expect(times.map((ms) => Math.round((ms + EARLY_MS) / POINT_MS - 0.49))).toEqual([1, 1, 2, 2])
    },
  )

  test('leave no trace: a single one is refused at the first point again, and a right one at once', async () => {
    await timesOf('later@example.com', 4)
    expect((await timesOf('later@example.com', 1))[0]).toBeLessThan(1.9 * POINT_MS)
    const begun = performance.now()
    expect((await service.tryLogin('known@example.com', PHRASE)).status).toBe(200)
    expect(performance.now() - begun).toBeLessThan(POINT_MS)
  })
})
