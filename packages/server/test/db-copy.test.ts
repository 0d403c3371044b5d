/** Moving house by `bienvenue db copy`: everything goes along, and nobody notices. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { isPostgres } from '../src/database-address.ts'
import { copyAll } from '../src/db/copy.ts'
import { DB } from '../src/db/db.ts'
import { openSource, openTarget } from '../src/db/house-ends.ts'
import type { Draft } from '../src/db/house.ts'
import { openEngine } from '../src/db/open.ts'
import { TABLES } from '../src/db/tables.ts'
import { databases, SECRET, temporaryFolder } from './support/databases.ts'
import { everythingIn, expectHome, fillHouse, HOUSE_SECRET } from './support/house.ts'
import { sessionOf } from './support/http.ts'
import { PROGRAM, runProgram, serveProgram } from './support/program.ts'
import type { Ended } from './support/program.ts'
import { startTestService } from './support/service.ts'

const folder = temporaryFolder()
const [sqlite, postgres] = databases as [(typeof databases)[0], (typeof databases)[0]]
const LONG = { timeout: 90_000 } // several programs, one after the other
const HAL = { email: 'hal@example.com', password: 'mySuperPwd' }

/** The path of a file of SQLite. */
const pathOf = (url: string): string => url.replace('sqlite:', '')

/** Copies by the command; the addresses come by the environment, for one holds the name of a user. */
async function copy(
  from: string,
  to: string,
  env: Readonly<Record<string, string>> = { BIENVENUE_SECRET: SECRET },
): Promise<Ended> {
  return runProgram(['db', 'copy', '--from', 'env:OLD', '--to', 'env:NEW', '--json'], {
    cwd: folder,
    env: { ...env, OLD: from, NEW: to },
  })
}

/** Writes to a file, as a service does, and waits to be killed. */
const WRITES = `
  const file = new (require('node:sqlite').DatabaseSync)(process.argv[1])
  file.exec("pragma journal_mode = wal; insert into limits values ('x', 1, 1)")
  process.stdout.write('written')
  setInterval(() => file, 1000)`

/** What a copy reports. */
interface Report {
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly sha256: string }[]
  readonly next: readonly string[]
  readonly warnings: readonly string[]
}
const reportOf = ({ out }: Ended): Report => JSON.parse(out) as Report

/** A database with one person in it, logged in at a service with this secret, or with one of its own. Resolves to the session. */
async function withHal(url: string, secret: string | null = SECRET): Promise<string> {
  const service = await startTestService(url, secret === null ? {} : { service: { secret } }, { now: () => new Date() })
  await service.send('POST', '/users', { form: HAL })
  const session = sessionOf(await service.send('POST', '/sessions', { form: HAL })) ?? ''
  await service.close()
  return session
}

describe('what is copied', () => {
  test.each(databases)(
    'is every table of a migrated database, each column, by its key: on $name',
    async ({ fresh }) => {
      const url = fresh()
      await (await DB.open(url, { secrets: [SECRET] })).close()
      const { engine } = await openEngine(url, { secrets: [SECRET] })
      const there = await engine.kysely.introspection.getTables()
      const keys = isPostgres(url)
        ? sql<{ name: string; key: string }>`select relname as name, string_agg(attname, ' ' order by attname) as key
          from pg_index join pg_class c on c.oid = indrelid join pg_attribute a on attrelid = indrelid and attnum = any (indkey)
          where indisprimary and relnamespace = current_schema()::regnamespace group by relname`
        : sql<{ name: string; key: string }>`select m.name, group_concat(c.name, ' ' order by c.name) as key
          from sqlite_schema m, pragma_table_info(m.name) c where m.type = 'table' and c.pk > 0 group by m.name`
      const keyOf = new Map((await keys.execute(engine.kysely)).rows.map(({ name, key }) => [name, key]))
      await engine.close()
      const kind = (type: string) => (/^text$/i.test(type) ? 'text' : 'number')
      const columnsOf = (columns: readonly { name: string; dataType: string }[]) =>
        columns.map(({ name, dataType }) => `${name} ${kind(dataType)}`).toSorted()
      expect(there.map(({ name, columns }) => [name, keyOf.get(name), columnsOf(columns)]).toSorted()).toEqual(
        TABLES.map(({ name, key, columns, holds }) => [
          name,
          key.toSorted().join(' '),
          columns.map((column, index) => `${column} ${holds[index] ?? ''}`).toSorted(),
        ]).toSorted(),
      )
    },
  )
})

