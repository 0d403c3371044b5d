/** What an import has to find again by a name, and what may outgrow memory: SQLite keeps it in a file without a name, which ends with the program. */
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { translated } from './sqlite-outages.ts'

/** An empty name makes a file that only we can open, unlinked as soon as it is there. */
const UNNAMED = ''
const SETUP = `pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -16384;
  create table kept (name text not null, value text not null); create index kept_name on kept (name); begin`
const MOST_VALUES = 100

/** Texts by names, several under one name where there are several. */
export class Lookup {
  readonly #file: DatabaseSync
  readonly #keep: StatementSync
  readonly #find: StatementSync

  /** Makes an empty one. @throws {DatabaseUnavailable} where there is no room for it. */
  constructor() {
    const file = translated(() => new DatabaseSync(UNNAMED))
    translated(() => file.exec(SETUP))
    this.#file = file
    this.#keep = file.prepare('insert into kept (name, value) values (?, ?)')
    this.#find = file.prepare('select value from kept where name = ? order by rowid limit ?')
  }

  /** Keeps a text under a name. @throws {DatabaseUnavailable} when the disk is full. */
  keep(name: string, value: string): void {
    translated(() => this.#keep.run(name, value))
  }

  /** The texts under a name, the first hundred at the most. */
  find(name: string): readonly string[] {
    return this.#find.all(name, MOST_VALUES).map((row) => String(row['value']))
  }

  /** Ends it, and its file. */
  close(): void {
    this.#file.close()
  }
}
