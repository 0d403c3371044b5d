/** Auth0's export of users, joined with the file of hashes that its support gives out. Both have an object on each line. */
import { BadRow, flagFrom, instantFrom, textFrom } from './fields.ts'
import { keepHashes, passwordFrom } from './auth0-hashes.ts'
import type { Kept } from './auth0-hashes.ts'
import type { Input } from './input.ts'
import type { Fields, LeftBehind } from './left-behind.ts'
import { linesOf } from './lines.ts'
import { listFrom, ObjectsSource } from './objects.ts'
import type { Placed } from './objects.ts'
import { BLANK, UnreadableSource } from './record.ts'
import type { ImportRecord, ImportSource } from './record.ts'

const LONGEST_BYTES = 1024 * 1024
const TAKEN: ReadonlySet<string> = new Set([
  ...['user_id', 'email', 'email_verified', 'created_at', 'blocked', 'identities', 'multifactor'],
])

/** The two files, and where the hashes are kept meanwhile. */
export interface Auth0Files {
  readonly users: Input
  /** Null where nobody's hash was given out. */
  readonly hashes: Input | null
  readonly kept: Kept
}

/**
 * The accounts of an export.
 * @throws {UnreadableSource} where the file of hashes cannot be read to its end.
 */
export async function openAuth0({ users, hashes, kept }: Auth0Files): Promise<ImportSource> {
  const close = async (): Promise<void> => {
    kept.close()
    await hashes?.close()
    await users.close()
  }
  try {
    if (hashes !== null) await keepHashes(hashes, kept)
  } catch (error) {
    await close()
    throw error
  }
  return new ObjectsSource({
    form: 'auth0',
    places: 'line',
    objects: () => objectsOn(users),
    recordFrom: (fields, left) => recordFrom(fields, kept, left),
    close,
  })
}

/** The text of each line that is not empty. */
async function* objectsOn(input: Input): AsyncGenerator<Placed> {
  for await (const { number, bytes } of linesOf(input.read(), LONGEST_BYTES))
    if (bytes === null || bytes.length > 0) yield { place: number, text: bytes?.toString() ?? null }
}

/** The account of a profile. @throws {BadRow} Where it is none that can come in. */
function recordFrom(fields: Fields, kept: Kept, left: LeftBehind): ImportRecord {
  if ('passwordHash' in fields)
    throw new UnreadableSource(
      'this is the file of hashes: give the export of users, which says who is blocked, and this with --hashes',
    )
  const email = textFrom('email', fields['email'])
  if (email === null) throw new BadRow('there is no email')
  const identities = listFrom(fields['identities'])
  const userId = textFrom('user_id', fields['user_id'])
  const record = {
    ...BLANK,
    ...passwordFrom(kept, userId, identities),
    email,
    id: userId,
    verified: flagFrom('email_verified', fields['email_verified']) ?? false,
    createdAt: instantFrom('created_at', fields['created_at']),
    disabled: flagFrom('blocked', fields['blocked']) ?? false,
  }
  left.ignoreAllBut(TAKEN, fields)
  const factors = fields['multifactor']
  left.count('a second factor', Array.isArray(factors) && factors.length > 0)
  left.count(
    'a login at another service',
    identities.some(({ provider }) => provider !== 'auth0'),
  )
  return record
}
