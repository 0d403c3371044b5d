/** What others put into a database or beside it: triggers, views, ids near the end, links, and drafts that were cut off. */
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { makeBackup } from '../src/db/backup.ts'
import { checkDatabase } from '../src/db/check.ts'
import type { Finding } from '../src/db/check.ts'
import { openSnapshot, openTarget } from '../src/db/house-ends.ts'
import { openEngine } from '../src/db/open.ts'
import { restoreBackup } from '../src/db/restore.ts'
import { databases, SECRET, temporaryFolder } from './support/databases.ts'
import { runProgram } from './support/program.ts'
import { startTestService } from './support/service.ts'

const NOW = new Date('2026-11-21T12:13:01Z')
const RESTORING = { secrets: [], now: NOW, confirm: async () => Promise.resolve(true) }
const STRANGERS = {
  SQLite: `create trigger reign after insert on users begin update users set admin_at = 1 where id = new.id; end;
    create view spy as select * from passwords; create table more (a)`,
  PostgreSQL: `create function reign() returns trigger language plpgsql as 'begin new.admin_at = 1; return new; end';
    create trigger reign before insert on users for each row execute function reign();
    create rule spy as on delete to users do instead nothing; create table more (a integer)`,
}

/** Somebody registers, at a service that ends then. */
async function register(url: string, email: string): Promise<number> {
  const service = await startTestService(url)
  const { status } = await service.send('POST', '/users', { form: { email, password: 'mySuperPwd' } })
  await service.close()
  return status
}

/** A database in a folder of its own, in which somebody is. */
async function place(): Promise<{ folder: string; path: string; url: string }> {
  const folder = temporaryFolder()
  const path = join(folder, 'house.db')
  await register(`sqlite:${path}`, 'ann@example.com')
  return { folder, path, url: `sqlite:${path}` }
}

/** Who is in a file. */
function emailsIn(path: string): readonly unknown[] {
  const file = new DatabaseSync(path, { readOnly: true })
  const rows = file.prepare('select email from users order by id').all()
  file.close()
  return rows.map(({ email }) => email)
}

/** Runs statements by hand. */
async function byHand(url: string, statements: string): Promise<void> {
  const { engine } = await openEngine(url, { secrets: [SECRET] })
  if (url.startsWith('sqlite:')) {
    const file = new DatabaseSync(url.replace('sqlite:', ''))
    file.exec(statements)
    file.close()
  } else await sql.raw(statements).execute(engine.kysely)
  await engine.close()
}

/** What a check finds. */
async function findingsIn(url: string): Promise<readonly Finding[]> {
  const snapshot = await openSnapshot(url)
  try {
    return (await checkDatabase(snapshot, null, () => undefined)).findings
  } finally {
    await snapshot.close()
  }
}

/** Makes a backup, as the command does. */
async function backUp(path: string, to: string, at = NOW): Promise<string> {
  return (await makeBackup(path, to, at, () => undefined)).file
}

describe.each(databases)('a check on $name', ({ name, fresh }) => {
  test('names what this service did not put into its database', async () => {
    const url = fresh()
    await register(url, 'ann@example.com')
    const before = (await findingsIn(url)).filter(({ kind }) => kind === 'stranger')
    await byHand(url, STRANGERS[name as keyof typeof STRANGERS])
    const where = name === 'SQLite' ? ['table more', 'trigger reign', 'view spy'] : ['rule spy', 'trigger reign']
    expect(before).toEqual([])
    expect(await findingsIn(url)).toContainEqual({ kind: 'stranger', count: where.length, where })
    const env = { DATABASE_URL: url, BIENVENUE_SECRET: SECRET }
    const { code, out } = await runProgram(['db', 'check'], { cwd: temporaryFolder(), env })
    expect([code, out]).toEqual([1, expect.stringContaining(`did not put there (${where.join(', ')})`)])
  })

  test('names tables whose ids are near their end, and a file of them stays as usable as it is', async () => {
    const url = fresh()
    await register(url, 'ann@example.com')
    const overriding = name === 'SQLite' ? '' : 'overriding system value'
    await byHand(
      url,
      `insert into users (id, email, email_key, created_at) ${overriding} values (9007199254740991, 'x', 'x', 1)`,
    )
    expect(await findingsIn(url)).toEqual([{ kind: 'ids', count: 1, where: ['users'] }])
    await byHand(url, 'delete from users where id > 9000000000000000')
    if (name !== 'SQLite') return
    expect(await findingsIn(url)).toEqual([{ kind: 'ids', count: 1, where: ['users'] }])
    const service = await startTestService(url)
    const form = { email: 'bob@example.com', password: 'mySuperPwd' }
    expect((await service.send('POST', '/users', { form })).status).toBe(500)
    const login = { email: 'ann@example.com', password: 'mySuperPwd' }
    expect((await service.send('POST', '/sessions', { form: login })).status).toBe(200)
    await service.close()
  })
})

