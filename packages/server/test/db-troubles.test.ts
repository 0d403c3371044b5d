/** `bienvenue db` where something is in the way: each refusal names the file that it is about, and says what to do. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { holdAlone } from '../src/db/dialects/sqlite-alone.ts'
import { openEngine } from '../src/db/open.ts'
import { migrate } from '../src/db/migrate.ts'
import { databases, SECRET, temporaryFolder } from './support/databases.ts'
import { runLimited } from './support/limited.ts'
import { runProgram } from './support/program.ts'
import type { Ended } from './support/program.ts'
import { runAtTerminal } from './support/terminal.ts'

const [sqlite, postgres] = databases as [(typeof databases)[0], (typeof databases)[0]]
const home = temporaryFolder()
const UNEXPECTED = 'something unexpected'

/** A database at an address, with a folder of its own for a file. */
async function made(url = sqlite.fresh()): Promise<{ url: string; path: string; folder: string }> {
  const { engine } = await openEngine(url, { secrets: [SECRET] })
  await migrate(engine)
  await engine.close()
  const path = url.replace('sqlite:', '')
  return { url, path, folder: dirname(path) }
}

/** Runs a part of `bienvenue db` on a database. */
async function db(url: string, ...args: readonly string[]): Promise<Ended> {
  return runProgram(['db', ...args], { cwd: home, env: { DATABASE_URL: url, BIENVENUE_SECRET: SECRET } })
}

/** Fills a database with so much that a backup of it is long. */
function fill(path: string): void {
  const file = new DatabaseSync(path)
  file.exec(`insert into limits with recursive n (i) as (select 1 union all select i + 1 from n where i < 20000)
    select printf('%0100d', i), i, 1 from n`)
  file.close()
}

/** Writes over the end of a file, where rows are. */
function damage(path: string): void {
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.fill(0xff, bytes.length - 20 * 4096))
}

/** Writes a file that is no database. */
function junkIn(folder: string): string {
  const path = join(folder, 'junk.db')
  writeFileSync(path, 'dear diary'.repeat(1000))
  return path
}

describe('a backup says of itself', () => {
  test('that its folder is not there, and makes no file in the place of one', async () => {
    const { url, folder } = await made()
    for (const to of ['backups/', 'nowhere/x.db']) {
      const { code, err } = await db(url, 'backup', join(folder, to))
      expect([code, err]).toEqual([
        1,
        expect.stringMatching(/there is no folder .*(?:backups|nowhere).*; make it first/),
      ])
    }
    expect(readdirSync(folder).filter((name) => /backups|nowhere|[.]part/.test(name))).toEqual([])
    mkdirSync(join(folder, 'backups'))
    expect((await db(url, 'backup', `${join(folder, 'backups')}/`)).code).toBe(0)
  })

  test('that it has no room, and leaves nothing of it', async () => {
    const { url, path, folder } = await made()
    fill(path)
    const to = join(folder, 'backup.db')
    const { code, err } = runLimited(['db', 'backup', to], { cwd: home, env: { DATABASE_URL: url } })
    expect([code, err]).toEqual([1, expect.stringContaining(`the backup ${to} `) as string])
    expect(err).not.toContain(UNEXPECTED)
    expect(readdirSync(folder).filter((name) => name.startsWith('backup'))).toEqual([])
  })

  test('that what was read is damaged, on a line of its own', async () => {
    const { url, path, folder } = await made()
    fill(path)
    damage(path)
    const to = join(folder, 'backup.db')
    const { code, parts } = await runAtTerminal(['db', 'backup', to, '--database-url', url])
    const said = parts.map(([, text]) => text)
    expect([code, said.at(-2)]).toEqual([1, '\n'])
    expect(said.at(-1)).toContain(`what was read of ${path} is damaged (`)
    expect(said.at(-1)).toContain('nothing was kept; `bienvenue db check`')
    expect(existsSync(to)).toBe(false)
  })

  test('that it is made, on a line of its own', async () => {
    const { url, path, folder } = await made()
    fill(path)
    const { code, parts } = await runAtTerminal(['db', 'backup', join(folder, 'backup.db'), '--database-url', url])
    expect([code, parts.at(-1)?.[0]]).toEqual([0, 'out'])
    expect(parts.at(-2)).toEqual(['err', '\n'])
    expect(parts.at(-3)?.[1]).toContain('backing up: ')
  })
})

