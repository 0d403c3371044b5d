/** What a dialect gives for moving house: a whole database read as it is at one moment, and an empty one that is filled. */
import type { CompiledQuery, Kysely } from 'kysely'
import type { Schema } from './schema.ts'
import type { Table } from './tables.ts'

/** The values of a row, in the order in which they were asked for. */
export type Row = readonly unknown[]

/** A database as it is at one moment, whatever others do to it meanwhile. */
export interface Snapshot {
  readonly kysely: Kysely<Schema>
  /** The rows of a query as values: with ten million of them, objects cost. */
  rows(query: CompiledQuery): Promise<readonly Row[]>
  /** The ids that come next, by the names of the tables whose ids are counted up. */
  nextIds(): Promise<ReadonlyMap<string, number>>
  /** What the database itself finds wrong with how it is stored; nothing where it does not look. */
  findDamage(): Promise<readonly string[]>
  /** What is in the database and was not put there by this service, such as `trigger x`: of its tables, and in a file of whatever there is. */
  findStrangers(): Promise<readonly string[]>
  /** Whether others have the database open, as far as can be told from outside; asked before the snapshot was taken. */
  readonly isInUse: boolean
  /** Lets go of the database. A draft that was not published is gone, and leaves nothing. */
  close(): Promise<void>
}

/** A database that is being filled, and that nobody sees before it is whole. */
export interface Draft extends Omit<Snapshot, 'isInUse' | 'findDamage' | 'findStrangers'> {
  /** Adds rows, their values in the order of the table's columns. */
  add(table: Table, rows: readonly Row[]): Promise<void>
  /**
   * Makes the indexes, checks what refers to what, and lets new ids begin with these.
   * @throws {DatabaseUnavailable} where rows refer to a person who is not there.
   */
  finish(nextIds: ReadonlyMap<string, number>): Promise<void>
  /** Lets everybody see it, whole, from one moment to the next. */
  publish(): Promise<void>
}
