/** The room of people: who there is, and under which email. */
import type { Kysely } from 'kysely'
import type { CanonicalEmail } from '../email.ts'
import type { User, UserId } from '../user.ts'
import { ACCOUNT_COLUMNS, accountFrom, USER_COLUMNS, userFrom } from './accounts.ts'
import type { Account } from './accounts.ts'
import type { Schema } from './schema.ts'

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
    if (!Number.isSafeInteger(id)) return null // it comes from outside, and PostgreSQL takes no other number for an id
    const row = await this.#db.selectFrom('users').select(USER_COLUMNS).where('id', '=', id).executeTakeFirst()
    return row === undefined ? null : userFrom(row)
  }

  /** The account of this id, or null. */
  async findAccount(id: UserId): Promise<Account | null> {
    if (!Number.isSafeInteger(id)) return null
    const row = await this.#db.selectFrom('users').select(ACCOUNT_COLUMNS).where('id', '=', id).executeTakeFirst()
    return row === undefined ? null : accountFrom(row)
  }

  /** The account of this email, or null. */
  async findAccountByEmail(key: CanonicalEmail): Promise<Account | null> {
    const query = this.#db.selectFrom('users').select(ACCOUNT_COLUMNS).where('email_key', '=', key)
    const row = await query.executeTakeFirst()
    return row === undefined ? null : accountFrom(row)
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

  /** Up to `limit` accounts in the order of their ids, after this one; from the start where it is 0. */
  async listAccounts(after: number, limit: number): Promise<readonly Account[]> {
    const query = this.#db.selectFrom('users').select(ACCOUNT_COLUMNS).where('id', '>', after)
    return (await query.orderBy('id').limit(limit).execute()).map(accountFrom)
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

  /**
   * Moves a person from one address to another, which counts as verified from then on. One statement: false when the person has
   * meanwhile another address than `from`, or someone else has the new one (CVE-2026-32700).
   */
  async moveEmail(
    id: UserId,
    from: CanonicalEmail | null,
    to: { readonly email: string; readonly key: CanonicalEmail },
    at: Date,
  ): Promise<boolean> {
    const taken = this.#db.selectFrom('users').select('id').where('email_key', '=', to.key).where('id', '!=', id)
    let move = this.#db
      .updateTable('users')
      .set({ email: to.email, email_key: to.key, email_verified_at: at.getTime() })
      .where('id', '=', id)
      .where((expression) => expression.not(expression.exists(taken)))
    if (from !== null) move = move.where('email_key', '=', from)
    return (await move.executeTakeFirst()).numUpdatedRows === 1n
  }

  /** Removes the account of an address that nobody verified: somebody else has just proved that it is theirs. */
  async removeUnverified(key: CanonicalEmail): Promise<void> {
    await this.#db.deleteFrom('users').where('email_key', '=', key).where('email_verified_at', 'is', null).execute()
  }

  /** Notes in which language a person is written to. */
  async setLanguage(id: UserId, language: string): Promise<void> {
    await this.#db.updateTable('users').set({ language }).where('id', '=', id).execute()
  }

  /** Notes that a person's address is theirs. */
  async setVerified(id: UserId, at: Date): Promise<void> {
    await this.#db
      .updateTable('users')
      .set({ email_verified_at: at.getTime() })
      .where('id', '=', id)
      .where('email_verified_at', 'is', null)
      .execute()
  }

  /** Counts every address as not verified. */
  async unverifyAll(): Promise<void> {
    await this.#db
      .updateTable('users')
      .set({ email_verified_at: null })
      .where('email_verified_at', 'is not', null)
      .execute()
  }

  /** Gives an account a state, from this instant on, or takes it away with null. False when there is no such person. */
  async setState(id: UserId, state: 'disabled' | 'admin' | 'delete', at: Date | null): Promise<boolean> {
    const result = await this.#db
      .updateTable('users')
      .set({ [`${state}_at`]: at?.getTime() ?? null })
      .where('id', '=', id)
      .executeTakeFirst()
    return result.numUpdatedRows === 1n
  }

  /** Removes some of the accounts that are due to be deleted, with all that is theirs, and returns whose they were. */
  async removeDue(now: Date, most: number): Promise<readonly UserId[]> {
    const due = this.#db.selectFrom('users').select('id').where('delete_at', '<=', now.getTime())
    const rows = await this.#db
      .deleteFrom('users')
      .where('id', 'in', due.orderBy('delete_at').limit(most))
      .where('delete_at', '<=', now.getTime()) // once more: on PostgreSQL somebody may have kept the account since it was read
      .returning('id')
      .execute()
    return rows.map(({ id }) => id as UserId)
  }

  /** How many people there are. */
  async count(): Promise<number> {
    const query = this.#db.selectFrom('users').select(({ fn }) => fn.countAll<number>().as('people'))
    return (await query.executeTakeFirstOrThrow()).people
  }

  /** Whether there is anybody at all. */
  async isEmpty(): Promise<boolean> {
    return (await this.#db.selectFrom('users').select('id').limit(1).executeTakeFirst()) === undefined
  }

  /** Removes a person and all that belongs to them. False when there was none. */
  async remove(id: UserId): Promise<boolean> {
    const row = await this.#db.deleteFrom('users').where('id', '=', id).returning('id').executeTakeFirst()
    return row !== undefined
  }
}
