/** What the log has of an outage: its error once, a line a minute while it lasts, and its end. And what it has where another secret was in use. */
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { databases } from './support/databases.ts'
import { PostgresServer } from './support/postgres-server.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const [WAITS, GOES_ON] = ['work in the background waits for the database', 'work in the background goes on']
const TICKS_MS = 3500 // it looks for letters and seals once a second or so

/** The lines of the log that hold these words. */
function linesOf({ logged }: TestService, words: string): readonly Record<string, unknown>[] {
  return logged.filter((line) => line.includes(words)).map((line) => JSON.parse(line) as Record<string, unknown>)
}

let server: PostgresServer
beforeAll(async () => {
  server = await PostgresServer.make()
})
afterAll(async () => server.remove())

test('an outage is told with its error once, again each minute, and once when it is over', async () => {
  const url = server.url('postgres')
  const service = await startTestService(url, { database: { connectSeconds: 1 } })
  onTestFinished(async () => service.close())
  await server.stop()
  await expect.poll(() => linesOf(service, WAITS)).toHaveLength(1)
  await pause(TICKS_MS)
  expect(linesOf(service, WAITS)).toEqual([
    expect.objectContaining({
      level: 40,
      err: expect.objectContaining({ stack: expect.any(String) as string }) as object,
    }),
  ])
  service.clock.advance({ seconds: 61 })
  await expect.poll(() => linesOf(service, WAITS)).toHaveLength(2)
  await pause(TICKS_MS)
  expect(linesOf(service, WAITS)[1]).toEqual(
    expect.objectContaining({ level: 40, reason: expect.stringMatching(/^the database /) as string }),
  )
  expect(linesOf(service, WAITS)[1]).not.toHaveProperty('err')
  expect(linesOf(service, GOES_ON)).toEqual([])
  await server.start()
  await expect.poll(() => linesOf(service, GOES_ON)).toHaveLength(1)
  await pause(TICKS_MS)
  expect([linesOf(service, WAITS).length, linesOf(service, GOES_ON).length]).toEqual([2, 1])
  await server.stop()
  await expect.poll(() => linesOf(service, WAITS)).toHaveLength(3)
  expect(linesOf(service, WAITS)[2]).toHaveProperty('err')
  await server.start()
}, 60_000)

test.each(databases)('a start with another secret than that of before is warned of, on $name', async ({ fresh }) => {
  const url = fresh()
  /** Starts a service with these secrets, lets somebody register, and returns what it warned of. */
  async function warnings(secret: string): Promise<readonly Record<string, unknown>[]> {
    const service = await startTestService(url, { service: { secret } })
    await service.send('POST', '/users', { form: { email: `${secret.slice(0, 1)}@example.com`, password: 'p' } })
    await service.auth.seals.seal()
    await service.close()
    return linesOf(service, 'another secret')
  }
  const [older, newer] = ['o'.repeat(43), 'n'.repeat(43)]
  expect(await warnings(older)).toEqual([])
  expect(await warnings(older)).toEqual([])
  expect(await warnings(newer)).toEqual([
    expect.objectContaining({ level: 40, msg: expect.stringContaining('BIENVENUE_SECRET=new,old') as string }),
  ])
  expect(await warnings(`${newer},${older}`)).toEqual([])
  expect(await warnings(older)).toHaveLength(1)
})
