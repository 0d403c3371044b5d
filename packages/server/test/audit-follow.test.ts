/** `bienvenue audit --follow` over many entries, and over a database that goes away: each entry once, and none left out. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openAudit } from './support/audit.ts'
import { databases, SECRET, temporaryFolder } from './support/databases.ts'
import { PostgresServer } from './support/postgres-server.ts'
import { PROGRAM } from './support/program.ts'

const folder = temporaryFolder()
const from1To = (last: number): readonly number[] => Array.from({ length: last }, (_, index) => index + 1)

/** Follows the audit until the test has finished. */
function follow(url: string, ...args: readonly string[]) {
  const program = spawn(process.execPath, [PROGRAM, 'audit', '--follow', '--json', ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: url, BIENVENUE_SECRET: SECRET },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void program.kill('SIGKILL'))
  const [ids, said]: [number[], string[]] = [[], []]
  createInterface({ input: program.stdout }).on('line', (line) => ids.push((JSON.parse(line) as { id: number }).id))
  createInterface({ input: program.stderr }).on('line', (line) => said.push(line))
  const ended = once(program, 'exit')
  const end = async (): Promise<unknown> => {
    program.kill('SIGINT')
    return ended
  }
  return { ids, said, end }
}

test.each(databases)(
  'prints each of very many entries once, on $name',
  async ({ fresh }) => {
    const url = fresh()
    const service = await openAudit(url, { secret: SECRET })
    await service.noteMany(1100)
    const { ids, said, end } = follow(url, '--limit', '0')
    await expect.poll(() => ids.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(1100)
    await service.noteMany(1100)
    await expect.poll(() => ids.at(-1), { timeout: 15_000 }).toBe(2200)
    await new Promise((resolve) => setTimeout(resolve, 2500)) // it looks each second
    expect(await end()).toEqual([0, null])
    expect(ids).toEqual(from1To(2200))
    expect(said).toEqual([])
  },
  60_000,
)

describe('while PostgreSQL is away', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await PostgresServer.make()
  })
  afterAll(async () => server.remove())

  test.each(['SIGINT', 'SIGQUIT'] as const)(
    'by %s it says so once, waits, and goes on from where it was',
    async (how) => {
      const name = `follow_${how.toLowerCase()}`
      await server.run(`create database ${name}`)
      const url = server.url(name)
      const before = await openAudit(url, { secret: SECRET })
      await before.noteMany(3)
      const { ids, said, end } = follow(url)
      await expect.poll(() => ids, { timeout: 10_000 }).toEqual([1, 2, 3])
      await before.noteMany(2)
      await server.stop(how)
      await expect.poll(() => said, { timeout: 10_000 }).toHaveLength(1)
      await new Promise((resolve) => setTimeout(resolve, 2500))
      await server.start()
      await before.noteMany(1200)
      await expect.poll(() => said, { timeout: 20_000 }).toHaveLength(2)
      await expect.poll(() => new Set(ids).size, { timeout: 20_000 }).toBe(1205)
      expect(await end()).toEqual([0, null])
      expect(ids).toEqual(ids.toSorted((a, b) => a - b))
      expect(ids).toHaveLength(1205)
      expect(said).toEqual([
        expect.stringMatching(
          /^bienvenue: warning: the database .*; waiting for it, and going on from here; Ctrl-C ends$/,
        ),
        'bienvenue: the database is back',
      ])
    },
    60_000,
  )
})
