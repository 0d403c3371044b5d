/** `bienvenue db backup` and `db restore`: of a service that runs, whole, never over something, and put back only where nobody is. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openSqlite } from '../src/db/dialects/sqlite.ts'
import { databases, SECRET, temporaryFolder } from './support/databases.ts'
import { everythingIn } from './support/house.ts'
import { sessionOf } from './support/http.ts'
import { runProgram, serveProgram } from './support/program.ts'
import type { Ended } from './support/program.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const [sqlite, postgres] = databases as [(typeof databases)[0], (typeof databases)[0]]
const home = temporaryFolder()
const LONG = { timeout: 90_000 } // several programs, one after the other
const HAL = { email: 'hal@example.com', password: 'mySuperPwd' }

/** A place with a database in it, and a service that runs on it until it is closed. */
async function place(): Promise<{ url: string; path: string; folder: string; service: TestService; session: string }> {
  const url = sqlite.fresh()
  const path = url.replace('sqlite:', '')
  const service = await startTestService(url, {}, { now: () => new Date() })
  await service.send('POST', '/users', { form: HAL })
  const session = sessionOf(await service.send('POST', '/sessions', { form: HAL })) ?? ''
  return { url, path, folder: dirname(path), service, session }
}

/** Runs a part of `bienvenue db` on a database. */
async function db(
  url: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
): Promise<Ended> {
  return runProgram(['db', ...args], { cwd: home, env: { DATABASE_URL: url, ...env }, input })
}

/** How many rows a file has of two tables, over a connection of its own. */
function countsIn(path: string): readonly unknown[] {
  const file = new DatabaseSync(path, { readOnly: true })
  const count = (sql: string) => file.prepare(sql).get()?.['count']
  const counts = [
    count('select count(*) as count from users'),
    count('select count(*) as count from passwords'),
    count("select count(*) as count from audit where event = 'users.registered'"),
    file.prepare('pragma integrity_check').get()?.['integrity_check'],
    file.prepare('pragma journal_mode').get()?.['journal_mode'],
  ]
  file.close()
  return counts
}

describe('a backup', () => {
  test('of a service that runs is whole, readable by its owner alone, and leaves the service alone', async () => {
    const { url, path, folder, service, session } = await place()
    const { code, out, err } = await db(url, ['backup', join(folder, 'backup.db')])
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain(`keep ${path}.secret as well, in another place`)
    expect(statSync(join(folder, 'backup.db')).mode & 0o777).toBe(0o600)
    expect(countsIn(join(folder, 'backup.db'))).toEqual([1, 1, 1, 'ok', 'delete'])
    expect(readdirSync(folder).filter((name) => name.startsWith('backup'))).toEqual(['backup.db'])
    expect((await service.send('GET', '/profile', { session })).status).toBe(200)
    await service.close()
    expect(await everythingIn(`sqlite:${join(folder, 'backup.db')}`)).toMatchObject({
      users: (await everythingIn(url))['users'],
    })
  })

  test('while a storm of writes goes on is of one moment', LONG, async () => {
    const { url, path, folder, service } = await place()
    const file = new DatabaseSync(path)
    file.exec(`insert into limits with recursive n (i) as (select 1 union all select i + 1 from n where i < 200000)
      select printf('%0100d', i), i, 1 from n`) // so that the copy takes many steps
    file.close()
    const storm = { goesOn: true, registered: 1 }
    const writers = [1, 2, 3, 4].map(async (writer) => {
      for (let index = 0; storm.goesOn; index++) {
        await service.send('POST', '/users', {
          form: { ...HAL, email: `${String(writer)}-${String(index)}@example.com` },
        })
        storm.registered++
      }
    })
    const { code, err } = await db(url, ['backup', join(folder, 'backup.db')])
    const after = storm.registered
    storm.goesOn = false
    await Promise.all(writers)
    await service.close()
    expect([code, err]).toEqual([0, ''])
    const [users, passwords, registered, ...state] = countsIn(join(folder, 'backup.db'))
    expect([passwords, registered, ...state]).toEqual([users, users, 'ok', 'delete'])
    expect(after).toBeGreaterThan(10)
  })

  test('goes into a folder under a name with the time, with its secret where that is asked for', async () => {
    const { url, path, folder, service } = await place()
    await service.close()
    mkdirSync(join(folder, 'backups'))
    const { out } = await db(url, ['backup', join(folder, 'backups'), '--with-secret', '--json'])
    const { file, secret } = JSON.parse(out) as { file: string; secret: string }
    expect(file).toMatch(/backups\/\d+-\d{8}T\d{6}Z\.db$/)
    expect(readFileSync(secret, 'utf8')).toBe(readFileSync(`${path}.secret`, 'utf8'))
    for (const made of [file, secret]) expect(statSync(made).mode & 0o777).toBe(0o600)
  })

  test('with its secret is not made where another secret is beside it', async () => {
    const { url, path, folder, service } = await place()
    await service.close()
    const backup = join(folder, 'backup.db')
    writeFileSync(`${backup}.secret`, 'mine')
    const { code, err } = await db(url, ['backup', backup, '--with-secret'])
    expect([code, err]).toEqual([
      1,
      expect.stringContaining(`${backup}.secret is there already, and is another`) as string,
    ])
    expect(err).toContain('leave --with-secret out')
    expect(readdirSync(folder)).not.toContain('backup.db')
    writeFileSync(`${backup}.secret`, readFileSync(`${path}.secret`))
    expect((await db(url, ['backup', backup, '--with-secret'])).code).toBe(0)
  })

  test('never takes the place of a file, and makes no database', LONG, async () => {
    const { url, folder, service } = await place()
    await service.close()
    writeFileSync(join(folder, 'notes'), 'mine')
    expect(await db(url, ['backup', join(folder, 'notes')])).toMatchObject({
      code: 1,
      err: expect.stringContaining('is there already') as string,
    })
    expect(readFileSync(join(folder, 'notes'), 'utf8')).toBe('mine')
    const nothing = `sqlite:${join(folder, 'nothing.db')}`
    expect((await db(nothing, ['backup', join(folder, 'b.db')])).err).toContain('there is no database')
    expect((await db('sqlite::memory:', ['backup', join(folder, 'b.db')])).code).toBe(2)
    expect((await db(url, ['backup', join(folder, 'no/b.db')])).code).toBe(1)
    expect((await db(url, ['backup', join(folder, 'b.db'), '--with-secret'], { BIENVENUE_SECRET: SECRET })).code).toBe(
      2,
    )
    expect(readdirSync(folder).filter((name) => /nothing|^b[.]/.test(name))).toEqual([])
  })

  test.each(['backup', 'restore'])(
    'and restore are for SQLite: on PostgreSQL, %s names the tool, with exit code 2',
    async (part) => {
      const { code, err } = await db(postgres.fresh(), [part, 'x.db'], { BIENVENUE_SECRET: SECRET })
      expect([code, err.trim().split('\n').length]).toEqual([2, 1])
      expect(err).toContain(part === 'backup' ? 'pg_dump' : 'pg_restore')
    },
  )
})

