/** What an import has to find again by a name, and what may outgrow memory: SQLite keeps it in a file without a name, which ends with the program. */
import type { StatementSync } from 'node:sqlite'
import { inTemporary, UnnamedFile } from './sqlite-unnamed.ts'

const TABLE = 'create table kept (name text not null, value text not null); create index kept_name on kept (name)'
const MOST_VALUES = 100

/** Texts by names, several under one name where there are several. */
export class Lookup {
  readonly #file = new UnnamedFile(TABLE)
  readonly #keep: StatementSync
  readonly #find: StatementSync

  /** Makes an empty one. @throws {DatabaseUnavailable} where there is no room for it. */
  constructor() {
    this.#keep = this.#file.prepare('insert into kept (name, value) values (?, ?)')
    this.#find = this.#file.prepare('select value from kept where name = ? order by rowid limit ?')
  }

  /** Keeps a text under a name. @throws {DatabaseUnavailable} when the disk is full. */
  keep(name: string, value: string): void {
    inTemporary(() => this.#keep.run(name, value))
  }

  /** The texts under a name, the first hundred at the most. */
  find(name: string): readonly string[] {
    return inTemporary(() => this.#find.all(name, MOST_VALUES)).map((row) => String(row['value']))
  }

  /** Ends it, and its file. */
  close(): void {
    this.#file.close()
  }
}
