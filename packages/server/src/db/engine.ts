/** What a dialect gives to the rest of db/: queries, the few hot ones, and an end. */
import type { CompiledQuery, CreateTableBuilder, Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/**
 * Prepares a query that is compiled once and run very often, with other parameters each time.
 * It resolves to the first row, or undefined. Against the same work by hand a query built each time reached 0.46, a prepared one 0.8.
 */
export type Hot = <Row>(
  compile: () => CompiledQuery<Row>,
) => (...parameters: readonly unknown[]) => Promise<Row | undefined>

/** An open database of one kind. */
export interface Engine {
  readonly kysely: Kysely<Schema>
  readonly hot: Hot
  /** Adds the column `id` to a table that is being made: a number that the database counts up and never uses again. */
  readonly addId: (table: CreateTableBuilder<string>) => CreateTableBuilder<string>
  /** Writes out what is pending and lets go of the database. */
  close(): Promise<void>
}
