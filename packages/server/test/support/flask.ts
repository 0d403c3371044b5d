/** Databases of the original, as its Flask application leaves them: made here, with every oddity that such a file is known to have. */
import { DatabaseSync } from 'node:sqlite'
import { bcryptOf } from './moving.ts'

/** A row of its table `users`. What is left out is NULL. */
export interface FlaskRow {
  readonly email?: string | number | Uint8Array
  readonly hashed_password?: string | Uint8Array
  readonly session_id?: string
  readonly reset_token?: string
}

/** The table as the original makes it, but for `NOT NULL`, which some left out. */
export const FLASK_TABLE = `create table users (id integer not null, email varchar(250), hashed_password varchar(250),
  session_id varchar(250), reset_token varchar(250), primary key (id))`

/** A session id and a reset token of the original: both in the clear, and both good there for ever. */
export const OLD_SESSION = '5a006849-343e-4a48-ba4e-bbd523fcca58'
export const OLD_TOKEN = 'c5a8a6a3-3b60-4d1e-9b3b-7d27f0a6b5f1'

/** Writes such a database. */
export function writeFlask(path: string, rows: readonly FlaskRow[], table = FLASK_TABLE): void {
  const file = new DatabaseSync(path)
  file.exec(table)
  for (const row of rows) {
    const names = Object.keys(row)
    const text = `insert into users (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`
    file.prepare(text).run(...(Object.values(row) as string[]))
  }
  file.close()
}

/** A hash as bytes, which is what the original stores. */
export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text)
}

/** Everything odd that is known of such files, a row each; who can log in has the password `of <name>`. */
export const ODD_ROWS: readonly (readonly [name: string, row: FlaskRow])[] = [
  [
    'bytes',
    {
      email: 'ann@example.com',
      hashed_password: bytesOf(bcryptOf('of bytes')),
      session_id: OLD_SESSION,
      reset_token: OLD_TOKEN,
    },
  ],
  ['text', { email: 'bob@example.com', hashed_password: bcryptOf('of text') }],
  ['bytes shown as text', { email: 'carol@example.com', hashed_password: `b'${bcryptOf('of bytes shown as text')}'` }],
  ['an email twice', { email: 'dave@example.com', hashed_password: bytesOf(bcryptOf('of an email twice')) }],
  [
    'the same in capitals and spaces',
    { email: ' Dave@EXAMPLE.com\t', hashed_password: bytesOf(bcryptOf('of the same in capitals and spaces')) },
  ],
  ['and once more', { email: 'DAVE@example.com', hashed_password: bytesOf(bcryptOf('of and once more')) }],
  ['no hash at all', { email: 'erin@example.com', hashed_password: 'PwdHashed' }],
  ['no password', { email: 'frank@example.com' }],
  ['no email', { hashed_password: bcryptOf('of no email') }],
  ['no address', { email: 'bob', hashed_password: bcryptOf('of no address') }],
  ['signs of a terminal', { email: '\u001b[31mred@example.com', hashed_password: 'x' }],
  ['a number', { email: 42, hashed_password: 'x' }],
  ['far too long', { email: `${'x'.repeat(3_000_000)}@example.com`, hashed_password: 'x' }],
  ['a hash far too long', { email: 'gina@example.com', hashed_password: 'x'.repeat(3_000_000) }],
  [
    'an email as bytes',
    { email: bytesOf('henry@example.com'), hashed_password: bytesOf(bcryptOf('of an email as bytes')) },
  ],
  ['bytes that are no text', { email: Uint8Array.of(0xff, 0xfe), hashed_password: 'x' }],
  ['a hash that would cost days', { email: 'ivy@example.com', hashed_password: bcryptOf('x').replace('$10$', '$31$') }],
  ['capitals', { email: 'Judy@Example.com', hashed_password: bytesOf(bcryptOf('of capitals')) }],
]
