/** Django's databases and dumps: people log in with the passwords that they have, and who cannot come in is named. */
import { pbkdf2Sync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { openPostgresTable } from '../src/db/dialects/postgres-foreign.ts'
import { openEngine } from '../src/db/open.ts'
import { contentsOf } from './support/contents.ts'
import { databases, SECRET, temporaryFolder } from './support/databases.ts'
import { send } from './support/http.ts'
import { environmentOf, importInto, jsonLines, runOn } from './support/moving.ts'
import type { Imported } from './support/moving.ts'
import { runProgram, serveProgram } from './support/program.ts'
import type { Ended } from './support/program.ts'

const folder = temporaryFolder()
const JOINED = '2023-04-05 06:07:08.910111'
const HASH = `pbkdf2_sha256$260000$saltsaltsaltsalt$${pbkdf2Sync('of django', 'saltsaltsaltsalt', 260_000, 32, 'sha256').toString('base64')}`

/** People as a project of Django has them: with a password, without one, without an email, disabled, and an admin. */
const PEOPLE = [
  { id: 3, username: 'ann', email: 'Ann@example.com', password: HASH, is_active: true, is_superuser: true },
  {
    id: 5,
    username: 'bob',
    email: 'bob@example.com',
    password: '!9W3dDhAQ0eLdWQpwq1pQyOeVfEbVAmzYFM5mE5k3',
    is_active: true,
    is_superuser: false,
  },
  { id: 6, username: 'carol', email: '', password: HASH, is_active: true, is_superuser: false },
  { id: 8, username: 'dave', email: 'dave@example.com', password: HASH, is_active: false, is_superuser: false },
]
const REPORT = {
  form: 'django',
  rows: 4,
  made: 3,
  refused: 1,
  withoutPassword: 1,
  unusable: 0,
  ignored: ['is_superuser', 'username'],
}

/** Makes a table of people, in words that both kinds of database take. */
function tableOf(name: string): string {
  const rows = PEOPLE.map(
    ({ id, username, email, password, is_active: active, is_superuser: above }) =>
      `(${String(id)}, '${password}', ${String(above)}, '${username}', '${email}', ${String(active)}, '${JOINED}')`,
  )
  return `create table "${name}" (id integer primary key, password varchar(128) not null, is_superuser boolean not null,
    username varchar(150) not null unique, email varchar(254) not null, is_active boolean not null, date_joined timestamp not null);
    insert into "${name}" values ${rows.join(', ')}`
}

/** What came of them. */
async function expectPeople(url: string, { code, report }: Imported): Promise<void> {
  expect([code, report]).toMatchObject([1, REPORT])
  expect(report.problems.first.map(({ reason }) => reason)).toEqual([
    'there is no email: here everybody has one, and a user name alone is not enough',
  ])
  const { users = [] } = await contentsOf(url)
  expect(
    (users as Record<string, unknown>[]).sort((one, other) => Number(one['id']) - Number(other['id'])),
  ).toMatchObject([
    { email: 'Ann@example.com', admin_at: null, disabled_at: null, created_at: Date.parse('2023-04-05T06:07:08.910Z') },
    { email: 'bob@example.com', disabled_at: null },
    { email: 'dave@example.com', disabled_at: expect.any(Number) as number },
  ])
}

describe('Django moves in', () => {
  const [sqlite, postgres] = databases
  const file = join(folder, 'db.sqlite3')
  const source = postgres?.fresh() ?? ''
  const target = (): string => sqlite?.fresh() ?? ''

  beforeAll(async () => {
    const made = new DatabaseSync(file)
    made.exec(`${tableOf('auth_user')}; ${tableOf('accounts_user')}; create view people as select * from auth_user`)
    made.close()
    const { engine } = await openEngine(source, { secrets: [SECRET] })
    await sql.raw(`${tableOf('auth_user')}; create schema site`).execute(engine.kysely)
    await sql.raw(tableOf('odd name').replaceAll('"odd name"', 'site."odd ""name"')).execute(engine.kysely)
    await engine.close()
  })

  test('from its SQLite file, and its people log in', async () => {
    const url = target()
    await expectPeople(url, await importInto(url, ['django', file, '--verified', 'all']))
    const { port } = await serveProgram([], { cwd: folder, env: environmentOf(url) })
    const login = async (email: string, password = 'of django') =>
      (await send(port, 'POST', '/sessions', { form: { email, password } })).status
    expect(await login('ann@example.com')).toBe(200)
    expect(await login('ann@example.com', HASH)).toBe(401)
    expect([await login('bob@example.com'), await login('dave@example.com')]).toEqual([401, 401])
    const { passwords = [] } = await contentsOf(url)
    expect((passwords as { hash: string }[]).map(({ hash }) => hash.slice(0, 4)).sort()).toEqual(['$2b$', '$pbk'])
  }, 120_000)

  test('from a user model of its own', async () => {
    const url = target()
    await expectPeople(url, await importInto(url, ['django', file, '--table', 'accounts_user']))
    for (const [table, words] of [
      ['people', 'is no plain table'],
      ['auth_user"; drop table auth_user; --', 'has no table'],
    ] as const) {
      const { code, err } = await runOn(target(), ['import', 'django', file, '--table', table])
      expect([code, err]).toEqual([1, expect.stringContaining(words) as string])
    }
  })

  /** Runs the command with the address of PostgreSQL in the environment. */
  async function fromPostgres(url: string, address: string, ...args: readonly string[]): Promise<Ended> {
    const env = { ...environmentOf(url), SOURCE: address }
    return runProgram(['import', 'django', 'env:SOURCE', ...args, '--json'], { cwd: folder, env })
  }

  test('from its PostgreSQL, in any schema', async () => {
    for (const args of [[], ['--table', 'site.odd "name']]) {
      const url = target()
      const ended = await fromPostgres(url, source, ...args)
      await expectPeople(url, { ...ended, report: JSON.parse(ended.out) as Imported['report'] })
    }
    for (const table of ['nobody', "auth_user'; drop table auth_user; --"]) {
      const { code, err } = await fromPostgres(target(), source, '--table', table)
      expect([code, err]).toEqual([1, expect.stringContaining('the database has no table') as string])
    }
  })

  test('PostgreSQL that cannot be reached is said to be the source', async () => {
    const { code, err } = await fromPostgres(target(), 'postgres://nobody:secret@127.0.0.1:1/site')
    expect([code, err]).toEqual([1, 'bienvenue: the source: the database cannot be reached: nothing listens there\n'])
  })

  test('from its PostgreSQL, however long is between two pages and whatever its role allows', async () => {
    const url = postgres?.fresh() ?? ''
    const { engine } = await openEngine(url, { secrets: [SECRET] })
    for (const statement of [
      'create table auth_user (id integer primary key)',
      'insert into auth_user select generate_series(1, 1001)',
      `do $$ begin execute format('alter database %I set idle_in_transaction_session_timeout = 200', current_database()); end $$`,
    ])
      await sql.raw(statement).execute(engine.kysely)
    await engine.close()
    const table = await openPostgresTable(url, { name: 'auth_user', like: null })
    let rows = 0
    for await (const { place } of table.rows(['id'])) {
      rows = place
      if (rows === 1) await new Promise((resolve) => setTimeout(resolve, 700))
    }
    await table.close()
    expect(rows).toBe(1001)
  })

  test('from a dump, of whichever models', async () => {
    const dump = PEOPLE.map(({ id, ...fields }) => ({
      model: 'auth.user',
      pk: id,
      fields: { ...fields, date_joined: `${JOINED.replace(' ', 'T').slice(0, -3)}Z` },
    }))
    const lines = jsonLines({ model: 'auth.group', pk: 1, fields: { name: 'staff' } }, ...dump)
    const url = target()
    await expectPeople(url, await importInto(url, ['django', '-'], lines))
    const list = join(folder, 'dump.json')
    writeFileSync(list, JSON.stringify(dump))
    const { code, err } = await runOn(target(), ['import', 'django', list])
    expect([code, err]).toEqual([1, expect.stringContaining('dumpdata --format jsonl') as string])
  })
})