describe('a restore', () => {
  /** A place whose service has stopped, with a backup, and somebody who registered after it. */
  async function restorable(): Promise<{ url: string; path: string; folder: string; backup: string; session: string }> {
    const { service, ...rest } = await place()
    const backup = join(rest.folder, 'backup.db')
    expect((await db(rest.url, ['backup', backup])).code).toBe(0)
    await service.send('POST', '/users', { form: { ...HAL, email: 'later@example.com' } })
    await service.close()
    return { ...rest, backup }
  }

  test('puts the old state back, keeps what was there aside, and people go on', async () => {
    const { url, path, folder, backup, session } = await restorable()
    const { code, out, err } = await db(url, ['restore', backup, '--yes', '--json'])
    expect([code, err]).toEqual([0, ''])
    const { aside } = JSON.parse(out) as { aside: string }
    expect(aside).toMatch(/\.before-restore-\d{8}T\d{6}Z$/)
    expect([countsIn(path)[0], countsIn(aside)[0]]).toEqual([1, 2])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder).filter((name) => /-wal|-shm|restoring/.test(name))).toEqual([])
    const service = await startTestService(url, {}, { now: () => new Date() })
    expect((await service.send('GET', '/profile', { session })).status).toBe(200)
    await service.close()
  })

  test('keeps the mode of what was there, and its owner where root restores', async () => {
    const { url, path, backup } = await restorable()
    const [uid, gid] = process.getuid?.() === 0 ? [1234, 2345] : [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
    chownSync(path, uid, gid)
    chmodSync(path, 0o640)
    renameSync(`${path}.secret`, `${backup}.secret`)
    expect((await db(url, ['restore', backup, '--yes'])).code).toBe(0)
    const ownersOf = ({ uid: user, gid: group, mode }: Stats) => [user, group, mode & 0o777]
    expect(ownersOf(statSync(path))).toEqual([uid, gid, 0o640])
    expect(ownersOf(statSync(`${path}.secret`))).toEqual([uid, gid, 0o600])
  })

  test('that nobody could confirm ends before the backup is read', async () => {
    const { url, folder } = await restorable()
    const { code, err } = await db(url, ['restore', join(folder, 'nothing.db')])
    expect([code, err]).toEqual([2, 'bienvenue: nobody is there to confirm; say --yes\n'])
  })

  test('brings the secret of the backup along where there is none', async () => {
    const { path, folder, backup, session } = await restorable()
    renameSync(`${path}.secret`, `${backup}.secret`)
    const url = `sqlite:${join(folder, 'elsewhere.db')}`
    expect((await db(url, ['restore', backup, '--yes'])).code).toBe(0)
    expect(statSync(join(folder, 'elsewhere.db.secret')).mode & 0o777).toBe(0o600)
    const service = await startTestService(url, {}, { now: () => new Date() })
    expect((await service.send('GET', '/profile', { session })).status).toBe(200)
    await service.close()
  })

  test('is refused while a service runs, busy or idle, and changes nothing', LONG, async () => {
    const { url, path, folder, backup } = await restorable()
    const serving = await serveProgram([], { cwd: folder, env: { DATABASE_URL: url } })
    const before = readdirSync(folder)
    for (const round of ['idle', 'busy']) {
      if (round === 'busy')
        void fetch(`http://127.0.0.1:${String(serving.port)}/users`, { method: 'POST', body: new URLSearchParams(HAL) })
      expect(await db(url, ['restore', backup, '--yes'])).toMatchObject({
        code: 1,
        err: expect.stringContaining('a service, or another program, has') as string,
      })
    }
    expect(readdirSync(folder)).toEqual(before)
    await serving.stop()
    expect(countsIn(path)[0]).toBe(2)
    expect((await db(url, ['restore', backup, '--yes'])).code).toBe(0)
  })

  test('keeps a service that starts in the middle of it from what lies aside now', async () => {
    const { path, backup } = await restorable()
    const holder = spawn(process.execPath, ['-e', HOLDS, path, backup], { stdio: ['ignore', 'pipe', 'ignore'] })
    onTestFinished(() => void holder.kill('SIGKILL'))
    await once(holder.stdout, 'data') // it holds the file, and puts another in its place in a moment
    expect(() => openSqlite(path)).toThrow('cannot be written to') // SQLite's own word for a file that was moved
  })

  test('asks first, and where nobody can answer does nothing', async () => {
    const { url, path, backup } = await restorable()
    expect(await db(url, ['restore', backup])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--yes') as string,
    })
    expect(countsIn(path)[0]).toBe(2)
  })

  test.each([
    ['is no database', (backup: string) => writeFileSync(backup, 'no database'.repeat(500)), 'is not a database'],
    ['is damaged', damage, 'damaged'],
    [
      'is of something else',
      (backup: string) => change(backup, 'drop table kysely_migration'),
      'is no database of this service',
    ],
    [
      'is of a newer release',
      (backup: string) => change(backup, "insert into kysely_migration values ('9999-x', 'x')"),
      'newer release',
    ],
    ['has a log beside it', (backup: string) => writeFileSync(`${backup}-wal`, 'x'), 'is not whole without'],
  ])('refuses a backup that %s, and changes nothing', async (_, spoil, words) => {
    const { url, path, folder, backup } = await restorable()
    spoil(backup)
    const before = readdirSync(folder)
    const { code, err } = await db(url, ['restore', backup, '--yes'])
    expect([code === 0, err]).toEqual([false, expect.stringContaining(words)])
    expect(readdirSync(folder)).toEqual(before)
    expect(countsIn(path)[0]).toBe(2)
  })

  test('refuses a log without its database, which would be written into the backup', async () => {
    const { url, path, backup } = await restorable()
    renameSync(path, `${path}.away`)
    writeFileSync(`${path}-wal`, 'x')
    expect((await db(url, ['restore', backup, '--yes'])).err).toContain('is there without its database')
  })

  test('takes one of an older release, and says what runs at the next start', async () => {
    const { url, backup } = await restorable()
    change(backup, 'drop table claims; drop index outbox_given_up_at; drop index streaks_failures')
    change(backup, "delete from kysely_migration where name like '0019%'")
    expect((await db(url, ['restore', backup, '--yes'])).out).toContain('1 migrations run at the next start')
    const service = await startTestService(url)
    await service.close()
  })

  test('shows in the audit to whoever has kept a later head', async () => {
    const { url, backup } = await restorable()
    const head = /head\s+(\d+:\S+)/.exec(
      (await runProgram(['audit', 'verify'], { cwd: dirname(backup), env: { DATABASE_URL: url } })).out,
    )?.[1]
    expect((await db(url, ['restore', backup, '--yes'])).code).toBe(0)
    const verified = await runProgram(['audit', 'verify', '--head', head ?? ''], {
      cwd: dirname(backup),
      env: { DATABASE_URL: url },
    })
    expect(verified).toMatchObject({
      code: 1,
      err: expect.stringContaining('ends before the head that was kept') as string,
    })
  })
})

/** Holds a file as a restore does, and after a moment puts a copy of another in its place, and lets go. */
const HOLDS = `
  const { DatabaseSync } = require('node:sqlite')
  const { copyFileSync, renameSync } = require('node:fs')
  const [path, other] = process.argv.slice(1)
  const file = new DatabaseSync(path)
  file.exec('pragma locking_mode = exclusive; pragma journal_mode = delete; begin exclusive')
  process.stdout.write('held')
  setTimeout(() => {
    copyFileSync(other, path + '.new')
    renameSync(path + '.new', path)
    file.close()
  }, 1000)`

/** Does something to a backup. */
function change(backup: string, sql: string): void {
  const file = new DatabaseSync(backup)
  file.exec(sql)
  file.close()
}

/** Writes over the middle of a file, where the rows are. */
function damage(backup: string): void {
  const bytes = readFileSync(backup)
  bytes.fill(0xff, 4096 * 2, 4096 * 30)
  writeFileSync(backup, bytes)
}