test('a great id that was given out last is no reason for a commit to fail, and no transaction stays open', async () => {
  const { url, path } = await place()
  const { engine } = await openEngine(url, {})
  await sql
    .raw(
      "insert into inbox (id, recipient, subject, text, html, sent_at) values (9223372036854775806, 'x', 'x', 'x', 'x', 1)",
    )
    .execute(engine.kysely)
  await engine.kysely.transaction().execute(async (tx) => tx.deleteFrom('inbox').execute())
  const other = new DatabaseSync(path, { timeout: 0 })
  other.exec('begin immediate; commit')
  other.close()
  await engine.close()
})

describe('a restore', () => {
  test.each([
    ['a trigger', STRANGERS.SQLite.split(';').slice(0, 2).join(';'), 'trigger reign'],
    ['a view', 'create view spy as select * from passwords', 'view spy'],
    ['a table', 'create table more (a)', 'table more'],
  ])('refuses a backup with %s, and changes nothing', async (_, statements, named) => {
    const { folder, path, url } = await place()
    const backup = await backUp(path, join(folder, 'backup.db'))
    const file = new DatabaseSync(backup)
    file.exec(statements)
    file.close()
    const before = readdirSync(folder)
    await register(url, 'later@example.com')
    await expect(restoreBackup(backup, path, RESTORING)).rejects.toThrow(`did not put there (${named})`)
    expect(readdirSync(folder)).toEqual(before)
    expect(emailsIn(path)).toEqual(['ann@example.com', 'later@example.com'])
  })

  test('through links acts on the database behind them, and the secret stays beside the link', async () => {
    const { folder, path, url } = await place()
    const backup = await backUp(path, join(folder, 'backup.db'))
    await register(url, 'later@example.com')
    mkdirSync(join(folder, 'here'))
    const link = join(folder, 'here', 'linked.db')
    symlinkSync(path, link)
    renameSync(`${path}.secret`, `${link}.secret`)
    symlinkSync(backup, join(folder, 'here', 'backup-link.db'))
    const done = await restoreBackup(join(folder, 'here', 'backup-link.db'), link, RESTORING)
    expect(done?.aside).toBe(`${path}.before-restore-20261121T121301Z`)
    expect([lstatSync(link).isSymbolicLink(), lstatSync(path).isFile()]).toEqual([true, true])
    expect(readdirSync(join(folder, 'here')).toSorted()).toEqual(['backup-link.db', 'linked.db', 'linked.db.secret'])
    expect(emailsIn(link)).toEqual(['ann@example.com'])
  })

  test('ends where a service came to be meanwhile, and leaves that and its people alone', async () => {
    const { folder, path } = await place()
    const backup = await backUp(path, join(folder, 'backup.db'))
    const elsewhere = join(folder, 'elsewhere.db')
    let stop = async (): Promise<unknown> => Promise.resolve()
    const confirm = async (): Promise<boolean> => {
      const service = await startTestService(`sqlite:${elsewhere}`)
      stop = async () => service.close()
      const form = { email: 'new@example.com', password: 'mySuperPwd' }
      return (await service.send('POST', '/users', { form })).status === 200
    }
    await expect(restoreBackup(backup, elsewhere, { ...RESTORING, confirm })).rejects.toThrow(
      `a database came to be at ${elsewhere} meanwhile: stop the service that uses it, and restore again`,
    )
    await stop()
    expect(emailsIn(elsewhere)).toEqual(['new@example.com'])
    expect(readdirSync(folder).filter((name) => name.includes('restoring'))).toEqual([])
  })

  test('ends where a log came to be meanwhile, which would be written into the backup', async () => {
    const { folder, path } = await place()
    const backup = await backUp(path, join(folder, 'backup.db'))
    const elsewhere = join(folder, 'elsewhere.db')
    const confirm = async (): Promise<boolean> => {
      writeFileSync(`${elsewhere}-wal`, 'x')
      return Promise.resolve(true)
    }
    await expect(restoreBackup(backup, elsewhere, { ...RESTORING, confirm })).rejects.toThrow(
      'is there without its database',
    )
    expect(existsSync(elsewhere)).toBe(false)
  })

  test('leaves behind a secret beside the backup that is of nothing in it', async () => {
    const { folder, path, url } = await place()
    const backup = await backUp(path, join(folder, 'backup.db'))
    const { code } = await runProgram(['users', 'list'], { cwd: folder, env: { DATABASE_URL: `sqlite:${backup}` } })
    expect([code, existsSync(`${backup}.secret`)]).toEqual([0, true])
    renameSync(`${path}.secret`, `${path}.kept`)
    expect((await restoreBackup(backup, path, RESTORING))?.keyUse[0]?.isKnown).toBe(false)
    expect(existsSync(`${path}.secret`)).toBe(false)
    renameSync(`${path}.kept`, `${path}.secret`)
    expect(await register(url, 'later@example.com')).toBe(200)
  })

  test('refuses a link that leads nowhere, and one to a database in use', async () => {
    const { folder, path } = await place()
    const backup = await backUp(path, join(folder, 'backup.db'))
    symlinkSync(join(folder, 'nothing.db'), join(folder, 'dangling.db'))
    await expect(restoreBackup(backup, join(folder, 'dangling.db'), RESTORING)).rejects.toThrow('leads nowhere')
    symlinkSync(path, join(folder, 'live.db'))
    const running = new DatabaseSync(path)
    running.exec("pragma journal_mode = wal; update users set language = 'fr'")
    const elsewhere = join(folder, 'elsewhere.db')
    await expect(restoreBackup(join(folder, 'live.db'), elsewhere, RESTORING)).rejects.toThrow('is not whole without')
    running.close()
  })
})

