/** What a dialect gives to the rest of db/: queries, the few hot ones, who may change the tables, and an end. */
import type { CompiledQuery, CreateTableBuilder, DatabaseConnection, Kysely, QueryCompiler, RawBuilder } from 'kysely'
import type { Schema } from './schema.ts'

/**
 * Prepares a query that is compiled once and run very often, with other parameters each time.
 * It resolves to the first row, or undefined. Against the same work by hand a query built each time reached 0.46, a prepared one 0.8.
 */
export type Hot = <Row>(
  compile: () => CompiledQuery<Row>,
) => (...parameters: readonly unknown[]) => Promise<Row | undefined>

/** A hot query: its text, and the first row that it finds with other parameters each time. */
export interface HotQuery {
  readonly sql: string
  first(parameters: readonly unknown[]): unknown
}

/** A connection that knows how queries are written for its database. */
export interface Connection extends DatabaseConnection {
  readonly compiler: QueryCompiler
}

/** An open database of one kind. */
export interface Engine {
  readonly kysely: Kysely<Schema>
  readonly hot: Hot
  /** Adds the column `id` to a table that is being made: a number that the database counts up and never uses again. */
  readonly addId: (table: CreateTableBuilder<string>) => CreateTableBuilder<string>
  /**
   * Within a transaction: adds rows with ids that they bring along, by inserts that say `overriding` before their values. Nobody else adds
   * any meanwhile, and no id that was brought along is given out again.
   */
  readonly withGivenIds: <T>(
    kysely: Kysely<Schema>,
    table: 'users',
    insert: (overriding: RawBuilder<unknown>) => Promise<T>,
  ) => Promise<T>
  /** What the queries of a transaction go through, so that what they have read stays as it is until its end. */
  readonly inTransaction: (kysely: Kysely<Schema>) => Kysely<Schema>
  /** Waits, within a transaction, until nobody else holds this name, and holds it until the end. */
  readonly lock: (kysely: Kysely<Schema>, name: string) => Promise<void>
  /** Whether a transaction failed only because others did something in the same instant: done again, it may succeed. */
  readonly isRace: (error: unknown) => boolean
  /** The time: where several machines share the database, by its clock, so that they agree. */
  readonly now: () => Date
  /** Changes tables, while no other service on this database does, and for as long as it takes. */
  readonly changeTables: <T>(work: (kysely: Kysely<Schema>) => Promise<T>) => Promise<T>
  /** Writes out what is pending and lets go of the database. */
  close(): Promise<void>
}
