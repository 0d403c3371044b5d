/** The room of the inbox for development: the letters of a service without a mail server, in the clear. */
import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** A letter as it would have been sent. */
export interface InboxLetter {
  readonly id: number
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly sentAt: Date
}

const MOST = 200

/** Letters, the latest first. */
export class InboxTable {
  readonly #db: Kysely<Schema>

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>) {
    this.#db = db
  }

  /** Keeps a letter. The latest two hundred stay. */
  async add({ to, subject, text, html, sentAt }: Omit<InboxLetter, 'id'>): Promise<void> {
    const { id } = await this.#db
      .insertInto('inbox')
      .values({ recipient: to, subject, text, html, sent_at: sentAt.getTime() })
      .returning('id')
      .executeTakeFirstOrThrow()
    await this.#db
      .deleteFrom('inbox')
      .where('id', '<=', id - MOST)
      .execute()
  }

  /** All letters. */
  async list(): Promise<readonly InboxLetter[]> {
    const rows = await this.#db.selectFrom('inbox').selectAll().orderBy('id', 'desc').execute()
    return rows.map(({ recipient, sent_at: sentAt, ...letter }) => ({
      ...letter,
      to: recipient,
      sentAt: new Date(sentAt),
    }))
  }

  /** Throws all letters away. */
  async clear(): Promise<void> {
    await this.#db.deleteFrom('inbox').execute()
  }
}
