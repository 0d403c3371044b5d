/** The SQLite file itself: who may read it, what survives, and what is said when it cannot be used. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { DB } from '../src/db/db.ts'
import { openSqlite } from '../src/db/dialects/sqlite.ts'
import { DatabaseUnavailable, SettingsError } from '../src/errors.ts'
import { temporaryFolder } from './support/databases.ts'

const folder = temporaryFolder()
let files = 0

/** The path of a file that is not there yet. */
function path(): string {
  return join(folder, `${String(++files)}.db`)
}

/** The permissions of a file, such as `600`. */
function mode(file: string): string {
  return (statSync(file).mode & 0o777).toString(8)
}

describe('the file', () => {
  test('and all that lies beside it can be read by its owner alone [ASVS 13.3.2]', async () => {
    const file = path()
    const db = await DB.open(`sqlite:${file}`)
    await db.addUser('bob@example.com', 'hash')
    const modes = ['', '-wal', '-shm', '.secret'].map((end) => mode(file + end))
    await db.close()
    expect(modes).toEqual(['600', '600', '600', '600'])
  })

  test('outlives the program, and the session that was opened in it counts afterwards', async () => {
    const url = `sqlite:${path()}`
    const first = await DB.open(url)
    const user = await first.addUser('bob@example.com', 'hash')
    const { token, stored } = first.keys.make('session', user.id)
    await first.sessions.add(user.id, stored, {
      createdAt: new Date(),
      idleMs: 60_000,
      expiresAt: new Date(Date.now() + 60_000),
    })
    await first.close()
    const second = await DB.open(url)
    expect(await second.findUserBy({ sessionId: token })).toEqual(user)
    await second.close()
  })

  test('means nothing without its secret: with another one no session counts, and a planted one does not either', async () => {
    const file = path()
    const first = await DB.open(`sqlite:${file}`)
    const user = await first.addUser('bob@example.com', 'hash')
    const { token, stored } = first.keys.make('session', user.id)
    await first.sessions.add(user.id, stored, {
      createdAt: new Date(),
      idleMs: 60_000,
      expiresAt: new Date(Date.now() + 60_000),
    })
    await first.close()
    rmSync(`${file}.secret`)
    const second = await DB.open(`sqlite:${file}`)
    await expect(second.findUserBy({ sessionId: token })).rejects.toThrow('no user matches')
    await second.close()
  })

  test('takes a secret from outside, and while one replaces another both count', async () => {
    const url = `sqlite:${path()}`
    const [old, fresh] = ['o'.repeat(32), 'n'.repeat(32)]
    const first = await DB.open(url, { secrets: [old] })
    const user = await first.addUser('bob@example.com', 'hash')
    const { token, stored } = first.keys.make('session', user.id)
    await first.sessions.add(user.id, stored, {
      createdAt: new Date(),
      idleMs: 60_000,
      expiresAt: new Date(Date.now() + 60_000),
    })
    await first.close()
    const rotating = await DB.open(url, { secrets: [fresh, old] })
    expect(await rotating.findUserBy({ sessionId: token })).toEqual(user)
    await rotating.close()
    expect(existsSync(`${url.slice('sqlite:'.length)}.secret`)).toBe(false)
  })

  test('opened by many at once is made once, with one secret', async () => {
    const url = `sqlite:${path()}`
    const all = await Promise.all(Array.from({ length: 6 }, async () => DB.open(url)))
    const user = await (all[1] ?? expect.fail()).addUser('bob@example.com', 'hash')
    const { stored, token } = all[0]?.keys.make('session', user.id) ?? expect.fail()
    await all[2]?.sessions.add(user.id, stored, {
      createdAt: new Date(),
      idleMs: 60_000,
      expiresAt: new Date(Date.now() + 60_000),
    })
    expect(await all[3]?.findUserBy({ sessionId: token })).toEqual(user)
    await Promise.all(all.map(async (db) => db.close()))
  })

  test('is shared by several processes, which wait for each other instead of failing', async () => {
    const file = path()
    await (await DB.open(`sqlite:${file}`)).close()
    const program = join(import.meta.dirname, 'support/adds-users.ts')
    const runs = ['a', 'b', 'c'].map(
      async (name) =>
        new Promise<number | null>((resolve) => {
          spawn(process.execPath, [program, `sqlite:${file}`, name, '100'], { stdio: 'inherit' }).once('exit', resolve)
        }),
    )
    expect(await Promise.all(runs)).toEqual([0, 0, 0])
    const count = new DatabaseSync(file).prepare('select count(*) as users from users').get()
    expect(count?.['users']).toBe(300)
  })
})

