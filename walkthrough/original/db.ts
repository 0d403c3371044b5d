/** A miniature of the original's storage, as naive as the original was. Made to be attacked: never build on it. */
import { DatabaseSync } from 'node:sqlite'

/** A row of the original's one table. Its columns are all that the original knows of a person. */
export interface OriginalUser {
  readonly id: number
  readonly email: string
  readonly hashed_password: string
  readonly session_id: string | null
  readonly reset_token: string | null
}

/** The original's error when nobody matches. */
export class NotFound extends Error {}

/** The original's error for a column that does not exist. */
export class InvalidRequest extends Error {}

const COLUMNS = ['id', 'email', 'hashed_password', 'session_id', 'reset_token']

const TABLE = `
  create table users (
    id integer primary key,
    email varchar(250) not null, -- naive: not unique, so one email can have two rows
    hashed_password varchar(250) not null, -- naive: in the row that every look-up hands around
    session_id varchar(250), -- naive: in the clear, one for each person, without an end
    reset_token varchar(250) -- naive: in the clear, without an end
  )`

/** The original's DB: one table and three methods. */
export class OriginalDB {
  readonly #db = new DatabaseSync(':memory:')

  /** Makes the table. */
  constructor() {
    this.#db.exec(TABLE)
  }

  /** Adds a row, whatever is in the table already. */
  addUser(email: string, hashedPassword: string): OriginalUser {
    const insert = this.#db.prepare('insert into users (email, hashed_password) values (?, ?)')
    const { lastInsertRowid } = insert.run(email, hashedPassword) // naive: "Bob@…" and "bob@…" are two people
    return this.findUserBy({ id: Number(lastInsertRowid) })
  }

  /** The first row in which these columns have these values. */
  findUserBy(attributes: Partial<OriginalUser>): OriginalUser {
    const names = Object.keys(attributes)
    if (!names.every((name) => COLUMNS.includes(name))) throw new InvalidRequest('no such column')
    const conditions = ['true', ...names.map((name) => `${name} is ?`)].join(' and ') // naive: null "is" null, and no column at all is true
    const row = this.#db.prepare(`select * from users where ${conditions} limit 1`).get(...Object.values(attributes))
    if (row === undefined) throw new NotFound('no row was found')
    return row as unknown as OriginalUser
  }

  /** Sets columns of a row. */
  updateUser(id: number, attributes: Partial<OriginalUser>): void {
    for (const [name, value] of Object.entries(attributes)) {
      if (!COLUMNS.includes(name)) throw new InvalidRequest('no such column')
      this.#db.prepare(`update users set ${name} = ? where id = ?`).run(value, id) // naive: any column, id and session_id too
    }
  }

  /** The whole table: what someone sees who gets hold of the file, a backup of it, or a query that leaks. */
  stolen(): readonly OriginalUser[] {
    return this.#db.prepare('select * from users').all() as unknown as readonly OriginalUser[]
  }
}
