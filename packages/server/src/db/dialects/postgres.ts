/** PostgreSQL through `pg`. Loaded only where the address says so. */
import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely'
import type {
  DatabaseIntrospector,
  DatabaseMetadataOptions,
  DataTypeNode,
  Dialect,
  DialectAdapter,
  Driver,
  QueryCompiler,
  TableMetadata,
} from 'kysely'
import type { Engine } from '../engine.ts'
import type { Schema } from '../schema.ts'
import { PoolDriver } from './postgres-driver.ts'
import type { Connections } from './postgres-driver.ts'
import { hotThrough } from './postgres-hot.ts'
import { LockingReads, lockName } from './postgres-locks.ts'
import { isRace } from './postgres-outages.ts'
import { ConnectionPool } from './postgres-pool.ts'
import type { PoolLimits } from './postgres-pool.ts'
import { parsePostgresUrl } from './postgres-url.ts'

const MIGRATION_LOCK = 5_213_672_019 // any number that is ours alone on the database
const MIGRATING = { size: 2, statementSeconds: 0 } as const // one connection holds the lock, the other does the work; however long it takes
const VISIBLE = sql<{ readonly name: string }>`
  select concat(nspname, '.', relname) as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where relkind in ('r', 'v', 'p', 'f') and pg_table_is_visible(pg_class.oid)`

/** Opens a database by its address. It connects when it is used. @throws {SettingsError} for an address that cannot be used. */
export function openPostgres(url: string, limits: PoolLimits): Engine {
  const address = parsePostgresUrl(url)
  const pool = new ConnectionPool(address, limits)
  const kysely = new Kysely<Schema>({ dialect: new PoolDialect(pool) })
  return {
    kysely,
    hot: hotThrough(pool),
    addId,
    withGivenIds,
    inTransaction: (transaction) => transaction.withPlugin(new LockingReads()),
    lock: lockName,
    isRace,
    now: pool.clock.now,
    changeTables: async (work) => changeTables(new ConnectionPool(address, { ...limits, ...MIGRATING }), work),
    close: async () => kysely.destroy(),
  }
}

/** An identity column: its sequence never goes back, so no id is used again. */
const addId: Engine['addId'] = (table) =>
  table.addColumn('id', 'bigint', (column) => column.generatedAlwaysAsIdentity().primaryKey())

/** Nobody else adds rows meanwhile: else the sequence could be put back behind an id that was just given out. */
const withGivenIds: Engine['withGivenIds'] = async (kysely, table, insert) => {
  await sql`lock table ${sql.table(table)} in share row exclusive mode`.execute(kysely)
  const done = await insert(sql`overriding system value`)
  await sql`select setval(seq, greatest(nextval(seq) - 1, (select max(id) from ${sql.table(table)}), 1))
    from pg_get_serial_sequence(${table}, 'id') as seq`.execute(kysely)
  return done
}

/** Works under a lock that one node has at a time, and that ends with its transaction, or with the node. */
async function changeTables<T>(pool: ConnectionPool, work: (kysely: Kysely<Schema>) => Promise<T>): Promise<T> {
  const kysely = new Kysely<Schema>({ dialect: new PoolDialect(pool) })
  try {
    const holder = await pool.take()
    try {
      await holder.query('begin')
      await holder.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
      return await work(kysely)
    } finally {
      pool.closeOne(holder)
    }
  } finally {
    await kysely.destroy()
  }
}

/** Kysely's PostgreSQL with a driver of our own. */
export class PoolDialect implements Dialect {
  readonly #pool: Connections

  /** Takes a pool. */
  constructor(pool: Connections) {
    this.#pool = pool
  }

  /** Ours: it knows outages, races, and which host takes writes. */
  createDriver(): Driver {
    return new PoolDriver(this.#pool)
  }

  /** Kysely's own. */
  createAdapter(): DialectAdapter {
    return new PostgresAdapter()
  }

  /** Kysely's own, but for how text is compared. */
  createQueryCompiler(): QueryCompiler {
    return new BytewiseCompiler()
  }

  /** Kysely's own, but for the tables of others. */
  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new VisibleTables(db)
  }
}

/** Finds the tables that a statement finds by their bare names. One in a schema that is not looked into is another's, whatever it is called. */
class VisibleTables extends PostgresIntrospector {
  readonly #db: Kysely<unknown>

  /** Looks into a database. */
  constructor(db: Kysely<unknown>) {
    super(db)
    this.#db = db
  }

  /** The tables and views, each with its schema. */
  override async getTables(options?: DatabaseMetadataOptions): Promise<TableMetadata[]> {
    const { rows } = await VISIBLE.execute(this.#db)
    const visible = new Set(rows.map(({ name }) => name))
    const tables = await super.getTables(options)
    return tables.filter(({ schema = '', name }) => visible.has(`${schema}.${name}`))
  }
}

/**
 * Text is compared byte by byte, as on SQLite. Orders of languages change with the operating system, and an index in an order that has
 * changed finds no longer what is there: two accounts of one address could come to be.
 */
class BytewiseCompiler extends PostgresQueryCompiler {
  /** A type, with its order where it is that of a column. */
  protected override visitDataType(node: DataTypeNode): void {
    super.visitDataType(node)
    if (node.dataType === 'text' && this.parentNode?.kind === 'ColumnDefinitionNode') this.append(' collate "C"')
  }
}
