/** The room of accounts that come in from elsewhere: many at once, and none in the place of one that is there. */
import { sql } from 'kysely'
import type { Insertable, Kysely } from 'kysely'
import type { CanonicalEmail } from '../email.ts'
import type { UserId } from '../user.ts'
import { Scratch } from './dialects/sqlite-scratch.ts'
import type { Engine } from './engine.ts'
import type { Schema } from './schema.ts'

export type { Noted, Scratch } from './dialects/sqlite-scratch.ts'

/** An account as it comes in. */
export interface MovedAccount {
  /** The id that it is to keep; null for a new one. */
  readonly id: number | null
  readonly email: string
  readonly key: CanonicalEmail
  readonly verifiedAt: Date | null
  readonly createdAt: Date
  readonly disabledAt: Date | null
  readonly adminAt: Date | null
  readonly deleteAt: Date | null
  readonly language: string | null
}

/** A password of one. */
export interface MovedPassword {
  readonly userId: UserId
  readonly hash: string
  readonly setAt: Date
}

/** Lists are asked for in one length, and rows added in few: each length is a statement of its own, which stays prepared. */
const LIST = 500
const SIZES = [100, 10, 1] as const

/** Accounts that come in. */
export class MovingInTable {
  readonly #db: Kysely<Schema>
  readonly #withGivenIds: Engine['withGivenIds']

  /** Works on this database, or within this transaction. */
  constructor(db: Kysely<Schema>, withGivenIds: Engine['withGivenIds']) {
    this.#db = db
    this.#withGivenIds = withGivenIds
  }

  /** Makes room for what an import notes meanwhile, beside the database. @throws {DatabaseUnavailable} where there is none. */
  openScratch(): Scratch {
    return new Scratch()
  }

  /** Whose these emails are, of those that are somebody's. */
  async findOwners(keys: readonly CanonicalEmail[]): Promise<ReadonlyMap<CanonicalEmail, UserId>> {
    const owners = new Map<CanonicalEmail, UserId>()
    for (const list of listsOf(keys)) {
      const query = this.#db.selectFrom('users').select(['id', 'email_key']).where('email_key', 'in', list)
      for (const row of await query.execute()) owners.set(row.email_key as CanonicalEmail, row.id as UserId)
    }
    return owners
  }

  /** Which of these emails somebody left a short while ago and may take back, be it that the letter that says so waits still. */
  async findLeft(keys: readonly CanonicalEmail[], now: Date): Promise<ReadonlySet<CanonicalEmail>> {
    const left = new Set<CanonicalEmail>()
    for (const list of listsOf(keys)) {
      const tokens = this.#db.selectFrom('tokens').select('email_key').where('email_key', 'in', list)
      const live = tokens.where('purpose', '=', 'undo').where('expires_at', '>', now.getTime())
      const letters = this.#db.selectFrom('outbox').select('email_key').where('email_key', 'in', list)
      const waiting = letters
        .where('kind', '=', 'email_undo')
        .where('user_id', 'is not', null)
        .where('given_up_at', 'is', null)
      for (const row of [...(await live.execute()), ...(await waiting.execute())])
        left.add(row.email_key as CanonicalEmail)
    }
    return left
  }

  /** Which of these ids are somebody's, or were: the record knows people who are gone. */
  async findUsedIds(ids: readonly number[]): Promise<ReadonlySet<number>> {
    const used = new Set<number>()
    for (const list of listsOf(ids)) {
      const people = this.#db.selectFrom('users').select('id').where('id', 'in', list)
      for (const { id } of await people.execute()) used.add(id)
      const known = this.#db
        .selectFrom('audit')
        .select('user_id')
        .where('user_id', 'in', list as UserId[])
      for (const { user_id: id } of await known.execute()) if (id !== null) used.add(id)
    }
    return used
  }

  /** Adds accounts, but for those whose email or id is taken by now. Resolves to the ids of those that were added, by their emails. */
  async add(accounts: readonly MovedAccount[]): Promise<ReadonlyMap<CanonicalEmail, UserId>> {
    const added = new Map<CanonicalEmail, UserId>()
    const keeping = accounts.filter(({ id }) => id !== null)
    const others = accounts.filter(({ id }) => id === null)
    for (const some of partsOf(others)) {
      const rows = await this.#db
        .insertInto('users')
        .values(some.map(rowFrom))
        .onConflict((conflict) => conflict.doNothing())
        .returning(['id', 'email_key'])
        .execute()
      for (const row of rows) added.set(row.email_key as CanonicalEmail, row.id as UserId)
    }
    if (keeping.length > 0) await this.#addKeeping(keeping, added)
    return added
  }

  /** Gives people their passwords. */
  async setHashes(passwords: readonly MovedPassword[]): Promise<void> {
    for (const some of partsOf(passwords)) {
      const values = some.map(({ userId, hash, setAt }) => ({ user_id: userId, hash, set_at: setAt.getTime() }))
      await this.#db.insertInto('passwords').values(values).execute()
    }
  }

  /** Takes accounts back that were added in this transaction. */
  async takeBack(ids: readonly UserId[]): Promise<void> {
    for (const id of ids) await this.#db.deleteFrom('users').where('id', '=', id).execute()
  }

  /** Adds accounts under ids of their own. */
  async #addKeeping(accounts: readonly MovedAccount[], added: Map<CanonicalEmail, UserId>): Promise<void> {
    await this.#withGivenIds(this.#db, 'users', async (overriding) => {
      for (const some of partsOf(accounts)) {
        const rows = some.map((account) => ({ id: account.id, ...rowFrom(account) }))
        const names = sql.join(Object.keys(rows[0] ?? {}).map((name) => sql.ref(name)))
        const values = sql.join(rows.map((row) => sql`(${sql.join(Object.values(row))})`))
        const query = sql<{ id: number; email_key: string }>`insert into users (${names}) ${overriding} values ${values}
          on conflict do nothing returning id, email_key`
        for (const row of (await query.execute(this.#db)).rows)
          added.set(row.email_key as CanonicalEmail, row.id as UserId)
      }
    })
  }
}

/** An account as a row. */
function rowFrom(account: MovedAccount): Omit<Insertable<Schema['users']>, 'id'> {
  return {
    email: account.email,
    email_key: account.key,
    email_verified_at: account.verifiedAt?.getTime() ?? null,
    created_at: account.createdAt.getTime(),
    disabled_at: account.disabledAt?.getTime() ?? null,
    admin_at: account.adminAt?.getTime() ?? null,
    delete_at: account.deleteAt?.getTime() ?? null,
    language: account.language,
  }
}

/** Values in lists of one length: the last value stands again and again at the end, which asks for nothing more. */
function* listsOf<T>(values: readonly T[]): Generator<T[]> {
  for (let from = 0; from < values.length; from += LIST) {
    const list = values.slice(from, from + LIST)
    const last = list.slice(-1)
    yield [...list, ...Array.from({ length: LIST - list.length }, () => last).flat()]
  }
}

/** Rows in parts of few sizes, the largest first. */
function* partsOf<T>(rows: readonly T[]): Generator<readonly T[]> {
  let from = 0
  for (const size of SIZES) for (; rows.length - from >= size; from += size) yield rows.slice(from, from + size)
}
