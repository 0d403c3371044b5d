/** `bienvenue import` where something is in the way: nothing hangs, no stack is shown, and each refusal says what to do. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Lookup } from '../src/db/dialects/sqlite-lookup.ts'
import { inTemporary } from '../src/db/dialects/sqlite-unnamed.ts'
import { openBetterAuth } from '../src/db/foreign/better-auth.ts'
import { openSupabase } from '../src/db/foreign/supabase.ts'
import { openEngine } from '../src/db/open.ts'
import { AuthError } from '../src/errors.ts'
import { openAuth0 } from '../src/moving/auth0.ts'
import { Input } from '../src/moving/input.ts'
import { JsonLines } from '../src/moving/jsonl.ts'
import type { PasswordHash } from '../src/crypto/password-hash.ts'
import { CheapHasher } from './support/cheap-hasher.ts'
import { databases, SECRET, temporaryFolder } from './support/databases.ts'
import { runLimited } from './support/limited.ts'
import { environmentOf, importInto, jsonLines, runOn } from './support/moving.ts'
import { runProgram } from './support/program.ts'
import type { Ended } from './support/program.ts'
import { startTestService } from './support/service.ts'

const [sqlite, postgres] = databases as [(typeof databases)[0], (typeof databases)[0]]
const folder = temporaryFolder()
const UNEXPECTED = 'something unexpected'
let files = 0

/** Writes a file, and gives its path. */
function file(text: string): string {
  const path = join(folder, `${String(++files)}.txt`)
  writeFileSync(path, text)
  return path
}

/** The path of a file that is not there. */
function fresh(): string {
  return join(folder, `fresh-${String(++files)}.csv`)
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the files of a report and a map', () => {
  const rows = jsonLines({ email: 'ann@example.com', id: 7 })

  test('where both are there, one is named in one line, and neither is touched', async () => {
    const [report, map] = [file('mine'), file('mine too')]
    const { code, err } = await runOn(sqlite.fresh(), ['import', 'jsonl', file(rows), '--report', report, '--map', map])
    expect([code, err.trim().split('\n').at(-1)]).toEqual([
      2,
      `bienvenue: ${report} is there already; name another file`,
    ])
    expect(err).not.toMatch(/ {4}at /)
    expect([readFileSync(report, 'utf8'), readFileSync(map, 'utf8')]).toEqual(['mine', 'mine too'])
  })

  test('are made both or neither', async () => {
    const [report, map] = [fresh(), file('mine')]
    const { code, err } = await runOn(sqlite.fresh(), ['import', 'jsonl', file(rows), '--report', report, '--map', map])
    expect([code, err]).toEqual([2, expect.stringContaining(`${map} is there already`) as string])
    expect(existsSync(report)).toBe(false)
  })

  test('of a dry run are a report alone, so that the real run can make the map', async () => {
    const [url, source, map] = [sqlite.fresh(), file(rows), fresh()]
    await importInto(url, ['jsonl', source, '--map', map, '--dry-run'])
    expect(existsSync(map)).toBe(false)
    await importInto(url, ['jsonl', source, '--map', map])
    expect(readFileSync(map, 'utf8')).toBe('old_id,new_id\r\n7,1\r\n')
  })

  test('on a full disk say which one it is', () => {
    const bad = jsonLines(...Array.from({ length: 3000 }, (_, index) => ({ email: `no address ${String(index)}` })))
    const report = fresh()
    const args = ['import', 'jsonl', file(bad), '--dry-run', '--report', report]
    const { code, err } = runLimited(args, { cwd: folder, env: environmentOf(`sqlite:${fresh()}`) })
    expect([code, err]).toEqual([
      1,
      `bienvenue: ${report} cannot be written (EFBIG): make room there, or name a file elsewhere\n`,
    ])
  })
})

test.each(databases)(
  'a map on $name has every old id of an account that several rows share, also over batches',
  async (database) => {
    const map = fresh()
    const others = Array.from({ length: 600 }, (_, index) => ({ email: `p${String(index)}@example.com` }))
    const rows = [{ email: 'd@example.com', id: 'd1' }, ...others, { email: 'D@example.com', id: 'd2' }]
    const url = database.fresh()
    await importInto(url, ['jsonl', file(jsonLines(...rows)), '--map', map])
    expect(readFileSync(map, 'utf8')).toBe('old_id,new_id\r\nd1,1\r\nd2,1\r\n')
    const again = fresh()
    await importInto(url, ['jsonl', file(jsonLines(...rows)), '--map', again])
    expect(readFileSync(again, 'utf8')).toBe(readFileSync(map, 'utf8'))
  },
)

