/** The files that are a database of SQLite. */
import { closeSync, lstatSync, openSync, readSync, rmSync } from 'node:fs'

const HEADER = Buffer.from('SQLite format 3\0')

/** What SQLite keeps beside a database: its log, the index of that, and the journal of other modes. */
export const BESIDE = ['-wal', '-shm', '-journal'] as const

/** What has this name: a database, or the beginning of one, whose first page may be written last; something else; or nothing. */
export function kindOf(path: string): 'database' | 'other' | null {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found?.isFile() !== true) return found === undefined ? null : 'other'
  const start = Buffer.alloc(HEADER.length)
  const file = openSync(path, 'r')
  try {
    readSync(file, start)
  } finally {
    closeSync(file)
  }
  return start.equals(HEADER) || start.every((byte) => byte === 0) ? 'database' : 'other'
}

/** Removes a database with all that SQLite keeps beside it. */
export function removeDatabase(path: string): void {
  for (const end of ['', ...BESIDE]) rmSync(`${path}${end}`, { force: true })
}
