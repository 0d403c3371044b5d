/** The room of people: who there is, and under which email. */
import type { Kysely, Selectable } from 'kysely'
import type { CanonicalEmail } from '../email.ts'
import type { User, UserId } from '../user.ts'
import type { Schema } from './schema.ts'

/** The columns that make a `User`. */
export const USER_COLUMNS = ['users.id', 'users.email', 'users.email_verified_at', 'users.created_at'] as const

/** The row as a `User`: secrets are in other tables, so none can slip in. */
export function userFrom(row: Omit<Selectable<Schema['users']>, 'email_key'>): User {
  return {
    id: row.id as UserId,
    email: row.email,
    emailVerified: row.email_verified_at !== null,
    createdAt: new Date(row.created_at),
  }
}

/** People by id and by canonical email. */
export class UserTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** Adds a person; null when the email is taken, also by someone who came in the same instant. */
  async add(email: string, key: CanonicalEmail, createdAt: Date): Promise<User | null> {
    const row = await this.#db
      .insertInto('users')
      .values({ email, email_key: key, created_at: createdAt.getTime() })
      .onConflict((conflict) => conflict.column('email_key').doNothing())
      .returning(USER_COLUMNS)
      .executeTakeFirst()
    return row === undefined ? null : userFrom(row)
  }

  /** The person of this id, or null. */
  async find(id: UserId): Promise<User | null> {
    const row = await this.#db.selectFrom('users').select(USER_COLUMNS).where('id', '=', id).executeTakeFirst()
    return row === undefined ? null : userFrom(row)
  }

  /** The person of this email, or null. */
  async findByEmail(key: CanonicalEmail): Promise<User | null> {
    const row = await this.#db.selectFrom('users').select(USER_COLUMNS).where('email_key', '=', key).executeTakeFirst()
    return row === undefined ? null : userFrom(row)
  }

  /** Up to `limit` people in the order of their ids, after this one; from the start where it is 0. */
  async list(after: number, limit: number): Promise<readonly User[]> {
    const rows = await this.#db
      .selectFrom('users')
      .select(USER_COLUMNS)
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .execute()
    return rows.map(userFrom)
  }

  /** Gives a person another email, which counts as not verified. False when someone else has it. */
  async setEmail(id: UserId, email: string, key: CanonicalEmail): Promise<boolean> {
    const taken = this.#db.selectFrom('users').select('id').where('email_key', '=', key).where('id', '!=', id)
    const result = await this.#db
      .updateTable('users')
      .set({ email, email_key: key, email_verified_at: null })
      .where('id', '=', id)
      .where((expression) => expression.not(expression.exists(taken)))
      .executeTakeFirst()
    return result.numUpdatedRows === 1n
  }

  /** Removes a person and all that belongs to them. False when there was none. */
  async remove(id: UserId): Promise<boolean> {
    const row = await this.#db.deleteFrom('users').where('id', '=', id).returning('id').executeTakeFirst()
    return row !== undefined
  }
}
