/** A database in which another program lives: what is in our way is named in one line, and nothing of ours is left there. */
import pg from 'pg'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { openEngine } from '../src/db/open.ts'
import { migrate } from '../src/db/migrate.ts'
import { databases, SECRET, temporaryFolder } from './support/databases.ts'
import { runProgram } from './support/program.ts'
import type { Ended } from './support/program.ts'

const [sqlite] = databases as [(typeof databases)[0]]
const folder = temporaryFolder()
const OWN = 'give this service an empty database of its own; `bienvenue import` brings people from another program\n'
let made = 0

/** A database on the server, after these statements of another program, and somebody who may look into it. */
async function withOthers(
  ...statements: readonly string[]
): Promise<{ readonly url: string; readonly client: pg.Client }> {
  const server = inject('postgres').url
  const name = `others_${String(process.pid)}_${String(++made)}`
  const owner = new pg.Client(`${server}postgres`)
  await owner.connect()
  await owner.query(`create database ${name} template template0`)
  await owner.end()
  const url = `${server}${name}`
  const client = new pg.Client(url)
  await client.connect()
  onTestFinished(async () => client.end())
  for (const statement of statements) await client.query(statement)
  return { url, client }
}

/** Runs the program on a database. */
async function run(url: string, ...args: readonly string[]): Promise<Ended> {
  return runProgram(args, { cwd: folder, env: { DATABASE_URL: url, NEW: url, BIENVENUE_SECRET: SECRET } })
}

/** Copies a small database there. */
async function copyTo(url: string): Promise<Ended> {
  const from = sqlite.fresh()
  const { engine } = await openEngine(from, { secrets: [SECRET] })
  await migrate(engine)
  await engine.close()
  return run(url, 'db', 'copy', '--from', from, '--to', 'env:NEW')
}

/** What there is by name, of whatever kind. */
async function thereIs(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace order by 1",
  )
  return rows.map(({ name }) => name)
}

/** Looks that every command refuses a database in these words, and says what to do. */
async function expectRefused(url: string, words: string): Promise<void> {
  for (const command of ['migrate', 'serve'])
    expect(await run(url, command)).toEqual({ code: 2, out: '', err: `bienvenue: DATABASE_URL: ${words}${OWN}` })
  expect(await copyTo(url)).toEqual({ code: 2, out: '', err: `bienvenue: --to: ${words}${OWN}` })
}

describe('the tables of another program', () => {
  test('that are called as ours are named, and nothing is added to them', async () => {
    const { url, client } = await withOthers(
      'create table users (id int, email text)',
      'create view audit as select 1 as x',
    )
    const words = 'another program has tables in the database that are called as ours (audit, users); '
    await expectRefused(url, words)
    expect(await thereIs(client)).toEqual(['audit', 'users'])
  })

  test('and its migrations are told from those of a newer release', async () => {
    const { url, client } = await withOthers(
      'create table kysely_migration (name text primary key, timestamp text)',
      "insert into kysely_migration values ('2020_init', 'x')",
    )
    const words = 'the database is that of another program (it knows 2020_init, and nothing of this service); '
    await expectRefused(url, words)
    expect(await thereIs(client)).toEqual(['kysely_migration', 'kysely_migration_pkey'])
  })

  test('in another schema are in nobody’s way, whatever they are called', async () => {
    const others = [
      'create schema o',
      'create table o.users (x int)',
      'create table o.kysely_migration (y int)',
    ] as const
    const { url } = await withOthers(...others)
    expect(await run(url, 'audit')).toMatchObject({
      code: 1,
      err: expect.stringContaining('nothing of this service') as string,
    })
    expect(await run(url, 'migrate')).toMatchObject({ code: 0, err: '' })
    expect(await run(url, 'migrate')).toEqual({ code: 0, out: 'nothing to do\n', err: '' })
    expect(await copyTo((await withOthers(...others)).url)).toMatchObject({ code: 0, err: '' })
  })

  test('behind a schema of our own are in nobody’s way either', async () => {
    const { url, client } = await withOthers('create table users (id int, email text)', 'create schema ours')
    await client.query(`alter database ${new URL(url).pathname.slice(1)} set search_path = ours, public`)
    expect(await run(url, 'migrate')).toMatchObject({ code: 0, err: '' })
    expect(await run(url, 'users', 'list')).toEqual({ code: 0, out: '', err: '' })
  })

  test('in a file are named as well', async () => {
    const url = sqlite.fresh()
    const file = new DatabaseSync(url.replace('sqlite:', ''))
    onTestFinished(() => file.close())
    file.exec('create table users (id integer)')
    expect(await run(url, 'migrate')).toMatchObject({
      code: 2,
      err: expect.stringContaining(`as ours (users); ${OWN}`) as string,
    })
    expect(file.prepare('select name from sqlite_schema').all()).toEqual([{ name: 'users' }])
  })
})

test('a database without a schema is refused in one line that says what to do', async () => {
  const { url } = await withOthers('drop schema public')
  const words =
    'bienvenue: the database has no schema in which our user could make tables: make one (`create schema public`), or let the user own the database\n'
  for (const command of ['migrate', 'serve']) expect(await run(url, command)).toEqual({ code: 1, out: '', err: words })
  const err = words.replace('the database', '--to: the database')
  expect(await copyTo(url)).toEqual({ code: 1, out: '', err })
})
