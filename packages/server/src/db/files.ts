/** Files that others see whole or not at all, and that are on the disk when we say so. */
import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, rmSync, unlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** What SQLite keeps beside a database: its log, the index of that, and the journal of other modes. */
export const BESIDE = ['-wal', '-shm', '-journal'] as const

/** Waits until a file, or which names a folder has, is on the disk. */
export function syncToDisk(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Gives a draft its name, unless there is something of that name. @throws an error with the code `EEXIST` where there is. */
export function publishFile(draft: string, path: string): void {
  syncToDisk(draft)
  linkSync(draft, path) // unlike a rename, this never takes the place of a file
  unlinkSync(draft)
  syncToDisk(dirname(path))
}

/** Removes a database with all that SQLite keeps beside it. */
export function removeDatabase(path: string): void {
  for (const end of ['', ...BESIDE]) rmSync(`${path}${end}`, { force: true })
}

/** Writes a file that its owner alone can read, unless someone else was first: nobody ever reads half of it. */
export function writeOnce(path: string, content: string): void {
  const draft = `${path}.${randomUUID()}`
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, `${content}\n`)
    fsyncSync(file)
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    closeSync(file)
    unlinkSync(draft)
  }
}
