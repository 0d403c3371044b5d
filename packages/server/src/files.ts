/** Files that others see whole or not at all, and that are on the disk when we say so. */
import { randomUUID } from 'node:crypto'
import { closeSync, constants, copyFileSync, fchmodSync, fchownSync, fstatSync, fsyncSync } from 'node:fs'
import { linkSync, openSync, renameSync, rmSync, statSync, unlinkSync, writeSync } from 'node:fs'
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

/**
 * Lets a draft belong to whom the file does in whose place it comes, and be open to the same people; where there is none, to whom the
 * folder belongs. So what root makes for a service is not for root alone. Who may not give it away keeps it, for himself alone.
 */
export function handOver(draft: string, place: string): void {
  const file = openSync(draft, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const there = statSync(place, { throwIfNoEntry: false })
    if (fstatSync(file).nlink !== 1) return // somebody gave another file the name of the draft
    if (give(file, place) && there !== undefined) fchmodSync(file, there.mode & 0o777)
  } finally {
    closeSync(file)
  }
}

/** Gives an open file to the owner of what is at a place, or of its folder, which only root does. Whether it is theirs now. */
function give(file: number, place: string): boolean {
  const there = statSync(place, { throwIfNoEntry: false })
  if (there === undefined && process.getuid?.() !== 0) return false
  const { uid, gid } = there ?? statSync(dirname(place))
  try {
    fchownSync(file, uid, gid)
    return true
  } catch {
    return false // it is not ours to give, or the file system knows no owners
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

/**
 * Writes a file that its owner alone can read, unless someone else was first: nobody ever reads half of it. It belongs to whom the file
 * beside it does, where one is named, as far as we may give it. Only tests have another `link`.
 */
export function writeOnce(path: string, content: string, link = linkSync, beside?: string): void {
  const draft = `${path}.${randomUUID()}`
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, `${content}\n`)
    if (beside !== undefined) give(file, beside)
    fsyncSync(file)
    giveName(draft, path, link)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    closeSync(file)
    rmSync(draft, { force: true })
  }
}
