/** Sources that were made to do harm, or that somebody writes to: one row ends no import, no column of theirs runs, and no password is said. */
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { openSqliteTable } from '../src/db/dialects/sqlite-foreign.ts'
import { Lookup } from '../src/db/dialects/sqlite-lookup.ts'
import { openAuth0 } from '../src/moving/auth0.ts'
import { Csv } from '../src/moving/csv.ts'
import { DjangoDump } from '../src/moving/django-dump.ts'
import { Input } from '../src/moving/input.ts'
import type { ImportRecord, ImportSource } from '../src/moving/record.ts'
import { SchemaReader } from '../src/moving/schema.ts'
import { databases, temporaryFolder } from './support/databases.ts'
import { environmentOf, importInto, jsonLines } from './support/moving.ts'
import { runProgram } from './support/program.ts'

const folder = temporaryFolder()
const USERS = { name: 'users', like: null }
let files = 0

/** Makes a database by hand. */
function made(statements: string): string {
  const path = join(folder, `${String(++files)}.db`)
  const file = new DatabaseSync(path)
  file.exec(statements)
  file.close()
  return path
}

/** Opens a file with this text. */
async function inputOf(text: string): Promise<Input> {
  const path = join(folder, `${String(++files)}.txt`)
  writeFileSync(path, text)
  return Input.open(path)
}

/** The records of a source, and for the rows that are none, why. */
async function rowsOf(source: ImportSource): Promise<readonly (ImportRecord | string)[]> {
  const rows: (ImportRecord | string)[] = []
  for await (const row of source.rows()) rows.push('record' in row ? row.record : row.refused)
  await source.close()
  return rows
}

describe('a file of SQLite', () => {
  const target = (): string => databases[0]?.fresh() ?? ''
  const five = (value: string): string =>
    `with recursive n (i) as (select 1 union all select i + 1 from n where i < 500) select ${value} from n`

  test('that is in use is read as it is, also right after its log was written back', () => {
    const path = made('create table users (id integer primary key, email text, hashed_password text)')
    const running = new DatabaseSync(path)
    running.exec("pragma journal_mode = wal; insert into users (email) values ('ann@example.com')")
    running.exec('pragma wal_checkpoint(truncate)')
    expect([statSync(`${path}-wal`).size, existsSync(`${path}-shm`)]).toEqual([0, true])
    const table = openSqliteTable(path, USERS)
    running.exec("insert into users (email) values ('bob@example.com')")
    const emails = [...(table.rows(['email']) as Iterable<{ values: { email?: unknown } }>)].map((row) => row.values)
    expect(emails).toEqual([{ email: 'ann@example.com' }, { email: 'bob@example.com' }])
    running.close()
  })

  test('that somebody opens while it is read as one at rest is not read on', () => {
    const path = made('pragma journal_mode = wal; create table users (email text)')
    const table = openSqliteTable(path, USERS)
    const running = new DatabaseSync(path)
    running.exec("insert into users (email) values ('ann@example.com')")
    expect(() => [...(table.rows(['email']) as Iterable<unknown>)]).toThrow('a program has opened it meanwhile')
    running.close()
  })

  test.each([
    ['that costs memory', 'length(hex(zeroblob(300000000)))'],
    ['that is the same for all', '7'],
  ])('whose column rowid is generated, %s, is read by another name, and nobody is lost', async (_, generated) => {
    const path = made(
      `create table users (id integer primary key, email text, rowid integer generated always as (${generated}) virtual);
       insert into users (email) ${five("'p' || i || '@example.com'")}`,
    )
    expect((await importInto(target(), ['flask', path])).report).toMatchObject({ rows: 500, made: 500 })
  })

  test('of which fewer rows can be read than it has is refused, unless somebody writes to it meanwhile', () => {
    const statements = `create table users (id integer primary key, email text); insert into users (email) ${five("'x'")}`
    const path = made(statements)
    const lost = openSqliteTable(path, USERS)
    const rows = lost.rows(['email']) as Generator
    rows.next()
    const other = new DatabaseSync(path)
    other.exec('delete from users where id > 250; begin')
    expect([...rows].length).toBeGreaterThan(0)
    other.close()
    const least = made(`${statements}; insert into users (id, email) values (-9223372036854775808, 'before the first')`)
    const reading = openSqliteTable(least, USERS)
    expect(() => [...(reading.rows(['email']) as Iterable<unknown>)]).toThrow('500 of 501 rows could be read')
  })

  test('with a number of 64 bits where a hash belongs costs its owner a reset, and nobody else anything', async () => {
    const path = made(
      `create table users (id integer primary key, email text, hashed_password);
       insert into users (email, hashed_password) values ('ann@example.com', 9223372036854775807), ('bob@example.com', null)`,
    )
    expect((await importInto(target(), ['flask', path])).report).toMatchObject({ made: 2, unusable: 1, refused: 0 })
  })
})

