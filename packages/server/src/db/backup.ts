/** Backups of a file of SQLite, while a service uses it. */
import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { DatabaseUnavailable } from '../errors.ts'
import { publishFile } from '../files.ts'
import { copyLiveFile, findDamage } from './dialects/sqlite-alone.ts'
import { clearDraft } from './dialects/sqlite-house.ts'
import { translated } from './dialects/sqlite-outages.ts'
import { removeDatabase } from './files.ts'

const ABANDONED_MS = 12 * 60 * 60 * 1000
/** What follows the name of the database in the name of a draft. */
const DRAFT = /^\d{8}T\d{6}Z\.db\.part$/

/** A backup that was made. */
export interface Backup {
  readonly file: string
  readonly bytes: number
}

/**
 * Copies the database at a path as it is now into a file, or into a folder under a name with the time. `tell` hears which share is done.
 * The copy is on the disk, and SQLite has looked through it, before it gets its name.
 * @throws {DatabaseUnavailable} where there is no database or no such folder, where the file is there already, or the copy is not whole.
 */
export async function makeBackup(path: string, to: string, at: Date, tell: (share: number) => void): Promise<Backup> {
  if (!existsSync(path)) throw new DatabaseUnavailable(`there is no database ${path}`)
  const isFolder = statSync(to, { throwIfNoEntry: false })?.isDirectory() === true
  if (!isFolder && /[/\\]$/.test(to))
    throw new DatabaseUnavailable(`there is no folder ${to}; make it first, or name a file`)
  const file = resolve(isFolder ? join(to, `${basename(path).replace(/\.db$/, '')}-${stampOf(at)}.db`) : to)
  refuseThere(file)
  if (!existsSync(dirname(file))) throw new DatabaseUnavailable(`there is no folder ${dirname(file)}; make it first`)
  const what = `the backup ${file}`
  const draft = `${file}.part`
  if (isFolder) clearAbandoned(file, at)
  clearDraft(draft)
  try {
    await copyLiveFile(path, { copy: draft, what }, tell)
    refuseDamaged(draft, `what was read of ${path}`, 'nothing was kept; `bienvenue db check` looks at the database')
    translated(() => {
      publishFile(draft, file)
    }, what)
  } catch (error) {
    refuseThere(file) // somebody made it meanwhile
    throw error
  } finally {
    removeDatabase(draft)
  }
  return { file, bytes: statSync(file).size }
}

/** Refuses a file in which SQLite finds damage. @throws {DatabaseUnavailable} with the first that it finds, what it is, and what is next. */
export function refuseDamaged(file: string, what: string, next: string): void {
  const [damage] = findDamage(file, what)
  if (damage !== undefined) throw new DatabaseUnavailable(`${what} is damaged (${damage}): ${next}`)
}

/** Refuses to write over something. */
function refuseThere(file: string): void {
  if (existsSync(file) || isLink(file))
    throw new DatabaseUnavailable(`${file} is there already; a backup never takes the place of a file`)
}

/** Whether there is a link of this name, also one that leads nowhere. */
function isLink(path: string): boolean {
  return existsSync(dirname(path)) && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
}

/**
 * Removes the drafts of backups with names like this one's that were cut off. One that another command is at work on is locked but for
 * moments, right after it was written to: so none is removed that is not old as well.
 */
function clearAbandoned(file: string, at: Date): void {
  const [folder, start] = [dirname(file), basename(file).slice(0, -`${stampOf(at)}.db`.length)]
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(start) || !DRAFT.test(name.slice(start.length))) continue
    const draft = join(folder, name)
    const found = lstatSync(draft, { throwIfNoEntry: false })
    if (found?.isFile() !== true || at.getTime() - found.mtimeMs < ABANDONED_MS) continue
    try {
      clearDraft(draft)
    } catch {
      // somebody is at work on it, or it is not ours to remove: the backup is made all the same
    }
  }
}

/** An instant in the name of a file, in UTC, such as 20261121T121301Z. */
export function stampOf(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d+/g, '')
}
