/** Each fault once, in short; `npm run faults` runs them in full and prints the figures. */
import { describe, expect, test } from 'vitest'
import { FAULTS } from './faults.ts'

const LOAD = { clients: 6, calmSeconds: 1, faultSeconds: 1 }
const MOST_SECONDS = 12 // on machines that are busy with other things

describe('in a storm of writes', () => {
  test.each(FAULTS)(
    '$name: nothing that was acknowledged is lost, nothing happens twice, and all goes on by itself',
    async ({ run }) => {
      const { acknowledged, secondsWithout, ...figures } = await run(LOAD)
      expect(figures).toMatchObject({ lost: 0, twice: 0, odd: [], allAlive: true })
      expect(acknowledged).toBeGreaterThan(20)
      expect(secondsWithout).toBeLessThan(LOAD.faultSeconds + MOST_SECONDS)
    },
    120_000,
  )
})
