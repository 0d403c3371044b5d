/** Waiting for others who write to the same file. */
import { setTimeout as pause } from 'node:timers/promises'
import { SqliteQueryCompiler } from 'kysely'
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import type { Connection } from '../engine.ts'
import { isBusy } from './sqlite-outages.ts'

const LONGEST_WAIT_MS = 5000
const FORGOTTEN_AFTER_MS = 1000

/** Tries again for a while when the file is locked. SQLite itself would wait as well, but with the whole process standing still. */
export class PatientConnection implements Connection {
  readonly compiler = new SqliteQueryCompiler()
  readonly #connection: DatabaseConnection
  #lockedSince = 0
  #lastLocked = Number.NEGATIVE_INFINITY

  /** Wraps a connection. */
  constructor(connection: DatabaseConnection) {
    this.#connection = connection
  }

  /** Runs a query, once it is its turn. A statement that met a lock has done nothing, so it can be run again. */
  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    for (;;) {
      try {
        const result = await this.#connection.executeQuery<Row>(query)
        this.#lastLocked = Number.NEGATIVE_INFINITY // whoever held the file has let it go: the next lock is another one
        return result
      } catch (error) {
        if (!isBusy(error) || this.#isWaitOver()) throw error
        await pause(1 + Math.random() * 10) // by chance, so that two who wait do not keep step
      }
    }
  }

  /** Reads row by row; nothing here does. */
  streamQuery<Row>(query: CompiledQuery, size: number): AsyncIterableIterator<QueryResult<Row>> {
    return this.#connection.streamQuery<Row>(query, size)
  }

  /**
   * Whether the lock that was just met has lasted too long. The wait counts from when it was first met, by whomever: else the waits of
   * all who stand in line for the one connection would add up. After a statement that got through, or a while without any, the next lock is
   * another one.
   */
  #isWaitOver(): boolean {
    const now = performance.now()
    if (now - this.#lastLocked > FORGOTTEN_AFTER_MS) this.#lockedSince = now
    this.#lastLocked = now
    return now - this.#lockedSince > LONGEST_WAIT_MS
  }
}
