/** Backups of a file of SQLite, while a service uses it. */
import { existsSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { DatabaseUnavailable } from '../errors.ts'
import { copyLiveFile, findDamage } from './dialects/sqlite-alone.ts'
import { clearDraft } from './dialects/sqlite-house.ts'
import { publishFile, removeDatabase } from './files.ts'

/** A backup that was made. */
export interface Backup {
  readonly file: string
  readonly bytes: number
}

/**
 * Copies the database at a path as it is now into a file, or into a folder under a name with the time. `tell` hears which share is done.
 * The copy is on the disk, and SQLite has looked through it, before it gets its name.
 * @throws {DatabaseUnavailable} where there is no database, where the file is there already, or the copy is not whole.
 */
export async function makeBackup(path: string, to: string, at: Date, tell: (share: number) => void): Promise<Backup> {
  if (!existsSync(path)) throw new DatabaseUnavailable(`there is no database ${path}`)
  const isFolder = statSync(to, { throwIfNoEntry: false })?.isDirectory() === true
  const file = resolve(isFolder ? join(to, `${basename(path).replace(/\.db$/, '')}-${stampOf(at)}.db`) : to)
  refuseThere(file)
  const draft = `${file}.part`
  clearDraft(draft)
  try {
    await copyLiveFile(path, draft, tell)
    refuseDamaged(draft)
    publishFile(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') refuseThere(file)
    throw error
  } finally {
    removeDatabase(draft)
  }
  return { file, bytes: statSync(file).size }
}

/** Refuses a file in which SQLite finds damage. @throws {DatabaseUnavailable} with the first that it finds. */
export function refuseDamaged(file: string): void {
  const [damage] = findDamage(file)
  if (damage !== undefined) throw new DatabaseUnavailable(`the database is damaged: ${damage}`)
}

/** Refuses to write over something. */
function refuseThere(file: string): void {
  if (existsSync(file))
    throw new DatabaseUnavailable(`${file} is there already; a backup never takes the place of a file`)
}

/** An instant in the name of a file, in UTC, such as 20261121T121301Z. */
export function stampOf(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d+/g, '')
}
