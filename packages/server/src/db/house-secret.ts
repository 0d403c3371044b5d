/** The secret of a database: under which keys its rows are, and how those come along when it moves. */
import { existsSync, linkSync } from 'node:fs'
import { KeyRing } from '../crypto/token.ts'
import { isPostgres } from '../database-address.ts'
import { DatabaseUnavailable } from '../errors.ts'
import { writeOnce } from '../files.ts'
import { findSecretBeside, secretFileOf, sqlitePath } from './open.ts'

/** The secret of a database, as far as it is known. */
export interface HouseSecret {
  readonly keys: KeyRing | null
  /** The file beside the database that holds it; null where it was given, or is nowhere. */
  readonly file: string | null
}

/** The secret of the database at an address: those that were given, or the one beside its file. None is made. */
export function findSecret(url: string, [newest, ...older]: readonly string[]): HouseSecret {
  if (newest !== undefined) return { keys: new KeyRing([newest, ...older]), file: null }
  if (isPostgres(url)) return { keys: null, file: null }
  const path = sqlitePath(url)
  const beside = findSecretBeside(path)
  return beside === null ? { keys: null, file: null } : { keys: new KeyRing([beside]), file: secretFileOf(path) }
}

/** Whether the secret beside one database is to be put beside another. @throws {DatabaseUnavailable} where there is another secret already. */
export function refuseOtherSecret(from: string, to: string): void {
  if (!existsSync(secretFileOf(to)) || findSecretBeside(to) === findSecretBeside(from)) return
  throw new DatabaseUnavailable(
    `${secretFileOf(to)} is there already, and holds another secret: move it away, or choose another place`,
  )
}

/** Puts the secret beside one database beside another too, readable by its owner alone, who is that of the database. Resolves to its file; null where there is none. */
export function copySecret(from: string, to: string): string | null {
  const secret = findSecretBeside(from)
  if (secret === null) return null
  refuseOtherSecret(from, to)
  writeOnce(secretFileOf(to), secret, linkSync, to)
  return secretFileOf(to)
}
