/** What goes wrong with an SQLite file that is nobody's mistake, in plain words. */
import { DatabaseUnavailable } from '../../errors.ts'

const BUSY = 5
const OUTAGES: Readonly<Record<number, string>> = {
  [BUSY]: 'is locked by another program for too long',
  8: 'cannot be written to',
  10: 'cannot be read or written (input/output error)',
  11: 'is damaged',
  13: 'has no room: the disk is full',
  14: 'cannot be opened',
  26: 'is not a database',
}

const FILE_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'file may not be opened by this user',
  EISDIR: 'file is a directory',
  ENOENT: 'file cannot be made: its directory does not exist',
  ELOOP: 'file is a link that leads nowhere',
  EMFILE: 'cannot be opened: too many files are open',
  ENAMETOOLONG: 'file has too long a name',
  ENFILE: 'cannot be opened: too many files are open',
  ENOSPC: 'has no room: the disk is full',
  ENOTDIR: 'file cannot be made: a part of its path is not a directory',
  EPERM: 'file may not be opened by this user',
  EROFS: 'file is on a file system that is read-only',
}

/** Does something with SQLite; what is nobody's mistake but an outage becomes a `DatabaseUnavailable` in plain words. */
export function translated<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw outageFrom(error)
  }
}

/** The outage that an error of SQLite means, or the error itself. */
export function outageFrom(error: unknown): unknown {
  const { errcode, code = '' } = error as { readonly errcode?: number; readonly code?: string }
  const words = errcode === undefined ? FILE_ERRORS[code] : OUTAGES[errcode & 0xff]
  return words === undefined ? error : new DatabaseUnavailable(`the database ${words}`, { cause: error })
}

/** Whether somebody else held the lock. */
export function isBusy(error: unknown): boolean {
  return (
    error instanceof DatabaseUnavailable && ((error.cause as { readonly errcode?: number }).errcode ?? 0) % 256 === BUSY
  )
}
