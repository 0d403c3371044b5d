/** The databases that every feature test runs on, each test file on a fresh one. */
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, inject } from 'vitest'

/** A folder that is gone when the tests of the file have run. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bienvenue-'))
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** The secret of services that are given none: on PostgreSQL there must be one. */
export const SECRET = 'x'.repeat(32)

let files = 0

/** A kind of database, and a fresh one of it. */
export interface TestDatabase {
  readonly name: string
  fresh(): string
}

const sqlite: TestDatabase = {
  name: 'SQLite',
  fresh: () => `sqlite:${join(temporaryFolder(), `${String(++files)}.db`)}`,
}
const postgres: TestDatabase = { name: 'PostgreSQL', fresh: () => takePostgres() }

/** Both kinds. */
export const databases: readonly TestDatabase[] = [sqlite, postgres]

/**
 * For tests in a browser. They are about pages, which are the same over both, and take minutes; what is stored is tested on both without
 * a browser. So that nothing is lost between the two, whole stories with JavaScript are told on both: browser/pages-story.test.ts.
 */
export const forBrowsers: readonly TestDatabase[] = [sqlite]

/** Takes one of the databases that were made in advance, and gives it back when the tests of the file have run. */
function takePostgres(): string {
  const { folder, url } = inject('postgres')
  for (let tries = 0; tries < 1000; tries++) {
    for (const name of readdirSync(join(folder, 'ready')))
      if (moved(join(folder, 'ready', name), join(folder, 'taken', name))) {
        afterAll(() => void moved(join(folder, 'taken', name), join(folder, 'done', name)))
        return `${url}${name}`
      }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
  }
  throw new Error('no database was ready within 20 seconds')
}

/** Moves a file, unless somebody else was first. */
function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch {
    return false
  }
}
