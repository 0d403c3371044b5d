/** Files that others see whole or not at all, and that are on the disk when we say so. */
import { randomUUID } from 'node:crypto'
import { closeSync, constants, copyFileSync, fsyncSync, linkSync, openSync } from 'node:fs'
import { renameSync, rmSync, unlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** What `link` says where the file system knows no second name for a file: exFAT, vfat, and some that are shared. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/** Waits until a file, or which names a folder has, is on the disk. */
export function syncToDisk(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/**
 * Gives a draft its name, unless there is something of that name. Only tests have another `link`.
 * @throws an error with the code `EEXIST` where there is.
 */
export function publishFile(draft: string, path: string, link = linkSync): void {
  syncToDisk(draft)
  giveName(draft, path, link)
  syncToDisk(dirname(path))
}

/** Lets a draft go by a name that nothing has, and by no other. */
function giveName(draft: string, path: string, link: typeof linkSync): void {
  try {
    link(draft, path) // unlike a rename, this never takes the place of a file
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code)) throw error
    replaceReserved(draft, path)
    return
  }
  unlinkSync(draft)
}

/** Takes a name that nothing has, and lets the draft replace what has it at once. */
function replaceReserved(draft: string, path: string): void {
  closeSync(openSync(path, 'wx', 0o600))
  try {
    renameSync(draft, path)
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  }
}

/** Gives a file a second name that nothing has; where the file system knows none, its copy. @throws an error with the code `EEXIST`. */
export function keepAside(path: string, aside: string, link = linkSync): void {
  try {
    link(path, aside)
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code)) throw error
    copyFileSync(path, aside, constants.COPYFILE_EXCL)
    syncToDisk(aside)
  }
}

/** Writes a file that its owner alone can read, unless someone else was first: nobody ever reads half of it. Only tests have another `link`. */
export function writeOnce(path: string, content: string, link = linkSync): void {
  const draft = `${path}.${randomUUID()}`
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, `${content}\n`)
    fsyncSync(file)
    giveName(draft, path, link)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    closeSync(file)
    rmSync(draft, { force: true })
  }
}
