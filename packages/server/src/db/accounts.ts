/** What the rows of `users` stand for: a `User`, or an `Account`. */
import type { Selectable } from 'kysely'
import type { User, UserId } from '../user.ts'
import type { Schema } from './schema.ts'

/** The columns that make a `User`. */
export const USER_COLUMNS = ['users.id', 'users.email', 'users.email_verified_at', 'users.created_at'] as const

/** The columns that make an `Account`. */
export const ACCOUNT_COLUMNS = [
  ...USER_COLUMNS,
  'users.disabled_at',
  'users.admin_at',
  'users.delete_at',
  'users.language',
] as const

/** A person with what operators see of the account. */
export interface Account {
  readonly user: User
  readonly disabledAt: Date | null
  readonly isAdmin: boolean
  /** When the account is going to be deleted; null for one that is not. */
  readonly deleteAt: Date | null
  /** The tag of the language that the person is written to in; null where nobody knows. */
  readonly language: string | null
}

/** The row as a `User`: secrets are in other tables, so none can slip in. */
export function userFrom(
  row: Pick<Selectable<Schema['users']>, 'id' | 'email' | 'email_verified_at' | 'created_at'>,
): User {
  return {
    id: row.id as UserId,
    email: row.email,
    emailVerified: row.email_verified_at !== null,
    createdAt: new Date(row.created_at),
  }
}

/** The row as an `Account`. */
export function accountFrom(row: Omit<Selectable<Schema['users']>, 'email_key'>): Account {
  return {
    user: userFrom(row),
    disabledAt: row.disabled_at === null ? null : new Date(row.disabled_at),
    isAdmin: row.admin_at !== null,
    deleteAt: row.delete_at === null ? null : new Date(row.delete_at),
    language: row.language,
  }
}
