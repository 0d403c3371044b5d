/** Writing SQLite's log back beside the requests: what goes wrong there ends nothing, and is not tried without a pause. */
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openSqlite } from '../src/db/dialects/sqlite.ts'
import { canLook, Checkpoints } from '../src/db/dialects/sqlite-checkpoints.ts'
import { temporaryFolder } from './support/databases.ts'

const PAGES = 1200 // more than the log may have before it is written back
const folder = temporaryFolder()
let files = 0

/** A file whose log is long and stays so, and a connection that reads it. */
function longLog(): { readonly path: string; readonly reader: DatabaseSync; readonly writer: DatabaseSync } {
  const path = join(folder, `${String(++files)}.db`)
  const writer = new DatabaseSync(path)
  writer.exec('pragma journal_mode = wal; pragma wal_autocheckpoint = 0; create table lines (text)')
  writer.exec(`insert into lines values (zeroblob(${String(PAGES * 4096)}))`)
  const reader = new DatabaseSync(path, { readOnly: true })
  return { path, reader, writer }
}

/** How many threads were begun since. */
function countThreads(): () => number {
  let count = 0
  const note = (): void => {
    count++
  }
  process.on('worker', note)
  onTestFinished(() => void process.off('worker', note))
  return () => count
}

test('a long log is written back', async () => {
  const { path, reader } = longLog()
  const told = vi.fn<(error: unknown) => void>()
  const before = statSync(path).size
  const checkpoints = new Checkpoints(path, reader, told)
  await expect.poll(() => statSync(path).size, { timeout: 10_000 }).toBeGreaterThan(before + (PAGES - 100) * 4096)
  await checkpoints.end()
  expect(told).not.toHaveBeenCalled()
})

test('a log that grew very long is cut once it was written back', { timeout: 30_000 }, async () => {
  const path = join(folder, `${String(++files)}.db`)
  const { kysely, close } = openSqlite(path)
  await sql`create table lines (text)`.execute(kysely)
  await sql`insert into lines values (zeroblob(80000000))`.execute(kysely)
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(80_000_000)
  const length = async (): Promise<number> => {
    await sql`insert into lines values ('more')`.execute(kysely)
    return statSync(`${path}-wal`).size
  }
  await expect.poll(length, { timeout: 20_000, interval: 100 }).toBeLessThan(70_000_000)
  await close()
})

test('an error while looking ends no program, and is told once', async () => {
  const { path, reader } = longLog()
  const told = vi.fn<(error: unknown) => void>()
  const checkpoints = new Checkpoints(path, reader, told)
  reader.close() // each look throws from now on, as it does where the disk cannot be read
  await expect.poll(() => told.mock.calls.length).toBe(1)
  await pause(300)
  await checkpoints.end()
  expect(told).toHaveBeenCalledOnce()
})

test('a thread that dies is begun again after some seconds, not at each look', async () => {
  const { reader } = longLog()
  const path = join(folder, 'not-a-file')
  mkdirSync(path)
  const told = vi.fn<(error: unknown) => void>()
  const begun = countThreads()
  const checkpoints = new Checkpoints(path, reader, told) // the thread cannot open a folder
  await expect.poll(() => told.mock.calls.length, { timeout: 10_000 }).toBe(1)
  await pause(1500)
  expect(begun()).toBe(1)
  await expect.poll(begun, { timeout: 10_000 }).toBe(2)
  await checkpoints.end()
  expect(told).toHaveBeenCalledOnce()
})

test.each([
  ['3.50.2', false],
  ['3.50.4', false],
  ['3.51.0', true],
  ['3.53.4', true],
  ['4.0.0', true],
])('SQLite %s can be asked how long the log is without writing any back: %s', (version, can) => {
  const file = new DatabaseSync(':memory:')
  file.function('sqlite_version', () => version)
  expect(canLook(file)).toBe(can)
})