describe('what cannot be restored or checked is named', () => {
  test('where it is no database', async () => {
    const { url, folder } = await made()
    const junk = junkIn(folder)
    const words = `${junk} is not a database: look whether it is the right file`
    expect((await db(url, 'restore', junk, '--yes')).err).toContain(`the backup ${words}`)
    expect((await db(`sqlite:${junk}`, 'check')).err).toContain(words)
  })

  test('where it is damaged', async () => {
    const { url, path, folder } = await made()
    const backup = join(folder, 'backup.db')
    fill(path)
    expect((await db(url, 'backup', backup)).code).toBe(0)
    damage(backup)
    const { code, err } = await db(url, 'restore', backup, '--yes')
    expect([code, err]).toEqual([1, expect.stringContaining(`the backup ${backup} is damaged (`) as string])
    expect(err).toContain('nothing was changed; take another one')
  })

  test('where it is a folder, or there is no room beside the database', async () => {
    const { url, path, folder } = await made()
    expect((await db(url, 'restore', folder, '--yes')).err).toContain(`${folder} is no file: name a backup`)
    const backup = join(folder, 'backup.db')
    fill(path)
    expect((await db(url, 'backup', backup)).code).toBe(0)
    const env = { DATABASE_URL: url, BIENVENUE_SECRET: SECRET }
    const { code, err } = runLimited(['db', 'restore', backup, '--yes'], { cwd: home, env })
    expect([code, err]).toEqual([1, expect.stringContaining(`${path}.restoring, has no room`) as string])
    expect(readdirSync(folder).filter((name) => name.includes('restoring'))).toEqual([])
  })

  test('where another program has the database open', async () => {
    const { path } = await made()
    const other = new DatabaseSync(path)
    other.exec('pragma journal_mode = wal; select count(*) from users')
    expect(() => holdAlone(path)).toThrow(`has ${path} open: stop it, and try again`)
    other.close()
  })
})

describe('what cannot be copied is named', () => {
  test('where the target is not empty', async () => {
    const { url, path } = await made()
    const file = await db(url, 'copy', '--to', url.replace(path, (await made()).path))
    expect([file.code, file.err]).toEqual([1, expect.stringContaining('; name a file with --to') as string])
    const to = postgres.fresh()
    const { engine } = await openEngine(to, { secrets: [SECRET] })
    await migrate(engine)
    await engine.kysely.insertInto('limits').values({ key: 'x', window_start: 1, hits: 1 }).execute()
    await engine.close()
    const env = { DATABASE_URL: url, BIENVENUE_SECRET: SECRET, NEW: to }
    const { code, err } = await runProgram(['db', 'copy', '--to', 'env:NEW'], { cwd: home, env })
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('it holds limits (1); name an empty one with --to') as string,
    ])
  })

  test('where nothing of this service is in it', async () => {
    const { url, folder } = await made()
    const path = join(folder, 'other.db')
    const other = new DatabaseSync(path)
    other.exec('create table people (id integer)')
    other.close()
    const { code, err } = await db(url, 'copy', '--from', `sqlite:${path}`, '--to', `sqlite:${path}.new`)
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('look whether --from, or else DATABASE_URL, names') as string,
    ])
  })

  test('and a result or a refusal stands on a line of its own', async () => {
    process.env['BIENVENUE_SECRET'] = SECRET
    const { url, path } = await made()
    fill(path)
    const done = await runAtTerminal(['db', 'copy', '--from', url, '--to', `${url}.new`])
    expect([done.code, done.parts.findLast(([where]) => where === 'err')?.[1]]).toEqual([0, '\n'])
    const file = new DatabaseSync(path, { enableForeignKeyConstraints: false })
    file.exec("insert into passwords (user_id, hash, set_at) values (99, 'x', 1)")
    file.close()
    const refused = await runAtTerminal(['db', 'copy', '--from', url, '--to', `${url}.other`])
    const said = refused.parts.map(([, text]) => text)
    expect([refused.code, said.at(-2), said.at(-1)]).toEqual([1, '\n', expect.stringContaining('not there') as string])
    delete process.env['BIENVENUE_SECRET']
  })
})
