/** The room of accounts that go out to elsewhere: whole, with their passwords' hashes. */
import type { Kysely } from 'kysely'
import type { UserId } from '../user.ts'
import type { Schema } from './schema.ts'

/** All that is kept of an account. */
export interface WholeAccount {
  readonly id: UserId
  /** As it was written at registration. */
  readonly email: string
  readonly verifiedAt: Date | null
  readonly createdAt: Date
  readonly disabledAt: Date | null
  readonly adminAt: Date | null
  readonly deleteAt: Date | null
  readonly language: string | null
  /** Null for a person without a password. */
  readonly hash: string | null
  readonly passwordSetAt: Date | null
}

/** Accounts that go out. */
export class MovingOutTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** Up to `limit` accounts in the order of their ids, after this one; from the start where it is 0. */
  async list(after: number, limit: number): Promise<readonly WholeAccount[]> {
    const rows = await this.#db
      .selectFrom('users')
      .leftJoin('passwords', 'passwords.user_id', 'users.id')
      .selectAll('users')
      .select(['passwords.hash', 'passwords.set_at'])
      .where('users.id', '>', after)
      .orderBy('users.id')
      .limit(limit)
      .execute()
    return rows.map((row) => ({
      id: row.id as UserId,
      email: row.email,
      verifiedAt: instantFrom(row.email_verified_at),
      createdAt: new Date(row.created_at),
      disabledAt: instantFrom(row.disabled_at),
      adminAt: instantFrom(row.admin_at),
      deleteAt: instantFrom(row.delete_at),
      language: row.language,
      hash: row.hash,
      passwordSetAt: instantFrom(row.set_at),
    }))
  }
}

/** Milliseconds as an instant. */
function instantFrom(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds)
}