describe.each([
  ['SQLite to PostgreSQL and back', [sqlite, postgres, sqlite]],
  ['PostgreSQL to PostgreSQL', [postgres, postgres]],
  ['SQLite to SQLite', [sqlite, sqlite]],
] as const)('moving house from %s', (_, kinds) => {
  test('takes everything along, and people go on as if nothing had happened', LONG, async () => {
    const [first = '', ...others] = kinds.map((kind) => kind.fresh())
    const held = await fillHouse(first)
    const before = await everythingIn(first)
    for (const [name, rows] of Object.entries(before)) expect([name, rows.length > 0]).toEqual([name, true])
    let from = first
    const sums: unknown[] = []
    for (const to of others) {
      const done = await copy(from, to, { BIENVENUE_SECRET: HOUSE_SECRET })
      expect(done).toMatchObject({ code: 0, err: '' })
      sums.push(reportOf(done).tables)
      expect(await everythingIn(to)).toEqual(before)
      from = to
    }
    expect(sums.every((sum) => JSON.stringify(sum) === JSON.stringify(sums[0]))).toBe(true)
    expect(await everythingIn(first)).toEqual(before)
    await expectHome(from, held)
  })
})

describe('the secret', () => {
  test('of a file comes along to the file beside the other, readable by its owner alone', async () => {
    const [from, to] = [sqlite.fresh(), sqlite.fresh()]
    const session = await withHal(from, null)
    const done = await copy(from, to, {})
    expect(done).toMatchObject({ code: 0, err: '' })
    for (const end of ['', '.secret']) expect(statSync(`${pathOf(to)}${end}`).mode & 0o777).toBe(0o600)
    expect(readFileSync(`${pathOf(to)}.secret`, 'utf8')).toBe(readFileSync(`${pathOf(from)}.secret`, 'utf8'))
    const service = await startTestService(to, {}, { now: () => new Date() })
    expect((await service.send('GET', '/profile', { session })).status).toBe(200)
    await service.close()
  })

  test('of a file that goes to PostgreSQL is named by its file, and never said', async () => {
    const [from, to] = [sqlite.fresh(), postgres.fresh()]
    const session = await withHal(from, null)
    const { code, out, err } = await copy(from, to, {})
    const secretFile = `${pathOf(from)}.secret`
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain(`BIENVENUE_SECRET_FILE=${secretFile}`)
    expect(out).not.toContain(readFileSync(secretFile, 'utf8').trim())
    const { port } = await serveProgram([], {
      cwd: folder,
      env: { DATABASE_URL: to, BIENVENUE_SECRET_FILE: secretFile },
    })
    const answer = await fetch(`http://127.0.0.1:${String(port)}/profile`, {
      headers: { cookie: `session_id=${session}` },
    })
    expect(answer.status).toBe(200)
  })

  test('that is another stops the copy, and one of several that is gone is a warning', async () => {
    const [from, to] = [sqlite.fresh(), sqlite.fresh()]
    await withHal(from)
    const other = await copy(from, to, { BIENVENUE_SECRET: 'y'.repeat(32) })
    expect(other.code).toBe(1)
    expect(other.err).toContain('the secret of this database was not given')
    expect(readdirSync(dirname(pathOf(to)))).toEqual([])
    await withHal(from, 'y'.repeat(32))
    const done = await copy(from, to)
    expect(done.code).toBe(0)
    expect(done.err).toMatch(/warning: the secret of the key [0-9a-f]{12} was not given, .*sessions 1/)
    expect(reportOf(done).next.join(' ')).toContain('needs the same BIENVENUE_SECRET')
  })

  test.runIf(process.getuid?.() === 0)(
    'that root copies belongs, as the copy does, to whom its folder does',
    async () => {
      const from = sqlite.fresh()
      await withHal(from, null)
      const home = temporaryFolder()
      chownSync(home, 1234, 2345)
      const to = join(home, 'copy.db')
      expect((await copy(from, `sqlite:${to}`, {})).code).toBe(0)
      for (const path of [to, `${to}.secret`]) {
        const { uid, gid, mode } = statSync(path)
        expect([uid, gid, mode & 0o777]).toEqual([1234, 2345, 0o600])
      }
    },
  )

  test('is never put in the place of another one', async () => {
    const [from, to] = [sqlite.fresh(), sqlite.fresh()]
    await withHal(from, null)
    writeFileSync(`${pathOf(to)}.secret`, 'z'.repeat(43))
    expect(await copy(from, to, {})).toMatchObject({
      code: 1,
      err: expect.stringContaining('holds another secret') as string,
    })
    expect(readdirSync(dirname(pathOf(to)))).toHaveLength(1)
  })
})

