/** The room of one-time tokens. What is stored of one cannot be used as one. */
import type { Kysely } from 'kysely'
import type { LinkPurpose, StoredToken, TokenMac } from '../crypto/token.ts'
import type { CanonicalEmail } from '../email.ts'
import type { UserId } from '../user.ts'
import { BATCH } from './batch.ts'
import type { Schema } from './schema.ts'

/** What a one-time token is for, and whom and which addresses it is bound to. All of it is inside its keyed hash. */
export interface TokenBinding {
  readonly purpose: LinkPurpose
  /** Null where the address has no account yet. */
  readonly userId: UserId | null
  /** The address of its person when it was made. */
  readonly email: CanonicalEmail
  /** The other address, as written, where a change of address is meant. */
  readonly newEmail: string | null
}

/** A token as it is stored. */
export interface StoredOneTimeToken extends StoredToken, TokenBinding {
  /** When it was made for a letter; null where it was handed out in a response, so that it proves no address. */
  readonly mailedAt: Date | null
}

/** A token that works, and until when. */
export interface LiveToken extends StoredOneTimeToken {
  readonly expiresAt: Date
}

/** Somebody who had an address until a short while ago. */
export interface FormerOwner {
  readonly userId: UserId
  /** As they wrote it. */
  readonly email: string
  readonly leftAt: Date
  /** Until when they may take it back. */
  readonly until: Date
}

/** How many links of a kind an address has, and how old the youngest is. */
export interface LiveLinks {
  readonly count: number
  readonly youngestAt: Date | null
}