test('an import whose database is lost says how far it had come, and that it goes on', async () => {
  const url = postgres.fresh()
  await runOn(url, ['migrate'])
  const { engine } = await openEngine(url, { secrets: [SECRET] })
  const full = `create function no_room() returns trigger language plpgsql as
    $$ begin if new.email like 'p700@%' then raise exception 'full' using errcode = '53100'; end if; return new; end $$`
  for (const statement of [
    full,
    'create trigger no_room before insert on users for each row execute function no_room()',
  ])
    await sql.raw(statement).execute(engine.kysely)
  const rows = Array.from({ length: 1200 }, (_, index) => ({ email: `p${String(index)}@example.com` }))
  const people = file(jsonLines(...rows))
  const { code, err } = await runOn(url, ['import', 'jsonl', people])
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(/has no room.*; it had come to row \d+ .*: run it again to go on\n$/),
  ])
  await sql.raw('drop trigger no_room on users').execute(engine.kysely)
  await engine.close()
  expect((await importInto(url, ['jsonl', people])).report).toMatchObject({ made: 700, alreadyThere: 500 })
})

describe('where nothing can be hashed', () => {
  /** A hasher whose process never starts. */
  class Dead extends CheapHasher {
    tries = 0
    readonly #retryAfterSeconds: number

    constructor(retryAfterSeconds: number) {
      super()
      this.#retryAfterSeconds = retryAfterSeconds
    }

    override async wrap(): Promise<PasswordHash> {
      this.tries++
      return Promise.reject(new AuthError('passwords.busy', { retryAfterSeconds: this.#retryAfterSeconds }))
    }
  }

  /** Imports somebody with a weak hash. */
  async function importWith(hasher: Dead, end: AbortController): Promise<unknown> {
    const { auth, close } = await startTestService(sqlite.fresh(), { passwords: { threads: 1 } }, { hasher })
    const hash = `md5$salty$${'0123456789abcdef'.repeat(2)}`
    const input = await Input.open(file(jsonLines({ email: 'ann@example.com', password_hash: hash })))
    const source = new JsonLines(input, { columns: new Map(), epoch: null })
    const listener = {
      onProblem: async () => Promise.resolve(),
      onMoved: async () => Promise.resolve(),
      onProgress: () => undefined,
    }
    const run = { verified: 'none', keepIds: false, admins: false, isDryRun: false, signal: end.signal } as const
    try {
      return await auth.movingIn.run(source, run, listener)
    } finally {
      await source.close()
      await close()
    }
  }

  test('an import ends after a few tries, and says why', async () => {
    const hasher = new Dead(0)
    await expect(importWith(hasher, new AbortController())).rejects.toThrow(
      'weak hashes cannot be stored: the process that hashes does not start, or dies; look whether there is memory',
    )
    expect(hasher.tries).toBe(5)
  })

  test('an import that is ended does not wait', async () => {
    const end = new AbortController()
    const hasher = new Dead(3600)
    const running = importWith(hasher, end)
    await vi.waitUntil(() => hasher.tries > 0)
    end.abort()
    expect(await running).toMatchObject({ isInterrupted: true, made: 0 })
    expect(hasher.tries).toBe(1)
  })
})

describe('a table of people by another name', () => {
  const people = (name: string): string => `create table ${name} (id integer primary key, email text, password text)`
  const line = (model: string, fields: object): object => ({ model, pk: 1, fields })
  const person = { email: 'ann@example.com', password: '!' }

  test.each([
    [[line('accounts.user', person)], 'the dump has no auth.user; it has accounts.user: say --table accounts_user'],
    [
      [line('a.user', person), line('my_app.user', person), line('auth.group', { name: 'staff' })],
      'the dump has no auth.user; it has a.user, my_app.user: say --table with one of them',
    ],
    [[line('auth.group', { name: 'x' })], 'the dump has no auth.user; --table says which table holds people'],
  ])('is named where a dump has none of the name that was looked for: %j', async (rows, words) => {
    const ended = await runOn(sqlite.fresh(), ['import', 'django', '-'], jsonLines(...rows))
    expect(ended).toMatchObject({ code: 1, err: expect.stringContaining(words) as string })
    const table = ['--table', 'my_app_person']
    const other = await runOn(sqlite.fresh(), ['import', 'django', '-', ...table], jsonLines(...rows))
    expect(other.err).toContain('the dump has no my_app.person; ')
  })

  test('is named where an SQLite file has none', async () => {
    const path = fresh()
    const made = new DatabaseSync(path)
    made.exec(
      `${people('accounts_user')}; create table letters (email text); create view v as select * from accounts_user`,
    )
    const ended = async (): Promise<string> => (await runOn(sqlite.fresh(), ['import', 'django', path])).err
    expect(await ended()).toContain(`${path} has no table auth_user; it has accounts_user: say --table accounts_user`)
    made.exec('drop view v; drop table accounts_user')
    made.close()
    expect(await ended()).toContain(`${path} has no table auth_user; --table says which table holds people`)
    expect((await runOn(sqlite.fresh(), ['import', 'flask', path])).err).toMatch(/has no table users\n$/)
  })

  test('is named where a PostgreSQL has none', async () => {
    const source = postgres.fresh()
    const { engine } = await openEngine(source, { secrets: [SECRET] })
    await sql.raw(`create schema site; ${people('site.member')}`).execute(engine.kysely)
    const env = { ...environmentOf(sqlite.fresh()), SOURCE: source }
    const ended = async (): Promise<Ended> => runProgram(['import', 'django', 'env:SOURCE'], { cwd: folder, env })
    expect((await ended()).err).toContain('has no table auth_user; it has site.member: say --table site.member')
    await sql.raw(people('member')).execute(engine.kysely)
    await engine.close()
    expect((await ended()).err).toContain('it has member, site.member: say --table with one of them')
  })
})

describe('what a form has no option for is not spoken of', () => {
  const names = 'id,email,encrypted_password,created_at'

  test('where a date is a number', async () => {
    const { report } = await importInto(sqlite.fresh(), [
      'supabase',
      file(`${names}\n1,ann@example.com,x,1700000000\n`),
    ])
    expect(report.problems.first.map(({ reason }) => reason)).toEqual([
      'created_at is no instant as ISO 8601 writes it',
    ])
  })

  test('where no column is the email', async () => {
    const { code, err } = await runOn(sqlite.fresh(), ['import', 'supabase', file('id;email\n1;ann@example.com\n')])
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('export auth.users with the names of its columns') as string,
    ])
    expect(err).not.toContain('--column')
    const own = await runOn(sqlite.fresh(), ['import', 'csv', file('mail\nann@example.com\n')])
    expect(own.err).toContain('--column email=NAME says what it is called there')
  })
})

describe('the file of hashes of Auth0', () => {
  const HASH = `$2b$10$${'a'.repeat(53)}`
  /** The passwords of somebody by these lines. */
  async function hashesFrom(lines: string): Promise<readonly unknown[]> {
    const users = await Input.open(file(jsonLines({ email: 'ann@example.com', user_id: 'auth0|a1' })))
    const source = await openAuth0({ users, hashes: await Input.open(file(lines)), kept: new Lookup() })
    const hashes: unknown[] = []
    for await (const row of source.rows()) hashes.push('record' in row ? row.record.hash : row.refused)
    await source.close()
    return hashes
  }

  test('may have empty lines', async () => {
    const line = jsonLines({ _id: { $oid: 'a1' }, passwordHash: HASH })
    expect(await hashesFrom(`\n${line}\r\n \n`)).toEqual([HASH])
  })

  test('is not read with an odd value, whose line is named', async () => {
    const lines = jsonLines({ _id: { $oid: 'a1' }, passwordHash: HASH }, { _id: { $oid: 'a2' }, passwordHash: {} })
    await expect(hashesFrom(lines)).rejects.toThrow('line 2 of the file of hashes: passwordHash is no text')
  })
})

describe('what an import keeps meanwhile', () => {
  test('has room in the folder for temporary files, which is named where it has none', () => {
    const full = new DatabaseSync(':memory:')
    full.exec('pragma max_page_count = 2')
    expect(() => inTemporary(() => full.exec('create table a (b); create table c (d)'))).toThrow(
      'the temporary file of SQLite has no room: the disk is full; make room in /var/tmp or /tmp, or set SQLITE_TMPDIR',
    )
    full.close()
  })

  test('of a pipe is said to have no room where it has none', () => {
    const input = jsonLines(...Array.from({ length: 6000 }, (_, index) => ({ email: `p${String(index)}@example.com` })))
    const env = environmentOf(`sqlite:${fresh()}`)
    const { code, err } = runLimited(['import', 'jsonl', '-', '--dry-run'], { cwd: folder, env, input })
    expect([code, err]).toEqual([1, expect.stringContaining('what comes through the pipe cannot be kept in') as string])
    expect(err).toContain('(EFBIG): make room there, set TMPDIR to another folder, or give a file')
    expect(err).not.toContain(UNEXPECTED)
  })

  test('is closed where a table is missing, or a second file', async () => {
    const closed = vi.spyOn(Lookup.prototype, 'close')
    const path = fresh()
    const made = new DatabaseSync(path)
    made.exec('create table account (userId, providerId, password, updatedAt)')
    await expect(openBetterAuth(path, new Date())).rejects.toThrow('has no table user')
    expect(closed).toHaveBeenCalledTimes(1)
    made.exec('create table user (name)')
    made.close()
    await expect(openBetterAuth(path, new Date())).rejects.toThrow('the table has no column id')
    expect(closed.mock.calls.length).toBeGreaterThan(1)
    closed.mockClear()
    const source = postgres.fresh()
    const { engine } = await openEngine(source, { secrets: [SECRET] })
    await sql
      .raw('create schema auth; create table auth.mfa_factors (user_id text, status text)')
      .execute(engine.kysely)
    await engine.close()
    await expect(openSupabase(source, new Date())).rejects.toThrow('has no table auth.users')
    expect(closed).toHaveBeenCalledTimes(1)
    const users = await Input.open(file('{}'))
    await expect(users.openBeside(join(folder, 'nowhere'))).rejects.toThrow('cannot be read (ENOENT)')
    expect(() => users.read()).toThrow('fd')
  })
})
