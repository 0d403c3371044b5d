/** The room of one-time tokens. What is stored of one cannot be used as one. */
import type { Kysely } from 'kysely'
import type { Purpose, StoredToken, TokenMac } from '../crypto/token.ts'
import type { CanonicalEmail } from '../email.ts'
import type { UserId } from '../user.ts'
import type { Schema } from './schema.ts'

/** A token as it is stored, with whom it belongs to. */
export interface StoredOneTimeToken extends StoredToken {
  readonly userId: UserId
  /** The email of its person now, to which the token is bound. */
  readonly email: CanonicalEmail
}

const BATCH = 100 // more than come to be between two calls, so none are left in the long run

/** Tokens by the id in them, and by person. */
export class TokenTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** Adds a token for this purpose and person. */
  async add(
    purpose: Purpose,
    userId: UserId,
    { id, mac, keyId }: StoredToken,
    createdAt: Date,
    expiresAt: Date,
  ): Promise<void> {
    await this.#db
      .insertInto('tokens')
      .values({
        id,
        purpose,
        mac,
        key_id: keyId,
        user_id: userId,
        created_at: createdAt.getTime(),
        expires_at: expiresAt.getTime(),
      })
      .execute()
  }

  /** The token of this id, if it is for this purpose and has not expired; else null. */
  async findLive(id: string, purpose: Purpose, now: Date): Promise<StoredOneTimeToken | null> {
    const row = await this.#db
      .selectFrom('tokens')
      .innerJoin('users', 'users.id', 'tokens.user_id')
      .select(['tokens.id', 'mac', 'key_id', 'user_id', 'email_key'])
      .where('tokens.id', '=', id)
      .where('purpose', '=', purpose)
      .where('expires_at', '>', now.getTime())
      .executeTakeFirst()
    if (row === undefined) return null
    return {
      id: row.id,
      mac: row.mac as TokenMac,
      keyId: row.key_id,
      userId: row.user_id as UserId,
      email: row.email_key as CanonicalEmail,
    }
  }

  /** Spends a token: true for the one request that wins, false for all others. [ASVS 15.4.2] */
  async spend(id: string): Promise<boolean> {
    const row = await this.#db.deleteFrom('tokens').where('id', '=', id).returning('id').executeTakeFirst()
    return row !== undefined
  }

  /** Removes all tokens of a person, of every purpose. */
  async removeAll(userId: UserId): Promise<void> {
    await this.#db.deleteFrom('tokens').where('user_id', '=', userId).execute()
  }

  /** Forgets some of the tokens that have come to their end, whoever's they are: a few at a time, so that nobody waits for it. */
  async removeExpired(now: Date): Promise<void> {
    const expired = this.#db.selectFrom('tokens').select('id').where('expires_at', '<=', now.getTime()).limit(BATCH)
    await this.#db.deleteFrom('tokens').where('id', 'in', expired).execute()
  }
}