describe.each(databases)('a copy to $name is refused', ({ name, fresh }) => {
  test('where something is there already, which is named', async () => {
    const [from, to] = [sqlite.fresh(), fresh()]
    await withHal(from)
    await withHal(to)
    const before = await everythingIn(to)
    const { code, err } = await copy(from, to)
    expect(code).toBe(1)
    expect(err).toContain('users (1)')
    expect(err).toContain('sessions (1)')
    expect(await everythingIn(to)).toEqual(before)
  })

  test.each([
    [
      'the sign NUL',
      "update sessions set device = 'a' || char(0) || 'b'",
      /sessions with id "[^"]+" .* device holds the sign NUL/,
    ],
    [
      'bytes that are not UTF-8',
      "update sessions set device = cast(x'61edA080' as text)",
      /sessions with id .* device is no text in UTF-8/,
    ],
    ['bytes in the place of text', "update sessions set device = x'61'", /device is no text/],
    [
      'text in the place of a number',
      "update users set created_at = 'soon'",
      /users with id 1 .* created_at is no whole number/,
    ],
  ])('for a row with %s, which is named but not shown, and leaves nothing', async (_, change, words) => {
    const [from, to] = [sqlite.fresh(), fresh()]
    await withHal(from)
    const file = new DatabaseSync(pathOf(from))
    file.exec(change)
    file.close()
    const { code, err } = await copy(from, to)
    expect([code, err]).toEqual([1, expect.stringMatching(words)])
    if (name === 'SQLite') expect(readdirSync(dirname(pathOf(to)))).toEqual([])
    else expect(Object.values(await everythingIn(to)).flat()).toEqual([])
  })

  test('for a row that belongs to nobody, and leaves nothing', async () => {
    const [from, to] = [sqlite.fresh(), fresh()]
    await withHal(from)
    const file = new DatabaseSync(pathOf(from), { enableForeignKeyConstraints: false })
    file.exec('update sessions set user_id = 7')
    file.close()
    expect(await copy(from, to)).toMatchObject({
      code: 1,
      err: expect.stringContaining('a person who is not there') as string,
    })
    if (name === 'PostgreSQL') expect(Object.values(await everythingIn(to)).flat()).toEqual([])
  })
})

