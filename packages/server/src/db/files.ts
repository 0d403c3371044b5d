/** The files that are a database of SQLite. */
import { rmSync } from 'node:fs'

/** What SQLite keeps beside a database: its log, the index of that, and the journal of other modes. */
export const BESIDE = ['-wal', '-shm', '-journal'] as const

/** Removes a database with all that SQLite keeps beside it. */
export function removeDatabase(path: string): void {
  for (const end of ['', ...BESIDE]) rmSync(`${path}${end}`, { force: true })
}
