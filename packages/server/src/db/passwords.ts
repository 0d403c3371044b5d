/** The room of password hashes: one for each person who has a password. */
import type { Kysely } from 'kysely'
import type { CanonicalEmail } from '../email.ts'
import type { UserId } from '../user.ts'
import { ACCOUNT_COLUMNS, accountFrom } from './accounts.ts'
import type { Account } from './accounts.ts'
import type { Schema } from './schema.ts'

/** What a login is checked against. */
export interface StoredLogin extends Account {
  /** Null for a person without a password. */
  readonly hash: string | null
}

/** Hashes by person. */
export class PasswordTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** The person of this email with their hash, or null: one query, whether there is such a person or not. */
  async findLogin(key: CanonicalEmail): Promise<StoredLogin | null> {
    const row = await this.#db
      .selectFrom('users')
      .leftJoin('passwords', 'passwords.user_id', 'users.id')
      .select([...ACCOUNT_COLUMNS, 'passwords.hash'])
      .where('users.email_key', '=', key)
      .executeTakeFirst()
    return row === undefined ? null : { ...accountFrom(row), hash: row.hash }
  }

  /** The hash of a person, or null for one without a password. */
  async findHash(userId: UserId): Promise<string | null> {
    const row = await this.#db.selectFrom('passwords').select('hash').where('user_id', '=', userId).executeTakeFirst()
    return row?.hash ?? null
  }

  /** When a person's password was set; null for one without. */
  async findSetAt(userId: UserId): Promise<Date | null> {
    const row = await this.#db.selectFrom('passwords').select('set_at').where('user_id', '=', userId).executeTakeFirst()
    return row === undefined ? null : new Date(row.set_at)
  }

  /** Sets a person's hash, whether or not there was one. */
  async set(userId: UserId, hash: string, setAt: Date): Promise<void> {
    const values = { hash, set_at: setAt.getTime() }
    await this.#db
      .insertInto('passwords')
      .values({ user_id: userId, ...values })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet(values))
      .execute()
  }

  /** Leaves a person without a password, until one is set. */
  async remove(userId: UserId): Promise<void> {
    await this.#db.deleteFrom('passwords').where('user_id', '=', userId).execute()
  }

  /** Puts a better hash of the same password in the place of an old one. False when the password was changed meanwhile. */
  async renew(userId: UserId, old: string, hash: string): Promise<boolean> {
    const result = await this.#db
      .updateTable('passwords')
      .set({ hash })
      .where('user_id', '=', userId)
      .where('hash', '=', old)
      .executeTakeFirst()
    return result.numUpdatedRows === 1n
  }

  /** Whether this is the hash of the person still. */
  async isStill(userId: UserId, hash: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('passwords')
      .select('user_id')
      .where('user_id', '=', userId)
      .where('hash', '=', hash)
      .executeTakeFirst()
    return row !== undefined
  }
}
