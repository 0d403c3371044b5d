/** Databases of the original: whatever stands in them, one command brings the people in, and they log in with the passwords that they have. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { contentsOf } from './support/contents.ts'
import { databases, temporaryFolder } from './support/databases.ts'
import { bytesOf, FLASK_TABLE, ODD_ROWS, OLD_SESSION, OLD_TOKEN, writeFlask } from './support/flask.ts'
import { send } from './support/http.ts'
import { bcryptOf, environmentOf, importInto, runOn } from './support/moving.ts'
import { serveProgram } from './support/program.ts'

const folder = temporaryFolder()
const odd = join(folder, 'a.db')
writeFlask(
  odd,
  ODD_ROWS.map(([, row]) => row),
)

/** The email of a row as people type it, where it is one. */
function emailOf(name: string): string {
  const email = ODD_ROWS.find(([each]) => each === name)?.[1].email
  return Buffer.from(email as string).toString()
}

/** The number of a row. */
function placeOf(name: string): number {
  return ODD_ROWS.findIndex(([each]) => each === name) + 1
}

describe.each(databases)('the original moves in, on $name', ({ fresh }) => {
  const url = fresh()
  const empty = fresh()

  test('a dry run tells what would happen, and changes not a byte', async () => {
    await runOn(empty, ['migrate'])
    const path = empty.startsWith('sqlite:') ? empty.slice('sqlite:'.length) : null
    const before = path === null ? await contentsOf(empty) : readFileSync(path)
    const { report, code } = await importInto(empty, ['flask', odd, '--dry-run'])
    expect([code, report.isDryRun, report.made, report.refused]).toEqual([1, true, 10, 6])
    expect(path === null ? await contentsOf(empty) : readFileSync(path)).toEqual(before)
    if (path !== null) expect(readdirSync(join(path, '..')).filter((name) => name.endsWith('-wal'))).toEqual([])
    const real = await importInto(url, ['flask', odd])
    expect({ ...real.report, isDryRun: true }).toEqual(report)
  })

  test('each row comes in as far as it can, and the others are named with the reason', async () => {
    const { report } = await importInto(fresh(), ['flask', odd])
    expect(report).toMatchObject({
      form: 'flask',
      rows: ODD_ROWS.length,
      made: 10,
      refused: 6,
      repeated: 2,
      setAside: 1,
      unusable: 3,
      withoutPassword: 1,
      schemes: { bcrypt: 5 },
      ignored: ['reset_token', 'session_id'],
    })
    const said = new Map(report.problems.first.map(({ place, is, reason }) => [place, `${is}: ${reason}`]))
    const twice = `same_address: its address stands in ${placeOf('an email twice')} too: what account they get has no password until its owner resets it`
    expect(Object.fromEntries(ODD_ROWS.map(([name]) => [name, said.get(placeOf(name))]))).toEqual({
      bytes: undefined,
      text: undefined,
      'bytes shown as text': undefined,
      'an email twice': undefined,
      'the same in capitals and spaces': twice,
      'and once more': twice,
      'no hash at all': 'no_password: its hash cannot be taken: it is in no form that is known here',
      'no password': undefined,
      'no email': 'refused: there is no email',
      'no address': 'refused: its email is no address that we can take',
      'signs of a terminal': 'refused: its email is no address that we can take',
      'a number': 'refused: its email is no address that we can take',
      'far too long': 'refused: email is longer than 2048 bytes',
      'a hash far too long': 'no_password: its hash cannot be taken: it is longer than any hash',
      'an email as bytes': undefined,
      'bytes that are no text': 'refused: email is not UTF-8',
      'a hash that would cost days': 'no_password: its hash cannot be taken: its cost or its salt is out of bounds',
      capitals: undefined,
    })
  })

  test('people log in with the passwords that they have, their hashes are renewed, and nothing else of the old gets in', async () => {
    const { port } = await serveProgram([], { cwd: folder, env: environmentOf(url) })
    for (const name of ['bytes', 'text', 'bytes shown as text', 'an email as bytes', 'capitals']) {
      const form = { email: emailOf(name), password: `of ${name}` }
      expect([name, (await send(port, 'POST', '/sessions', { form })).status]).toEqual([name, 200])
      expect((await send(port, 'POST', '/sessions', { form: { ...form, password: 'x' } })).status).toBe(401)
    }
    for (const name of ['an email twice', 'the same in capitals and spaces', 'and once more']) {
      const form = { email: emailOf(name), password: `of ${name}` }
      expect([name, (await send(port, 'POST', '/sessions', { form })).status]).toEqual([name, 401])
    }
    expect((await send(port, 'GET', '/profile', { session: OLD_SESSION })).status).toBe(403)
    const reset = { email: 'ann@example.com', reset_token: OLD_TOKEN, new_password: 'mine now' }
    expect((await send(port, 'PUT', '/reset_password', { form: reset })).status).toBe(403)
    const { passwords = [], sessions = [] } = await contentsOf(url)
    const hashes = (passwords as { hash: string }[]).map(({ hash }) => hash.slice(0, 7))
    expect(hashes).toEqual(Array.from({ length: 5 }, () => '$2b$12$'))
    expect(sessions).toHaveLength(5)
    expect(JSON.stringify(await contentsOf(url))).not.toContain(OLD_SESSION)
  }, 120_000)

  test('running it again changes nothing', async () => {
    const before = await contentsOf(url)
    const { report } = await importInto(url, ['flask', odd])
    expect(report).toMatchObject({ made: 0, alreadyThere: 10, repeated: 2, refused: 6 })
    expect(await contentsOf(url)).toEqual(before)
  })
})