/** Tokens by the id in them, by person, and by address. */
export class TokenTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** Adds a token. */
  async add(token: StoredOneTimeToken, createdAt: Date, expiresAt: Date): Promise<void> {
    await this.#db
      .insertInto('tokens')
      .values({
        id: token.id,
        purpose: token.purpose,
        mac: token.mac,
        key_id: token.keyId,
        user_id: token.userId,
        email_key: token.email,
        new_email: token.newEmail,
        mailed_at: token.mailedAt?.getTime() ?? null,
        created_at: createdAt.getTime(),
        expires_at: expiresAt.getTime(),
      })
      .execute()
  }

  /** The token of this id, if it has one of these purposes and has not expired; else null. */
  async findLive(id: string, purposes: readonly LinkPurpose[], now: Date): Promise<LiveToken | null> {
    const row = await this.#db
      .selectFrom('tokens')
      .selectAll()
      .where('id', '=', id)
      .where('purpose', 'in', purposes)
      .where('expires_at', '>', now.getTime())
      .executeTakeFirst()
    if (row === undefined) return null
    return {
      id: row.id,
      purpose: row.purpose as LinkPurpose,
      mac: row.mac as TokenMac,
      keyId: row.key_id,
      userId: row.user_id as UserId | null,
      email: row.email_key as CanonicalEmail,
      newEmail: row.new_email,
      mailedAt: row.mailed_at === null ? null : new Date(row.mailed_at),
      expiresAt: new Date(row.expires_at),
    }
  }

  /** Notes that the letter with this token has left. */
  async setSent(id: string, at: Date): Promise<void> {
    await this.#db.updateTable('tokens').set({ sent_at: at.getTime() }).where('id', '=', id).execute()
  }

  /** How many links of this purpose an address has in its mailbox that work, and since when. Those of letters that never left do not count. */
  async liveLinks(purpose: LinkPurpose, email: CanonicalEmail, now: Date): Promise<LiveLinks> {
    const row = await this.#db
      .selectFrom('tokens')
      .select(({ fn }) => [fn.countAll<number>().as('links'), fn.max('created_at').as('youngest')])
      .where('email_key', '=', email)
      .where('purpose', '=', purpose)
      .where('sent_at', 'is not', null)
      .where('expires_at', '>', now.getTime())
      .executeTakeFirstOrThrow()
    const { links, youngest } = row as { readonly links: number; readonly youngest: number | null }
    return { count: links, youngestAt: youngest === null ? null : new Date(youngest) }
  }

  /** Whose way back to this address is open: who left it a short while ago, with the address as they wrote it and when; or null. */
  async findUndo(key: CanonicalEmail, now: Date): Promise<FormerOwner | null> {
    const row = await this.#db
      .selectFrom('tokens')
      .select(['user_id', 'new_email', 'created_at', 'expires_at'])
      .where('email_key', '=', key)
      .where('purpose', '=', 'undo')
      .where('expires_at', '>', now.getTime())
      .orderBy('expires_at')
      .orderBy('created_at')
      .limit(1)
      .executeTakeFirst()
    const userId = row?.user_id ?? null
    if (row === undefined || userId === null) return null
    const [leftAt, until] = [new Date(row.created_at), new Date(row.expires_at)]
    return { userId: userId as UserId, email: row.new_email ?? key, leftAt, until }
  }

  /** Until when the last way back of an account works; null where there is none. */
  async findLastUndoEnd(userId: UserId): Promise<Date | null> {
    const undo = this.#db.selectFrom('tokens').select('expires_at').where('user_id', '=', userId)
    const row = await undo.where('purpose', '=', 'undo').orderBy('expires_at', 'desc').limit(1).executeTakeFirst()
    return row === undefined ? null : new Date(row.expires_at)
  }

  /** Removes the ways back of a person to an address, and those to addresses that the account was moved away from later. */
  async removeUndo(userId: UserId, key: CanonicalEmail, until: Date): Promise<void> {
    await this.#db
      .deleteFrom('tokens')
      .where('user_id', '=', userId)
      .where('purpose', '=', 'undo')
      .where((eb) => eb.or([eb('email_key', '=', key), eb('expires_at', '>', until.getTime())]))
      .execute()
  }

  /** Spends a token: true for the one request that wins, false for all others. [ASVS 15.4.2] */
  async spend(id: string): Promise<boolean> {
    const row = await this.#db.deleteFrom('tokens').where('id', '=', id).returning('id').executeTakeFirst()
    return row !== undefined
  }

  /** Removes the tokens of a person, of every purpose but these. */
  async removeAll(userId: UserId, except: readonly LinkPurpose[] = []): Promise<void> {
    let tokens = this.#db.deleteFrom('tokens').where('user_id', '=', userId)
    if (except.length > 0) tokens = tokens.where('purpose', 'not in', except)
    await tokens.execute()
  }

  /** Removes the tokens that are bound to an address, of these purposes. */
  async removeOf(email: CanonicalEmail, purposes: readonly LinkPurpose[]): Promise<void> {
    await this.#db.deleteFrom('tokens').where('email_key', '=', email).where('purpose', 'in', purposes).execute()
  }

  /** Removes the tokens of this purpose, whoever's they are. */
  async removePurpose(purpose: LinkPurpose): Promise<void> {
    await this.#db.deleteFrom('tokens').where('purpose', '=', purpose).execute()
  }

  /** Forgets some of the tokens that have come to their end, whoever's they are: a few at a time, so that nobody waits for it. */
  async removeExpired(now: Date): Promise<number> {
    const expired = this.#db.selectFrom('tokens').select('id').where('expires_at', '<=', now.getTime())
    const result = await this.#db
      .deleteFrom('tokens')
      .where('id', 'in', expired.orderBy('expires_at').limit(BATCH))
      .executeTakeFirst()
    return Number(result.numDeletedRows)
  }

  /** How many tokens each key guards, by the key's id. */
  async countByKey(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#db
      .selectFrom('tokens')
      .select(({ fn }) => ['key_id', fn.countAll<number>().as('tokens')])
      .groupBy('key_id')
      .execute()
    return new Map(rows.map((row) => [row.key_id, row.tokens]))
  }
}
