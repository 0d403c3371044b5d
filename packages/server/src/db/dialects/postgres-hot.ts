/** The few queries that run with each request of a signed-in person, as named statements: PostgreSQL plans them once for a connection. */
import type { CompiledQuery } from 'kysely'
import type { Hot, HotQuery } from '../engine.ts'
import type { ConnectionPool } from './postgres-pool.ts'

/** Runs hot queries on whichever connection is free. */
export function hotThrough(pool: ConnectionPool): Hot {
  const names = { made: 0 }
  return <Row>(compile: () => CompiledQuery<Row>) => {
    const name = `hot_${String(++names.made)}`
    const lazy = { query: null as NamedStatement | null }
    return async (...parameters) => {
      lazy.query ??= new NamedStatement(pool, name, compile().sql)
      return (await lazy.query.first(parameters)) as Row | undefined
    }
  }
}

/** A query by its name. */
export class NamedStatement implements HotQuery {
  /** The text of the query. */
  readonly sql: string
  readonly #pool: ConnectionPool
  readonly #name: string

  /** Prepares nothing yet: each connection does at its first use. */
  constructor(pool: ConnectionPool, name: string, sql: string) {
    this.#pool = pool
    this.#name = name
    this.sql = sql
  }

  /** The first row, or undefined. */
  async first(parameters: readonly unknown[]): Promise<unknown> {
    const { rows } = await this.#pool.query({ name: this.#name, text: this.sql, values: [...parameters] })
    return rows[0]
  }
}