describe('a database that cannot be used', () => {
  test('because a newer release made it is refused, and stays as it is', async () => {
    const file = path()
    await (await DB.open(`sqlite:${file}`)).close()
    const raw = new DatabaseSync(file)
    raw.exec("insert into kysely_migration (name, timestamp) values ('9999-from-the-future', 'x')")
    raw.close()
    const before = readFileSync(file)
    await expect(DB.open(`sqlite:${file}`)).rejects.toThrow(SettingsError)
    await expect(DB.open(`sqlite:${file}`)).rejects.toThrow('newer release')
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('because it is something else is refused', async () => {
    const file = path()
    writeFileSync(file, 'dear diary, today I learned that this is not a database '.repeat(100))
    await expect(DB.open(`sqlite:${file}`)).rejects.toThrow(new DatabaseUnavailable('the database is not a database'))
  })

  test.each([
    [
      'a folder',
      (): string => {
        const file = path()
        mkdirSync(file)
        return file
      },
      'is a directory',
    ],
    ['in a folder that is not there', (): string => join(folder, 'nowhere', 'x.db'), 'its directory does not exist'],
  ])('because it is %s is refused', async (_, make, words) => {
    await expect(DB.open(`sqlite:${make()}`)).rejects.toThrow(words)
  })

  test.each([
    'mysql://x',
    'sqlite:',
    'sqlite: ',
    'sqlite:file:x?mode=memory',
    'sqlite:///x.db',
    'sqlite:x\0y',
    '',
    'bienvenue.db',
    'mysql://user:hunter2@host/db',
  ])('because its address is %j is refused without repeating it', async (url) => {
    const refusal: unknown = await DB.open(url).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(SettingsError)
    expect(String(refusal)).toContain('DATABASE_URL')
    expect(String(refusal)).not.toContain('hunter2')
  })

  test('because others hold its lock is refused after some seconds, however many wait', async () => {
    const file = path()
    const db = await DB.open(`sqlite:${file}`)
    const other = new DatabaseSync(file)
    other.exec('begin immediate')
    const start = performance.now()
    const waiting = Array.from({ length: 5 }, async (_, index) => db.addUser(`${String(index)}@example.com`, 'hash'))
    const outcomes = await Promise.allSettled(waiting)
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
    expect(performance.now() - start).toBeGreaterThan(4000)
    expect(performance.now() - start).toBeLessThan(9000) // not five times five seconds
    other.exec('rollback')
    other.close()
    expect((await db.addUser('later@example.com', 'hash')).email).toBe('later@example.com')
    await db.close()
  })

  test('because others write to it all the time it never is: each of their locks is another one', async () => {
    const file = path()
    const db = await DB.open(`sqlite:${file}`)
    const other = new DatabaseSync(file)
    const start = performance.now()
    for (let email = 0; performance.now() - start < 7000; email++) {
      other.exec('begin immediate')
      const added = db.addUser(`${String(email)}@example.com`, 'hash')
      await pause(20)
      other.exec('rollback')
      await added
    }
    other.close()
    await db.close()
  })

  test('because its disk is full says so, changes nothing, and works again when there is room', async () => {
    const file = path()
    await (await DB.open(`sqlite:${file}`)).close()
    const { kysely, close } = openSqlite(file)
    const add = async (email: string): Promise<unknown> =>
      kysely.transaction().execute(async (tx) => {
        await tx.insertInto('users').values({ email, email_key: email, created_at: 0 }).execute()
        await tx
          .insertInto('users')
          .values({ email: 'x'.repeat(500_000), email_key: `long ${email}`, created_at: 0 })
          .execute()
      })
    const count = async (): Promise<number> => (await kysely.selectFrom('users').select('id').execute()).length
    await sql`pragma max_page_count = 60`.execute(kysely)
    await expect(add('eve@example.com')).rejects.toThrow(
      new DatabaseUnavailable('the database has no room: the disk is full'),
    )
    expect(await count()).toBe(0)
    await sql`pragma max_page_count = 100000`.execute(kysely)
    await add('eve@example.com')
    expect(await count()).toBe(2)
    await close()
  })
})
