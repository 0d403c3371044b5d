/** Files of SQLite without a name, for the length of a program's work: what they hold may outgrow memory. */
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { DatabaseUnavailable } from '../../errors.ts'
import { outageFrom } from './sqlite-outages.ts'

/** An empty name makes one that is private: only we can open it, and it is unlinked as soon as it is there. */
const UNNAMED = ''
const SPEED = 'pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -16384'

/** Such a file. */
export class UnnamedFile {
  readonly #file: DatabaseSync

  /** Makes one with these tables. @throws {DatabaseUnavailable} where there is no room for it. */
  constructor(tables: string) {
    this.#file = inTemporary(() => {
      const file = new DatabaseSync(UNNAMED)
      file.exec(`${SPEED}; ${tables}; begin`)
      return file
    })
  }

  /** Prepares a statement. */
  prepare(sql: string): StatementSync {
    return this.#file.prepare(sql)
  }

  /** Ends it, unless it has ended. */
  close(): void {
    if (this.#file.isOpen) this.#file.close()
  }
}

/** Works on such a file. @throws {DatabaseUnavailable} naming what to do where there is no room for it: it is not the database that has none. */
export function inTemporary<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const outage = outageFrom(error, 'the temporary file of SQLite')
    if (!(outage instanceof DatabaseUnavailable) || outage === error) throw error
    const next = 'make room in /var/tmp or /tmp, or set SQLITE_TMPDIR to a folder that has room'
    throw new DatabaseUnavailable(`${outage.message}; ${next}`, { cause: error })
  }
}