describe('a copy', () => {
  test.each([
    [['db', 'copy'], 'required option'],
    [['db', 'copy', '--to', 'postgres://me:pwd@127.0.0.1/x'], '--to: holds a password'],
    [['db', 'copy', '--to', 'postgres://me@127.0.0.1/x?password=pwd'], '--to: holds a password'],
    [['db', 'copy', '--to', 'postgres://me@127.0.0.1/x?strange=yes'], 'knows no parameter "strange"'],
    [['db', 'copy', '--to', 'env:NOTHING'], '--to: there is no NOTHING in the environment'],
    [['db', 'copy', '--to', 'mysql:x'], '--to: must be sqlite:PATH'],
    [['db', 'copy', '--to', 'sqlite::memory:'], '--to: a database in memory'],
    [['db', 'copy', '--to', 'sqlite:hal.db', '--from', 'sqlite:hal.db'], 'are the same database'],
  ])('by %j means nothing: exit 2', async (args, hint) => {
    if (!existsSync(join(folder, 'hal.db'))) await withHal(`sqlite:${join(folder, 'hal.db')}`)
    const { code, err } = await runProgram(args, {
      cwd: folder,
      env: { DATABASE_URL: 'sqlite:hal.db', BIENVENUE_SECRET: SECRET },
    })
    expect([code, err]).toEqual([2, expect.stringContaining(hint)])
  })

  test('with the secret beside the file says the same of the place that it cannot go to', async () => {
    const cwd = temporaryFolder()
    const env = { DATABASE_URL: 'sqlite:own.db' }
    expect((await runProgram(['migrate'], { cwd, env })).code).toBe(0)
    const { code, err } = await runProgram(['db', 'copy', '--to', 'sqlite:'], { cwd, env })
    expect([code, err]).toEqual([2, expect.stringMatching(/^bienvenue: --to: must be sqlite:PATH/)])
  })

  test('of an older release, of something else or of nothing is refused', async () => {
    const from = sqlite.fresh()
    expect((await copy(from, sqlite.fresh())).err).toContain('there is no database')
    const file = new DatabaseSync(pathOf(from))
    file.exec('create table users (id integer primary key)')
    file.close()
    expect((await copy(from, sqlite.fresh())).err).toContain('nothing of this service is in the database')
    const older = sqlite.fresh()
    await withHal(older)
    const db = new DatabaseSync(pathOf(older))
    db.exec("delete from kysely_migration where name like '0017%'")
    db.close()
    expect((await copy(older, sqlite.fresh())).err).toContain('run `bienvenue migrate` on it first')
  })

  test('warns of a service that runs, and is of one moment all the same', async () => {
    const [from, to] = [sqlite.fresh(), sqlite.fresh()]
    const service = await startTestService(from, { service: { secret: SECRET } })
    await service.send('POST', '/users', { form: HAL })
    const source = await openSource(from)
    await service.send('POST', '/users', { form: { ...HAL, email: 'later@example.com' } })
    const draft = await openTarget(to)
    const tables = await copyAll(source, draft, () => undefined)
    await draft.publish()
    await Promise.all([draft.close(), source.close()])
    expect(source.isInUse).toBe(true)
    expect(tables.find(({ name }) => name === 'users')?.rows).toBe(1)
    const { code, err } = await copy(from, postgres.fresh())
    expect([code, err]).toEqual([0, expect.stringContaining('seems to have the old database open')])
    await service.close()
  })

  test('warns of a service that runs on what a link leads to', async () => {
    const [from, link] = [sqlite.fresh(), sqlite.fresh()]
    const service = await startTestService(from, { service: { secret: SECRET } })
    await service.send('POST', '/users', { form: HAL })
    symlinkSync(pathOf(from), pathOf(link))
    const { code, err } = await copy(link, sqlite.fresh())
    expect([code, err]).toEqual([0, expect.stringContaining('seems to have the old database open')])
    await service.close()
  })

  test('says at which end it is that something is in the way', async () => {
    const nowhere = 'postgres://nobody@127.0.0.1:1/nothing'
    const from = sqlite.fresh()
    await withHal(from)
    const words = 'the database cannot be reached: nothing listens there'
    expect((await copy(nowhere, sqlite.fresh())).err).toBe(`bienvenue: --from: ${words}\n`)
    expect((await copy(from, nowhere)).err).toBe(`bienvenue: --to: ${words}\n`)
    const env = { DATABASE_URL: nowhere, BIENVENUE_SECRET: SECRET }
    const { err } = await runProgram(['db', 'copy', '--to', sqlite.fresh()], { cwd: folder, env })
    expect(err).toBe(`bienvenue: DATABASE_URL: ${words}\n`)
  })

  test('does not warn of a service that was killed, and left its log', async () => {
    const [from, to] = [sqlite.fresh(), sqlite.fresh()]
    await withHal(from)
    const killed = spawn(process.execPath, ['-e', WRITES, pathOf(from)], { stdio: ['ignore', 'pipe', 'ignore'] })
    await once(killed.stdout, 'data')
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    expect(existsSync(`${pathOf(from)}-wal`)).toBe(true)
    const done = await copy(from, to)
    expect(done).toMatchObject({ code: 0, err: '' })
    expect(reportOf(done).tables.find(({ name }) => name === 'limits')?.rows).toBe(1)
  })

  test('to an older release of this service changes nothing there, also where nobody is in it', async () => {
    const [from, to] = [sqlite.fresh(), postgres.fresh()]
    for (const url of [from, to]) await withHal(url)
    const { engine } = await openEngine(to, { secrets: [SECRET] })
    await sql`drop table claims`.execute(engine.kysely)
    await sql`delete from kysely_migration where name like '0019%'`.execute(engine.kysely)
    for (const statement of ['select 1', 'delete from audit', 'delete from users']) {
      await sql.raw(statement).execute(engine.kysely)
      const before = await everythingIn(to)
      expect(await copy(from, to)).toMatchObject({
        code: 1,
        err: expect.stringContaining('it holds the tables of an older release; name an empty one with --to') as string,
      })
      expect(await everythingIn(to)).toEqual(before)
    }
    await engine.close()
  })

  test('to a PostgreSQL that is not empty locks nobody out to say so', async () => {
    const [from, to] = [sqlite.fresh(), postgres.fresh()]
    for (const url of [from, to]) await withHal(url)
    const { engine } = await openEngine(to, { secrets: [SECRET] })
    const transaction = await engine.kysely.startTransaction().execute()
    await sql`select 1 from users`.execute(transaction)
    expect((await copy(from, to)).err).toContain('users (1)')
    await transaction.rollback().execute()
    await engine.close()
  })

  test('is compared with the original, and one that lacks a row is not kept', async () => {
    const [from, to] = [sqlite.fresh(), sqlite.fresh()]
    await withHal(from)
    const [source, draft] = [await openSource(from), await openTarget(to)]
    const losing: Draft = {
      ...draft,
      add: async (table, rows) => draft.add(table, table.name === 'sessions' ? [] : rows),
    }
    await expect(copyAll(source, losing, () => undefined)).rejects.toThrow(
      'the table sessions is not the same as the original; nothing was kept: look with `bienvenue db check`',
    )
    await Promise.all([draft.close(), source.close()])
    expect(readdirSync(dirname(pathOf(to)))).toEqual([])
  })

  test('to a PostgreSQL that a service uses waits for nobody for ever', async () => {
    const [from, to] = [sqlite.fresh(), postgres.fresh()]
    await withHal(from)
    const { engine } = await openEngine(to, { secrets: [SECRET] })
    const transaction = await engine.kysely.startTransaction().execute()
    await sql`select 1 from users`.execute(transaction)
    expect(await copy(from, to)).toMatchObject({
      code: 1,
      err: expect.stringContaining('locked by somebody else') as string,
    })
    await transaction.rollback().execute()
    await engine.close()
  })
})

