/** Rows of Better Auth's table user, each with what its table account says of a password and of logins elsewhere. */
import { BadRow, flagFrom, instantFrom, NobodysRow, textFrom } from './fields.ts'
import type { Fields, LeftBehind } from './left-behind.ts'
import { BLANK } from './record.ts'
import type { ImportRecord } from './record.ts'

/** The account of a row. @throws {BadRow} where it is none that can come in. */
export function betterAuthRecord(row: Fields, left: LeftBehind, now: Date): ImportRecord {
  if (flagFrom('isAnonymous', row['isAnonymous']) === true)
    throw new NobodysRow('it is anonymous: its email is made up')
  const email = textFrom('email', row['email'])
  if (email === null) throw new BadRow('there is no email')
  const banEnds = instantOf('banExpires', row)
  const record = {
    ...BLANK,
    email,
    id: textFrom('id', row['id']),
    hash: textFrom('password', row['password']),
    verified: flagFrom('emailVerified', row['emailVerified']) ?? false,
    createdAt: instantOf('createdAt', row),
    disabled: flagFrom('banned', row['banned']) === true && (banEnds === null || banEnds > now),
  }
  left.count('a second factor', flagFrom('twoFactorEnabled', row['twoFactorEnabled']) ?? false)
  left.count('a login at another service', flagFrom('elsewhere', row['elsewhere']) ?? false)
  return record
}

/** An instant as text, or as the number that some libraries for SQLite store: of seconds, or of milliseconds where it is too great for those. */
function instantOf(name: string, row: Fields): Date | null {
  const value = row[name]
  return instantFrom(name, value instanceof Date ? value.toISOString() : value, Number(value) > 1e11 ? 'ms' : 's')
}
