/** A table for the length of a program's work that may outgrow memory: SQLite keeps it in a file without a name, which ends with the program. */
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { translated } from './sqlite-outages.ts'

/** How often something was noted, where first, and whether any of the notes was marked. */
export interface Noted {
  readonly count: number
  readonly firstPlace: number
  readonly isMarked: boolean
}

/** The file is no longer than needed and private: an empty name makes one that only we can open, unlinked as soon as it is there. */
const UNNAMED = ''
const SETUP = `pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -16384;
  create table noted (name blob primary key, first_place integer not null, count integer not null, marked integer not null) without rowid;
  begin`
const NOTE = `insert into noted (name, first_place, count, marked) values (?, ?, 1, ?)
  on conflict (name) do update set count = count + 1, marked = max(marked, excluded.marked)`
const FIND = 'select count, first_place, marked from noted where name = ?'

/** Counts names. */
export class Scratch {
  readonly #file: DatabaseSync
  readonly #note: StatementSync
  readonly #find: StatementSync

  /** Makes an empty one. @throws {DatabaseUnavailable} where there is no room for it. */
  constructor() {
    const file = translated(() => new DatabaseSync(UNNAMED))
    translated(() => file.exec(SETUP))
    this.#file = file
    this.#note = file.prepare(NOTE)
    this.#find = file.prepare(FIND)
  }

  /** Notes a name that stands at this place. @throws {DatabaseUnavailable} when the disk is full. */
  note(name: Buffer, place: number, isMarked: boolean): void {
    translated(() => this.#note.run(name, place, Number(isMarked)))
  }

  /** What was noted of a name; null where nothing was. */
  find(name: Buffer): Noted | null {
    const row = this.#find.get(name)
    if (row === undefined) return null
    return { count: Number(row['count']), firstPlace: Number(row['first_place']), isMarked: row['marked'] === 1 }
  }

  /** Ends it, and its file. */
  close(): void {
    this.#file.close()
  }
}