describe('an address in the environment', () => {
  test.each([
    ['mysql://u:hunter2@h/db', 2, 'SOURCE: no kind of database that is read'],
    [' postgres://u:hunter2@h/db', 2, 'SOURCE: no kind of database that is read'],
    ['jdbc:mysql://h/db?password=hunter2', 2, 'SOURCE: no kind of database that is read'],
    ['Server=h;Password=hunter2', 1, 'env:S cannot be read (ENOENT)'],
    ['u:hunter2@h/db', 1, 'env:S cannot be read (ENOENT)'],
  ])('that is none of PostgreSQL is never repeated: %s', async (address, expected, words) => {
    for (const form of ['django', 'better-auth', 'supabase']) {
      const env = { ...environmentOf('sqlite:/nowhere/x.db'), S: address }
      const { code, out, err } = await runProgram(['import', form, 'env:S'], { cwd: folder, env })
      expect([code, out]).toEqual([expected, ''])
      expect(err).toContain(words)
      expect(err).not.toContain('hunter2')
    }
  })
})

describe('a row of Auth0', () => {
  const line = (more: object): string => jsonLines({ _id: { $oid: 'a1' }, passwordHash: 'a hash', ...more })
  const rowsOfAuth0 = async (users: string, hashes: string): Promise<readonly (ImportRecord | string)[]> =>
    rowsOf(await openAuth0({ users: await inputOf(users), hashes: await inputOf(hashes), kept: new Lookup() }))

  test('whose connection is no text ends nothing, and gets nobody’s password', async () => {
    const identity = { provider: 'auth0', user_id: 'a1' }
    const users = jsonLines(
      { email: 'a@example.com', identities: [{ ...identity, connection: { toString: 1, valueOf: 1 } }] },
      { email: 'b@example.com', identities: [identity] },
      { email: 'c@example.com', user_id: 'auth0|a1' },
    )
    expect(await rowsOfAuth0(users, line({}))).toMatchObject([
      'connection is no text',
      { hash: null },
      { hash: 'a hash' },
    ])
  })

  test.each([
    [{ $date: { $numberLong: '1714979289123' } }, new Date('2024-05-06T07:08:09.123Z')],
    [{ $date: { $numberLong: {} } }, null],
    [{ $date: 'yesterday' }, null],
  ])('keeps its password, whatever stands where its date belongs: %j', async (date, setAt) => {
    const user = jsonLines({ email: 'a@example.com', user_id: 'auth0|a1' })
    expect(await rowsOfAuth0(user, line({ password_set_date: date }))).toMatchObject([
      { hash: 'a hash', passwordSetAt: setAt },
    ])
  })
})

test('names of fields of a dump of Django are kept a hundred at the most', async () => {
  const rows = Array.from({ length: 500 }, (_, index) => ({
    model: 'auth.user',
    pk: index,
    fields: { email: `p${String(index)}@example.com`, [`field ${String(index)}`]: 1 },
  }))
  const dump = new DjangoDump(await inputOf(jsonLines(...rows)), 'auth_user')
  expect(await rowsOf(dump)).toHaveLength(500)
  expect(dump.ignored.size).toBe(100)
})

test('a quote before a sign is taken away only where our own export put it', async () => {
  const emailsOf = async (text: string): Promise<readonly unknown[]> => {
    const reader = (): SchemaReader => new SchemaReader({ columns: new Map(), epoch: null })
    const rows = await rowsOf(new Csv(await inputOf(text), reader))
    return rows.map((row) => (typeof row === 'string' ? row : row.email))
  }
  const own =
    'id,email,email_verified_at,password_hash,password_set_at,created_at,disabled_at,admin_at,delete_at,language'
  expect(await emailsOf("id,email\n1,'-bob@example.com\n")).toEqual(["'-bob@example.com"])
  expect(await emailsOf(`${own}\r\n1,'-bob@example.com,,,,,,,,\r\n`)).toEqual(['-bob@example.com'])
})
