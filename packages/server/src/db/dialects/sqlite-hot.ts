/** The few queries that run with each request of a signed-in person, as quick as SQLite can answer them. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { CompiledQuery } from 'kysely'
import type { Hot, HotQuery } from '../engine.ts'
import { outageFrom } from './sqlite-outages.ts'

/** Runs hot queries on a connection of their own: they see each commit at once, never an open transaction, and wait for nobody. */
export function hotOn(reader: DatabaseSync): Hot {
  return <Row>(compile: () => CompiledQuery<Row>) => {
    const lazy = { query: null as HotStatement | null } // prepared at its first use: the tables must be there
    return async (...parameters) => {
      try {
        lazy.query ??= new HotStatement(reader.prepare(compile().sql))
        return await Promise.resolve(lazy.query.first(parameters) as Row | undefined)
      } catch (error) {
        throw outageFrom(error)
      }
    }
  }
}

/** A prepared query whose rows are made by us: the objects that node:sqlite makes have no prototype, and took an eighth of a session check. */
export class HotStatement implements HotQuery {
  /** The text of the query. */
  readonly sql: string
  readonly #statement: StatementSync
  readonly #names: readonly string[]

  /** Asks for the values alone, and remembers their names. */
  constructor(statement: StatementSync) {
    this.sql = statement.sourceSQL
    this.#names = statement.columns().map(({ name }) => name)
    statement.setReturnArrays(true)
    this.#statement = statement
  }

  /** The first row, or undefined. */
  first(parameters: readonly unknown[]): Record<string, unknown> | undefined {
    const values = this.#statement.get(...(parameters as SQLInputValue[])) as unknown as readonly unknown[] | undefined
    if (values === undefined) return undefined
    const row: Record<string, unknown> = {}
    for (let index = 0; index < this.#names.length; index++) row[this.#names[index] ?? ''] = values[index]
    return row
  }
}