describe('files of the original', () => {
  const [sqlite] = databases
  const target = (): string => sqlite?.fresh() ?? ''

  /** Makes a file by hand. */
  function made(name: string, statements: string): string {
    const path = join(folder, name)
    const file = new DatabaseSync(path)
    file.exec(statements)
    file.close()
    return path
  }

  test.each([
    ['a table of an early step', 'create table users (id integer primary key, email text)', 1],
    ['columns without types', 'create table users (id, email, hashed_password)', 1],
    ['an id that is text', 'create table users (id text primary key, email text, hashed_password blob)', 1],
    ['capitals', 'create table Users (id integer primary key, email text, hashed_password text)', 1],
    ['an empty table', FLASK_TABLE, 0],
  ])('%s comes in', async (name, table, rows) => {
    const insert = rows === 0 ? '' : `insert into users (email) values ('ann@example.com')`
    const path = made(`${name}.db`, `${table}; ${insert}`)
    const { report, code } = await importInto(target(), ['flask', path])
    expect([code, report.rows, report.made]).toEqual([0, rows, rows])
  })

  test.each([
    ['no table users', 'create table people (id integer primary key, email text)', 'has no table users'],
    ['a view', `create view users as select 1 as id, 'ann@example.com' as email`, 'is no plain table'],
    ['a virtual table', 'create virtual table users using fts5(email)', 'is no plain table'],
    ['no column email', 'create table users (id integer primary key, mail text)', 'has no column email'],
    ['hidden numbers', 'create table users (id, email, rowid, _rowid_, oid)', 'hides the numbers of its rows'],
    [
      'a database of ours',
      'create table users (email text); create table kysely_migration (name text)',
      'bienvenue db copy',
    ],
  ])('%s is refused, and nothing is made', async (name, statements, words) => {
    const url = target()
    const { code, err } = await runOn(url, ['import', 'flask', made(`no ${name}.db`, statements)])
    expect([code, err]).toEqual([1, expect.stringContaining(words) as string])
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  test('what is no database, or not there, is said in a line', async () => {
    const text = join(folder, 'text.db')
    writeFileSync(text, 'SQLite format 4: not really')
    for (const [path, words] of [
      [text, 'is no database of SQLite'],
      [join(folder, 'nowhere.db'), 'cannot be read (ENOENT)'],
      [folder, 'cannot be read (EISDIR)'],
    ] as const) {
      const { code, err } = await runOn(target(), ['import', 'flask', path])
      expect([code, err]).toEqual([1, expect.stringContaining(words) as string])
    }
  })

  test('a damaged file is said to be, without what stands in it', async () => {
    const path = join(folder, 'damaged.db')
    writeFlask(
      path,
      Array.from({ length: 500 }, (_, index) => ({ email: `p${String(index)}@example.com` })),
    )
    const bytes = readFileSync(path)
    bytes.fill(0xff, 4096, 12_288)
    writeFileSync(path, bytes)
    const { code, err } = await runOn(target(), ['import', 'flask', path])
    expect([code, err]).toEqual([1, expect.stringContaining('is damaged') as string])
  })

  test('triggers, generated columns and functions of a file do not run', async () => {
    const path = made(
      'hostile.db',
      `create table users (id integer primary key, email text, hashed_password text, loud text generated always as (printf('%.*c', 500000000, 'x')));
       insert into users (email) values ('ann@example.com')`,
    )
    const { report, code } = await importInto(target(), ['flask', path])
    expect([code, report.made, report.ignored]).toEqual([0, 1, []])
  })

  test('what the running original has only in its log is read, and a file at rest gets no other files beside it', async () => {
    const path = join(temporaryFolder(), 'a.db')
    const running = new DatabaseSync(path)
    running.exec(`pragma journal_mode = wal; pragma wal_autocheckpoint = 0; ${FLASK_TABLE}`)
    running
      .prepare('insert into users (email, hashed_password) values (?, ?)')
      .run('ann@example.com', bytesOf(bcryptOf('x')))
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0)
    const first = await importInto(target(), ['flask', path])
    expect(first.report).toMatchObject({ rows: 1, made: 1 })
    running.close()
    expect(readdirSync(join(path, '..'))).toEqual(['a.db'])
    const before = readFileSync(path)
    expect((await importInto(target(), ['flask', path])).report.made).toBe(1)
    expect(readdirSync(join(path, '..'))).toEqual(['a.db'])
    expect(readFileSync(path)).toEqual(before)
  })

  test('the report for people names no address, and obeys no sign', async () => {
    const { out, err, code } = await runOn(target(), ['import', 'flask', odd])
    expect(code).toBe(1)
    expect(err).toMatch(/rows that were refused: 6; the report names them\n$/)
    expect(out).toContain('10  accounts made')
    expect(out).toContain(`row ${String(placeOf('no email'))}: refused: there is no email`)
    expect(`${out}${err}`).not.toContain('example.com')
    expect(out).not.toContain('\u001b')
  })
})
