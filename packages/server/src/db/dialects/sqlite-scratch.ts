/** A table for the length of a program's work that may outgrow memory: SQLite keeps it in a file without a name, which ends with the program. */
import type { StatementSync } from 'node:sqlite'
import { inTemporary, UnnamedFile } from './sqlite-unnamed.ts'

/** How often something was noted, at which place first (null where at none), and whether any of the notes was marked. */
export interface Noted {
  readonly count: number
  readonly firstPlace: number | null
  readonly isMarked: boolean
}

const TABLE =
  'create table noted (name blob primary key, first_place integer, count integer not null, marked integer not null) without rowid'
const NOTE = `insert into noted (name, first_place, count, marked) values (?, ?, 1, ?)
  on conflict (name) do update set count = count + 1, marked = max(marked, excluded.marked),
    first_place = coalesce(first_place, excluded.first_place)`
const FIND = 'select count, first_place, marked from noted where name = ?'

/** Counts names. */
export class Scratch {
  readonly #file = new UnnamedFile(TABLE)
  readonly #note: StatementSync
  readonly #find: StatementSync

  /** Makes an empty one. @throws {DatabaseUnavailable} where there is no room for it. */
  constructor() {
    this.#note = this.#file.prepare(NOTE)
    this.#find = this.#file.prepare(FIND)
  }

  /** Notes a name that stands at this place, or at one that does not count. @throws {DatabaseUnavailable} when the disk is full. */
  note(name: Buffer, place: number | null, isMarked: boolean): void {
    inTemporary(() => this.#note.run(name, place, Number(isMarked)))
  }

  /** What was noted of a name; null where nothing was. */
  find(name: Buffer): Noted | null {
    const row = inTemporary(() => this.#find.get(name))
    if (row === undefined) return null
    const firstPlace = row['first_place'] === null ? null : Number(row['first_place'])
    return { count: Number(row['count']), firstPlace, isMarked: row['marked'] === 1 }
  }

  /** Ends it, and its file. */
  close(): void {
    this.#file.close()
  }
}