describe('a backup', () => {
  test('never takes the place of a link, also of one that leads nowhere', async () => {
    const { folder, path } = await place()
    const link = join(folder, 'backup.db')
    symlinkSync(join(folder, 'nothing.db'), link)
    await expect(backUp(path, link)).rejects.toThrow(
      `${link} is there already; a backup never takes the place of a file`,
    )
    expect(existsSync(join(folder, 'nothing.db'))).toBe(false)
  })

  test('removes no file or folder that has the name of its draft and is none, nor does a copy or a restore', async () => {
    const { folder, path, url } = await place()
    const backup = await backUp(path, join(folder, 'backup.db'))
    const [part, copying, restoring] = [join(folder, 'b.part'), join(folder, 'c.copying'), `${path}.restoring`]
    const mine = (draft: string): string => `${draft} is there, and is no draft: move it away`
    for (const draft of [part, copying, restoring]) writeFileSync(draft, 'mine')
    await expect(backUp(path, join(folder, 'b'))).rejects.toThrow(mine(part))
    await expect(openTarget(`sqlite:${join(folder, 'c')}`)).rejects.toThrow(mine(copying))
    await expect(restoreBackup(backup, path, RESTORING)).rejects.toThrow(mine(restoring))
    for (const draft of [part, copying, restoring]) expect(readFileSync(draft, 'utf8')).toBe('mine')
    mkdirSync(join(folder, 'd.part'))
    await expect(backUp(path, join(folder, 'd'))).rejects.toThrow(mine(join(folder, 'd.part')))
    expect(await register(url, 'later@example.com')).toBe(200)
  })

  test('removes a draft that was cut off before its first page was written', async () => {
    const { folder, path } = await place()
    writeFileSync(join(folder, 'b.part'), Buffer.concat([Buffer.alloc(4096), Buffer.alloc(4096, 'x')]))
    await backUp(path, join(folder, 'b'))
    expect([emailsIn(join(folder, 'b')), existsSync(join(folder, 'b.part'))]).toEqual([['ann@example.com'], false])
  })

  test('into a folder clears drafts away that were cut off, and none that somebody may be at work on', async () => {
    const { folder, path } = await place()
    const to = join(folder, 'backups')
    mkdirSync(to)
    const long = new Date(NOW.getTime() - 13 * 60 * 60 * 1000)
    const drafts = {
      old: 'house-20261101T000000Z.db.part',
      young: 'house-20261121T120000Z.db.part',
      held: 'house-20261102T000000Z.db.part',
      anothers: 'house-of-ann-20261101T000000Z.db.part',
      whole: 'house-20261101T000000Z.db',
    }
    for (const name of Object.values(drafts)) writeFileSync(join(to, name), '')
    const held = new DatabaseSync(join(to, drafts.held))
    held.exec('create table a (b); begin exclusive')
    for (const name of Object.values(drafts)) utimesSync(join(to, name), long, name === drafts.young ? NOW : long)
    await backUp(path, to)
    held.close()
    const { old, ...left } = drafts
    expect(readdirSync(to).toSorted()).toEqual([...Object.values(left), 'house-20261121T121301Z.db'].toSorted())
    expect(existsSync(join(to, old))).toBe(false)
  })
})