describe.each(databases)('a copy to $name that is cut off', ({ name, fresh }) => {
  const from = sqlite.fresh()

  beforeAll(async () => {
    await withHal(from)
    const file = new DatabaseSync(pathOf(from))
    file.exec(`insert into sessions with recursive n (i) as (select 1 union all select i + 1 from n where i < 100000)
      select printf('%08x', i), mac, key_id, user_id, created_at, used_at, idle_ms, expires_at, device, place from n, (select * from sessions limit 1)`)
    file.close()
  })

  test.each(['SIGINT', 'SIGKILL'] as const)(
    'by %s leaves nothing, and the next one does it all',
    { timeout: 60_000 },
    async (signal) => {
      const to = fresh()
      const child = spawn(process.execPath, [PROGRAM, 'db', 'copy', '--from', from, '--to', 'env:NEW'], {
        env: { PATH: process.env['PATH'] ?? '', BIENVENUE_SECRET: SECRET, NEW: to },
      })
      const ended = once(child, 'exit')
      await untilUnderWay(to)
      child.kill(signal)
      const [code] = (await ended) as [number | null]
      expect(code).toBe(signal === 'SIGINT' ? 1 : null)
      if (name === 'PostgreSQL') expect(Object.values(await everythingIn(to)).flat()).toEqual([])
      else expect(readdirSync(dirname(pathOf(to))).filter((file) => !file.includes('.copying'))).toEqual([])
      if (name === 'SQLite' && signal === 'SIGINT') expect(readdirSync(dirname(pathOf(to)))).toEqual([])
      if (name === 'SQLite' && signal === 'SIGKILL') expect(statSync(`${pathOf(to)}.copying`).mode & 0o777).toBe(0o600)
      expect((await copy(from, to)).code).toBe(0)
      expect(await everythingIn(to)).toEqual(await everythingIn(from))
      if (name === 'SQLite') expect(existsSync(`${pathOf(to)}.copying`)).toBe(false)
    },
  )

  /** Waits until rows are on their way. */
  async function untilUnderWay(to: string): Promise<void> {
    const often = { timeout: 20_000, interval: 5 }
    if (!isPostgres(to)) {
      await vi.waitUntil(() => existsSync(`${pathOf(to)}.copying`), often)
      return
    }
    const { engine } = await openEngine(to, { secrets: [SECRET] })
    const copying = sql`select 1 from pg_stat_activity where datname = current_database() and query like 'copy "sessions"%'`
    await vi.waitUntil(async () => (await copying.execute(engine.kysely)).rows.length > 0, often)
    await engine.close()
  }

  test('because another is at work on the same place is refused', async () => {
    const to = fresh()
    if (isPostgres(to)) return
    const draft = await openTarget(to)
    expect(await copy(from, to)).toMatchObject({ code: 1, err: expect.stringContaining('at work') as string })
    await draft.close()
    expect(readdirSync(dirname(pathOf(to)))).toEqual([])
  })
})
