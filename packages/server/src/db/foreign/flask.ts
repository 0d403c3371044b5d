/** The original of this service: the database that its Flask application keeps in `a.db`. docs/moving-in.md names what comes along. */
import { BadRow, hashFrom, textFrom } from '../../moving/fields.ts'
import { BLANK } from '../../moving/record.ts'
import type { ImportSource } from '../../moving/record.ts'
import { openSqliteTable } from '../dialects/sqlite-foreign.ts'
import { ForeignSource } from './source.ts'

/** Session ids and reset tokens stand there in the clear, so they are not even read. Of an early step the hash may not be there yet. */
const COLUMNS = ['id', 'email', 'hashed_password']
/** Bytes that were turned into text by mistake, as Python shows them. */
const SHOWN_BYTES = /^b(['"])(.*)\1$/s

/** The accounts of the original. @throws {UnreadableSource} where the file is no database of it. */
export function openFlask(path: string): ImportSource {
  return new ForeignSource(openSqliteTable(path, { name: 'users', like: null }), {
    form: 'flask',
    columns: COLUMNS,
    needed: ['email'],
    recordFrom: ({ id, email, hashed_password: hash }) => {
      const address = textFrom('email', email)
      if (address === null) throw new BadRow('there is no email')
      return { ...BLANK, email: address, id: textFrom('id', id), hash: unshown(hashFrom(hash)) }
    },
  })
}

/** A hash without what Python puts around bytes that it shows. */
function unshown(hash: string | null): string | null {
  return hash?.replace(SHOWN_BYTES, '$2') ?? null
}
