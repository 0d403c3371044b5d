/** The contract's ways to add a person and to change one. */
import { canonicalEmail, trimEmail } from '../email.ts'
import type { CanonicalEmail } from '../email.ts'
import { NoResultFound, ValueError } from '../errors.ts'
import type { User, UserId } from '../user.ts'
import type { UserAttributes } from './find-user.ts'
import type { PasswordTable } from './passwords.ts'
import type { TokenTable } from './tokens.ts'
import type { UserTable } from './users.ts'

/** The attributes that `updateUser` changes. */
export type ChangeableAttributes = Pick<UserAttributes, 'email' | 'hashedPassword'>

/** The rooms that a change goes through. */
interface Rooms {
  readonly users: UserTable
  readonly passwords: PasswordTable
  readonly tokens: TokenTable
}

/** Where to change something: a storage with these rooms, a clock, and transactions. */
interface Storage {
  readonly now: () => Date
  /** All or nothing. */
  transaction<T>(work: (tx: Rooms) => Promise<T>): Promise<T>
}

/** Stores a person with this hash. @throws {ValueError} for a taken email, or text that is none. */
export async function addUser(db: Storage, email: string, hashedPassword: string): Promise<User> {
  refuseUnchangeable({ email, hashedPassword })
  return db.transaction(async (tx) => {
    const user = await tx.users.add(trimEmail(email), keyOf(email), db.now())
    if (user === null) throw new ValueError(`User ${email} already exists`)
    await tx.passwords.set(user.id, hashedPassword, db.now())
    return user
  })
}

/**
 * Changes a person's email or hash, all or nothing.
 * @throws {ValueError} for an attribute that does not exist or cannot be changed. @throws {NoResultFound} for an unknown id.
 */
export async function updateUser(db: Storage, userId: number, attributes: ChangeableAttributes): Promise<void> {
  refuseUnchangeable(attributes)
  const { email, hashedPassword } = attributes
  await db.transaction(async (tx) => {
    const user = await tx.users.find(userId as UserId)
    if (user === null) throw new NoResultFound('no user matches')
    const renamed = email === undefined || (await tx.users.setEmail(user.id, trimEmail(email), keyOf(email)))
    if (!renamed) throw new ValueError(`User ${email} already exists`)
    if (email !== undefined) await tx.tokens.removeAll(user.id) // they went to the old address
    if (hashedPassword !== undefined) await tx.passwords.set(user.id, hashedPassword, db.now())
  })
}

/** The canonical form of an email that must be one. */
function keyOf(email: string): CanonicalEmail {
  const key = canonicalEmail(email)
  if (key === null) throw new ValueError('that is no email address')
  return key
}

/** The contract's check of attributes that are to be stored, before anything is changed. */
function refuseUnchangeable(attributes: object): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name !== 'email' && name !== 'hashedPassword')
      throw new ValueError(`a user has no ${name} that could be changed`)
    if (typeof value !== 'string' || value === '') throw new ValueError(`${name} must be text that is not empty`)
  }
}
