/** Moving house with PostgreSQL: one transaction that reads, or one that fills an empty database. */
import { Kysely } from 'kysely'
import type { PoolClient } from 'pg'
import { DatabaseUnavailable } from '../../errors.ts'
import type { Draft, Snapshot } from '../house.ts'
import type { Schema } from '../schema.ts'
import { TABLES } from '../tables.ts'
import { copyIn } from './postgres-copy-in.ts'
import { PoolDialect } from './postgres.ts'
import { isMissingReference, outageFrom } from './postgres-outages.ts'
import { ConnectionPool } from './postgres-pool.ts'
import { parsePostgresUrl } from './postgres-url.ts'

const LIMITS = { size: 1, connectSeconds: 10, statementSeconds: 0 } as const // a statement takes as long as it takes
const PATIENT = ['set local statement_timeout = 0', 'set local idle_in_transaction_session_timeout = 0']
const NAMES = TABLES.map(({ name }) => `"${name}"`)

/** Others who are connected to the database. */
const OTHERS = `select count(*) from pg_stat_activity
  where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`

/** What somebody hung onto the tables, and would run when they are used. Views and tables of others are nobody's business here. */
const STRANGERS = `
  select 'trigger ' || tgname as name from pg_trigger where not tgisinternal and tgrelid = any ($1::regclass[])
  union all
  select 'rule ' || rulename from pg_rewrite where ev_class = any ($1::regclass[])
  order by 1`

/** References and indexes, but for those of keys and of what is there only once: how each is dropped, and made again. */
const SLOW = `
  select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
    format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as make
  from pg_constraint where contype = 'f' and conrelid = any ($1::regclass[])
  union all
  select format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
  from pg_index where not indisunique and indrelid = any ($1::regclass[])`

/** The tables whose ids are counted up, and what counts them. */
const COUNTED = `select table_name as name, column_name as column, pg_get_serial_sequence(quote_ident(table_name), column_name) as sequence
  from information_schema.columns where is_identity = 'YES' and table_schema = current_schema()`

/** What was dropped. */
interface Dropped {
  readonly drop: string
  readonly make: string
}

/** The column of a table that is counted up. */
interface Counted {
  readonly name: string
  readonly column: string
  readonly sequence: string
}

/** Connects, and reads the database from now on as it is now. It is not written to. @throws {DatabaseUnavailable} when it cannot be reached. */
export async function openPostgresSnapshot(url: string): Promise<Snapshot> {
  const held = await Held.take(url)
  return held.orClose(async () => {
    const [others] = await held.query<{ readonly count: number }>(OTHERS)
    await held.begin('begin isolation level repeatable read read only')
    const findDamage = async (): Promise<readonly string[]> => Promise.resolve([]) // its server looks after its files
    const findStrangers = async (): Promise<readonly string[]> =>
      (await held.query<{ readonly name: string }>(STRANGERS, [NAMES])).map(({ name }) => name)
    return { ...held.reading(), findDamage, findStrangers, isInUse: (others?.count ?? 0) > 0 }
  })
}

/** Connects to a database that has its tables, and keeps everybody else out of them until the draft is published or closed. */
export async function openPostgresDraft(url: string): Promise<Draft> {
  const held = await Held.take(url)
  return held.orClose(async () => {
    await held.begin('begin')
    await held.query("set local lock_timeout = '10s'") // a service that runs there would be waited for
    await held.query(`lock table ${NAMES.join(', ')} in access exclusive mode`)
    const dropped = await held.query<Dropped>(SLOW, [NAMES])
    for (const { drop } of dropped) await held.query(drop)
    return {
      ...held.reading(),
      add: async (table, rows) => held.attempt(async () => copyIn(held.client, table, rows)),
      finish: async (nextIds) => finish(held, dropped, nextIds),
      publish: async () => held.commit(),
    }
  })
}

/** Makes what is made at the end. What is said of the rows afterwards lets the database choose its ways well from the first query on. */
async function finish(held: Held, dropped: readonly Dropped[], nextIds: ReadonlyMap<string, number>): Promise<void> {
  try {
    for (const { make } of dropped) await held.query(make)
  } catch (error) {
    if (!isMissingReference(error)) throw error
    throw new DatabaseUnavailable('a row belongs to a person who is not there', { cause: error })
  }
  for (const { name, column } of await held.query<Counted>(COUNTED)) {
    const next = String(nextIds.get(name) ?? 1) // within the transaction, which setting the sequence would not be
    await held.query(`alter table "${name}" alter column "${column}" restart with ${next}`)
  }
  await held.query(`analyze ${NAMES.join(', ')}`)
}

/** One connection that is kept, with its transaction. */
class Held {
  readonly client: PoolClient
  readonly #pool: ConnectionPool

  private constructor(pool: ConnectionPool, client: PoolClient) {
    this.#pool = pool
    this.client = client
  }

  /** Connects. */
  static async take(url: string): Promise<Held> {
    const pool = new ConnectionPool(parsePostgresUrl(url), LIMITS)
    try {
      return new Held(pool, await pool.take())
    } catch (error) {
      await pool.end()
      throw error
    }
  }

  /** Does something, and lets go of the connection where that fails. */
  async orClose<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      await this.close()
      throw error
    }
  }

  /** Begins the transaction, which may take as long as it takes. */
  async begin(how: string): Promise<void> {
    for (const statement of [how, ...PATIENT]) await this.query(statement)
  }

  /** Runs a statement. */
  async query<R extends object>(text: string, values: readonly unknown[] = []): Promise<readonly R[]> {
    return this.attempt(async () => (await this.client.query<R>(text, [...values])).rows)
  }

  /** Makes it last. */
  async commit(): Promise<void> {
    const { command } = await this.attempt(async () => this.client.query('commit'))
    if (command !== 'COMMIT') throw new DatabaseUnavailable('the database undid everything')
  }

  /** Does something; outages in plain words. */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw outageFrom(error)
    }
  }

  /** What both ends can do. */
  reading(): Omit<Snapshot, 'isInUse' | 'findDamage' | 'findStrangers'> {
    const connections = {
      take: async (): Promise<PoolClient> => Promise.resolve(this.client),
      release: (): void => undefined,
      end: async (): Promise<void> => Promise.resolve(),
    }
    return {
      kysely: new Kysely<Schema>({ dialect: new PoolDialect(connections) }),
      rows: async ({ sql: text, parameters: values }) =>
        this.attempt(
          async () => (await this.client.query<unknown[]>({ text, values: [...values], rowMode: 'array' })).rows,
        ),
      nextIds: async () => this.#nextIds(),
      close: async () => this.close(),
    }
  }

  /** Closes the connection, which undoes what was not made to last. */
  async close(): Promise<void> {
    this.#pool.closeOne(this.client)
    await this.#pool.end()
  }

  /** The ids that come next. */
  async #nextIds(): Promise<ReadonlyMap<string, number>> {
    const next = new Map<string, number>()
    for (const { name, sequence } of await this.query<Counted>(COUNTED)) {
      const text = `select case when is_called then last_value + 1 else last_value end as next from ${sequence}`
      const [row] = await this.query<{ readonly next: number }>(text)
      next.set(name, row?.next ?? 1)
    }
    return next
  }
}
