/** The databases that every feature test runs on, each test file on a fresh one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder that is gone when the tests of the file have run. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bienvenue-'))
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

let files = 0

/** A kind of database, and a fresh one of it. */
export interface TestDatabase {
  readonly name: string
  fresh(): string
}

/** PostgreSQL joins the list with its dialect. */
export const databases: readonly TestDatabase[] = [
  { name: 'SQLite', fresh: () => `sqlite:${join(temporaryFolder(), `${String(++files)}.db`)}` },
]
