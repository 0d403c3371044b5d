/** The contract's look-up of a person by whatever is known of them. */
import type { Kysely } from 'kysely'
import { parseToken, subjectOf } from '../crypto/token.ts'
import type { KeyRing } from '../crypto/token.ts'
import { canonicalEmail } from '../email.ts'
import { InvalidRequestError } from '../errors.ts'
import type { User, UserId } from '../user.ts'
import { USER_COLUMNS, userFrom } from './accounts.ts'
import type { Schema } from './schema.ts'
import { isLive } from './sessions.ts'
import type { SessionTable } from './sessions.ts'
import type { TokenTable } from './tokens.ts'

/** By what a person can be looked up. Session ids and reset tokens as they were handed out: only live ones match. */
export interface UserAttributes {
  readonly id?: number
  readonly email?: string
  readonly hashedPassword?: string
  readonly sessionId?: string
  readonly resetToken?: string
}

/** Where to look: the tables, and what tells a live token from a dead one. */
export interface Places {
  readonly kysely: Kysely<Schema>
  readonly sessions: SessionTable
  readonly tokens: TokenTable
  readonly keys: KeyRing
  readonly now: Date
}

const TYPES: ReadonlyMap<string, 'number' | 'string'> = new Map([
  ['id', 'number'],
  ['email', 'string'],
  ['hashedPassword', 'string'],
  ['sessionId', 'string'],
  ['resetToken', 'string'],
])
const NOBODY = 0 as UserId // ids begin at 1

/**
 * The first person who matches all attributes, or null. What is empty or of another type matches nobody.
 * @throws {InvalidRequestError} for an attribute that does not exist.
 */
export async function findUser(places: Places, attributes: UserAttributes): Promise<User | null> {
  const given = Object.entries(attributes)
  const unknown = given.find(([name]) => !TYPES.has(name))
  if (unknown !== undefined) throw new InvalidRequestError(`a user has no attribute ${unknown[0]}`)
  const meaningful = given.every(([name, value]) => typeof value === TYPES.get(name) && isMeaningful(value))
  if (given.length === 0 || !meaningful) return null

  const { id, email, hashedPassword, sessionId, resetToken } = attributes
  let query = places.kysely.selectFrom('users').select(USER_COLUMNS).orderBy('users.id')
  if (id !== undefined) query = query.where('users.id', '=', id)
  if (email !== undefined) query = query.where('email_key', '=', canonicalEmail(email) ?? '')
  if (hashedPassword !== undefined) {
    const owners = places.kysely.selectFrom('passwords').select('user_id').where('hash', '=', hashedPassword)
    query = query.where('users.id', 'in', owners)
  }
  if (sessionId !== undefined) query = query.where('users.id', '=', await ownerOfSession(places, sessionId))
  if (resetToken !== undefined) query = query.where('users.id', '=', await ownerOfResetToken(places, resetToken))
  const row = await query.executeTakeFirst()
  return row === undefined ? null : userFrom(row)
}

/** Whether anybody could match: PostgreSQL stores no text with NUL and no number beyond 64 bits, and does not compare with one either. */
function isMeaningful(value: unknown): boolean {
  return typeof value === 'string' ? value !== '' && !value.includes('\0') : Number.isSafeInteger(value)
}

/** Whose live session this is; nobody's if it is none. */
async function ownerOfSession({ sessions, keys, now }: Places, sessionId: string): Promise<UserId> {
  const token = parseToken(sessionId)
  const session = token === null ? null : await sessions.find(token.id)
  if (token === null || session === null || !isLive(session, now)) return NOBODY
  return keys.matches(token.secret, 'session', session.user.id, session) ? session.user.id : NOBODY
}

/** Whose live reset token this is; nobody's if it is none. */
async function ownerOfResetToken({ tokens, keys, now }: Places, resetToken: string): Promise<UserId> {
  const token = parseToken(resetToken)
  const stored = token === null ? null : await tokens.findLive(token.id, ['reset'], now)
  if (token === null || stored === null) return NOBODY
  return keys.matches(token.secret, 'reset', subjectOf(stored), stored) ? (stored.userId ?? NOBODY) : NOBODY
}
