/** An account of Django, from a row of its table or from what `dumpdata` writes of it. */
import { BadRow, flagFrom, hashFrom, instantFrom, textFrom } from './fields.ts'
import { BLANK } from './record.ts'
import type { ImportRecord } from './record.ts'

/** The columns that are read. `is_staff` and `is_superuser` are left where they are: nobody becomes an admin by moving in. */
export const DJANGO_COLUMNS = ['id', 'email', 'password', 'is_active', 'date_joined'] as const

/** The account of these values. @throws {BadRow} where it is none that can come in: people may be without an email there. */
export function djangoRecord(values: Readonly<Record<string, unknown>>): ImportRecord {
  const email = textFrom('email', values['email'])
  if (email === null) throw new BadRow('there is no email: here everybody has one, and a user name alone is not enough')
  const password = hashFrom(values['password'])
  return {
    ...BLANK,
    email,
    id: textFrom('id', values['id']),
    hash: password?.startsWith('!') === true ? null : password, // Django's mark of an account that has no password
    createdAt: instantFrom('date_joined', values['date_joined']),
    disabled: flagFrom('is_active', values['is_active']) === false,
  }
}
