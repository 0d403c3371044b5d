/** How the tests are found and run. Each file has a process of its own, as many at a time as there are cores. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    expect: { poll: { timeout: 10_000 } }, // what waits for something that comes by itself: letters come after a second and a half
    include: ['packages/server/test/**/*.test.{ts,tsx}', 'examples/**/*.test.ts', 'walkthrough/*.test.ts'],
    globalSetup: ['packages/server/test/support/postgres-run.ts'],
    environment: 'node',
    pool: 'forks', // not threads: tests send signals, and native code must not bring down the runner
    maxWorkers: 2, // by itself one on two cores, which mostly waits
    maxConcurrency: 2, // of those tests in a file that do not wait for each other
    testTimeout: 30_000, // real hashing and real processes, on small machines
    hookTimeout: 30_000,
  },
})
