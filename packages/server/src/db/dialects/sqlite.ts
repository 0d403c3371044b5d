/** SQLite through Node's own module. One connection writes; a second, read-only one answers the hot queries. */
import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import {
  CompiledQuery,
  Kysely,
  sql,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type {
  DatabaseConnection,
  DatabaseIntrospector,
  Dialect,
  DialectAdapter,
  Driver,
  QueryCompiler,
  SqliteDatabase,
  SqliteStatement,
} from 'kysely'
import type { Engine } from '../engine.ts'
import type { Schema } from '../schema.ts'
import { canLook, Checkpoints, TOO_LONG } from './sqlite-checkpoints.ts'
import type { OnTrouble } from './sqlite-checkpoints.ts'
import { hotOn } from './sqlite-hot.ts'
import { PatientConnection } from './sqlite-patience.ts'
import { translated } from './sqlite-outages.ts'

const BUSY_MS = 5000 // how long others who write to the same file are waited for; by default not at all
const READ_KIB = 65_536 // the upper levels of the indexes of ten million sessions, and what was asked of late; taken only as it is needed
const MOST_LOG_BYTES = 67_108_864
const MEMORY = ':memory:'

/** Opens the file, making it if need be, readable by its owner alone. `:memory:` is a database that ends with the program. */
export function openSqlite(path: string, onTrouble: OnTrouble = () => undefined): Engine {
  return translated(() => {
    if (path !== MEMORY) closeSync(openSync(path, 'a', 0o600)) // before SQLite opens it: -wal and -shm take its mode
    const writer = new DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: true })
    writer.exec('pragma journal_mode = wal')
    writer.exec('pragma synchronous = full') // what was answered with success is on disk
    writer.exec(`pragma journal_size_limit = ${MOST_LOG_BYTES}`) // else the log keeps the size that it once had
    writer.exec('pragma busy_timeout = 0') // from here on we wait without holding up everybody else: sqlite-patience.ts
    // In memory there is one connection for all, so hot queries may see an open transaction there.
    const reader = path === MEMORY ? writer : new DatabaseSync(path, { timeout: BUSY_MS, readOnly: true })
    reader.exec(`pragma cache_size = -${READ_KIB}`)
    const kysely = new Kysely<Schema>({ dialect: new NodeSqliteDialect(new SqliteFile(writer)) })
    const checkpoints = path === MEMORY || !canLook(reader) ? null : new Checkpoints(path, reader, onTrouble)
    if (checkpoints !== null) writer.exec(`pragma wal_autocheckpoint = ${TOO_LONG}`) // else SQLite writes the log back by itself
    const close = async (): Promise<void> => {
      await checkpoints?.end()
      if (reader !== writer) reader.close()
      await kysely.destroy() // the last connection to close writes the log back into the file
    }
    return {
      kysely,
      hot: hotOn(reader),
      addId,
      withGivenIds: async (_kysely, _table, insert) => insert(sql``), // AUTOINCREMENT counts on from the greatest
      inTransaction: (transaction) => transaction, // a transaction is alone from its begin, so nothing races with it
      lock: async () => Promise.resolve(),
      isRace: () => false,
      now: () => new Date(),
      changeTables: async (work) => work(kysely),
      close,
    }
  })
}

/** AUTOINCREMENT, or the next person would get the id of a deleted last one. */
const addId: Engine['addId'] = (table) =>
  table.addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())

/** Node's database in the shape that Kysely's driver asks for. */
export class SqliteFile implements SqliteDatabase {
  readonly #file: DatabaseSync
  readonly #prepared = new Map<string, SqliteStatement>() // as many as there are queries in db/: no text of a query is made from input

  /** Wraps an open database. */
  constructor(file: DatabaseSync) {
    this.#file = file
  }

  /** Prepares a statement, once for each text. */
  prepare(sql: string): SqliteStatement {
    const known = this.#prepared.get(sql)
    if (known !== undefined) return known
    const statement = translated(() => wrap(this.#file.prepare(sql)))
    this.#prepared.set(sql, statement)
    return statement
  }

  /** False once SQLite has undone a transaction by itself, as it does when the disk is full. */
  get inTransaction(): boolean {
    return this.#file.isTransaction
  }

  /** Closes the file. */
  close(): void {
    this.#file.close()
  }
}

/** A statement in the shape that Kysely's driver asks for, with errors translated. */
function wrap(statement: StatementSync): SqliteStatement {
  const values = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[]
  const reader = statement.columns().length > 0
  if (!reader) statement.setReadBigInts(true) // `run` also gives the last id, and would throw for a great one, after a commit too
  return {
    reader,
    all: (parameters) => translated(() => statement.all(...values(parameters))),
    run: (parameters) => translated(() => statement.run(...values(parameters))),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  }
}

/** Kysely's SQLite, with three of its defaults changed for what we promise. */
export class NodeSqliteDialect implements Dialect {
  readonly #file: SqliteFile

  /** Takes an open file. */
  constructor(file: SqliteFile) {
    this.#file = file
  }

  /** Transactions take the write lock at their begin: else two processes on one file fail in the middle. */
  createDriver(): Driver {
    return new ImmediateDriver(this.#file)
  }

  /** SQLite can undo changes of tables, so a crash within a migration leaves nothing half done. */
  createAdapter(): DialectAdapter {
    return new (class extends SqliteAdapter {
      /** True, whatever Kysely assumes. */
      override get supportsTransactionalDdl(): boolean {
        return true
      }
    })()
  }

  /** Kysely's own. */
  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler()
  }

  /** Kysely's own. */
  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(db)
  }
}

/** Kysely's driver, but for the begin and the undoing. */
class ImmediateDriver extends SqliteDriver {
  readonly #file: SqliteFile
  #connection: PatientConnection | null = null

  /** Drives an open file. */
  constructor(file: SqliteFile) {
    super({ database: file })
    this.#file = file
  }

  /** The one connection, which waits for others on the same file. */
  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#connection ??= new PatientConnection(await super.acquireConnection())
    return this.#connection
  }

  /** Waits for the write lock now, when nothing has been read yet that could turn out old. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  /** Undoes what SQLite has not undone already; a second undoing would hide the first error. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#file.inTransaction) await super.rollbackTransaction(connection)
  }
}
