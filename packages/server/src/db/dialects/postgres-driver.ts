/** Kysely's way to PostgreSQL: a connection for each statement, or for each transaction. */
import { CompiledQuery, PostgresQueryCompiler } from 'kysely'
import type { DatabaseConnection, Driver, QueryResult } from 'kysely'
import type { PoolClient, QueryResult as Answer } from 'pg'
import type { Connection } from '../engine.ts'
import { pauseByChance } from '../patience.ts'
import { isUndone, outageFrom } from './postgres-outages.ts'
import type { ConnectionPool } from './postgres-pool.ts'

const MOST_TRIES = 5

/** A connection while it is ours. */
export class PostgresConnection implements Connection {
  readonly compiler = new PostgresQueryCompiler()
  readonly client: PoolClient
  /** The error after which the connection is perhaps of no use; null while all is well. */
  failure: unknown = null
  inTransaction = false
  /** What PostgreSQL says that it did last, such as `COMMIT`. */
  command = ''

  /** Wraps a connection of the pool. */
  constructor(client: PoolClient) {
    this.client = client
  }

  /** Runs a statement. One that PostgreSQL undid for the sake of another is run again, unless it is part of a transaction. */
  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    for (let tries = 1; ; tries++) {
      try {
        const answer = await this.client.query(query.sql, [...query.parameters])
        this.command = answer.command
        return resultOf<Row>(answer)
      } catch (error) {
        if (!isUndone(error) || this.inTransaction || tries === MOST_TRIES) {
          this.failure = error
          throw outageFrom(error)
        }
        await pauseByChance(10 * tries)
      }
    }
  }

  /** Reads row by row; nothing here does. */
  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('rows are not read one by one')
  }
}

/** What came of a statement, in Kysely's words. */
function resultOf<Row>({ rows, rowCount, command }: Answer): QueryResult<Row> {
  const isWrite = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE'
  return { rows: rows as Row[], ...(isWrite && { numAffectedRows: BigInt(rowCount ?? 0) }) }
}

/** Where connections come from: a pool, or whoever holds a single one. */
export type Connections = Pick<ConnectionPool, 'take' | 'release' | 'end'>

/** Takes connections from the pool, and begins and ends transactions on them. */
export class PoolDriver implements Driver {
  readonly #pool: Connections

  /** Drives a pool. */
  constructor(pool: Connections) {
    this.#pool = pool
  }

  /** Nothing is to be prepared. */
  async init(): Promise<void> {
    return Promise.resolve()
  }

  /** A connection that is free. */
  async acquireConnection(): Promise<PostgresConnection> {
    return new PostgresConnection(await this.#pool.take())
  }

  /** Begins a transaction. It sees what others have done until then, and locks what it reads: postgres-locks.ts. */
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin isolation level read committed'))
    ours(connection).inTransaction = true
  }

  /** Makes what was done last. A transaction that failed before cannot be: PostgreSQL then undoes it, and says so only in passing. */
  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
    if (ours(connection).command !== 'COMMIT') throw new Error('the transaction was undone')
  }

  /** Undoes what was done. Where that fails the connection is closed, which undoes it too; the first error is the one that counts. */
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    const held = ours(connection)
    try {
      await held.client.query('rollback')
    } catch (error) {
      held.failure = error
    }
  }

  /** Gives a connection back. */
  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const { client, failure } = ours(connection)
    this.#pool.release(client, failure)
    return Promise.resolve()
  }

  /** Closes the pool. */
  async destroy(): Promise<void> {
    await this.#pool.end()
  }
}

/** A connection as the one of ours that it is. */
function ours(connection: DatabaseConnection): PostgresConnection {
  if (connection instanceof PostgresConnection) return connection
  throw new TypeError('a connection of another driver')
}
