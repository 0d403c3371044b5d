/** What goes wrong with an SQLite file that is nobody's mistake, in plain words. */
import { DatabaseUnavailable } from '../../errors.ts'

const BUSY = 5
const NOT_A_DATABASE = 26
/** What goes wrong where nothing else is named. */
const OURS = 'the database'
const OUTAGES: Readonly<Record<number, string>> = {
  [BUSY]: 'is locked by another program for too long',
  8: 'cannot be written to',
  10: 'cannot be read or written (input/output error)',
  11: 'is damaged',
  13: 'has no room: the disk is full',
  14: 'cannot be opened',
  [NOT_A_DATABASE]: 'is not a database',
}

const FILE_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'file may not be opened by this user',
  EDQUOT: 'has no room: this user may not fill more of the disk',
  EEXIST: 'file is there already',
  EFBIG: 'has no room: no file may be so long here',
  EIO: 'cannot be read or written (input/output error)',
  EISDIR: 'file is a directory',
  ENOENT: 'file cannot be made: its directory does not exist, or nothing can be made in it',
  ELOOP: 'file is a link that leads nowhere',
  EMFILE: 'cannot be opened: too many files are open',
  ENAMETOOLONG: 'file has too long a name',
  ENFILE: 'cannot be opened: too many files are open',
  ENOSPC: 'has no room: the disk is full',
  ENOTDIR: 'file cannot be made: a part of its path is not a directory',
  EPERM: 'file may not be opened by this user',
  EROFS: 'file is on a file system that is read-only',
}

/** Does something with SQLite; what is nobody's mistake but an outage of that becomes a `DatabaseUnavailable` in plain words. */
export function translated<T>(work: () => T, what = OURS): T {
  try {
    return work()
  } catch (error) {
    throw outageFrom(error, what)
  }
}

/** The outage that an error of SQLite, or of a file, means; or the error itself. `what` names the file where that is not the service's own. */
export function outageFrom(error: unknown, what = OURS): unknown {
  const { errcode, code = '' } = error as { readonly errcode?: number; readonly code?: string }
  const words = errcode === undefined ? FILE_ERRORS[code] : OUTAGES[errcode & 0xff]
  if (words === undefined) return error
  const next = what !== OURS && errcode === NOT_A_DATABASE ? ': look whether it is the right file' : ''
  const said = what === OURS ? words : words.replace(/^file /, '')
  return new DatabaseUnavailable(`${what} ${said}${next}`, { cause: error })
}

/** Whether somebody else held the lock. */
export function isBusy(error: unknown): boolean {
  return (
    error instanceof DatabaseUnavailable && ((error.cause as { readonly errcode?: number }).errcode ?? 0) % 256 === BUSY
  )
}
