/** A role of PostgreSQL that may add to the audit and read it, and no more: by the statements that docs/audit.md gives. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { DB } from '../src/db/db.ts'
import { SECRET, temporaryFolder } from './support/databases.ts'
import { sessionOf } from './support/http.ts'
import { runProgram } from './support/program.ts'
import type { Ended } from './support/program.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const KEPT = ['audit', 'seals', 'checkpoints']
const [ROLE, DATABASE] = [`service_${process.pid}`, `role_${process.pid}`]
const document = readFileSync(join(import.meta.dirname, '../../../docs/audit.md'), 'utf8')
const [narrow = '', wide = ''] = [...document.matchAll(/```sql\n(.*?)```/gs)].map(([, text = '']) =>
  text.replaceAll('bienvenue', ROLE),
)

const folder = temporaryFolder()
let owner: pg.Client
let role: pg.Client
let url = ''
let service: TestService

beforeAll(async () => {
  const server = inject('postgres').url
  const admin = new pg.Client(`${server}postgres`)
  await admin.connect()
  await admin.query(`create role ${ROLE} login`)
  await admin.query(`create database ${DATABASE}`)
  await admin.end()
  await (await DB.open(`${server}${DATABASE}`, { secrets: [SECRET] })).close()
  owner = new pg.Client(`${server}${DATABASE}`)
  await owner.connect()
  await owner.query(narrow)
  url = `${server.replace('postgres@', `${ROLE}@`)}${DATABASE}`
  role = new pg.Client(url)
  await role.connect()
  service = await startTestService(url)
})
afterAll(async () => {
  await service.close()
  await role.end()
  await owner.query(`drop owned by ${ROLE}`)
  await owner.query(`drop role ${ROLE}`)
  await owner.end()
})

/** How many rows there are in each table that is kept, and how many sessions. */
async function counts(): Promise<readonly number[]> {
  const found: number[] = []
  for (const table of [...KEPT, 'sessions']) {
    const { rows } = await owner.query<{ rows: number }>(`select count(*)::int as rows from ${table}`)
    found.push(rows[0]!.rows)
  }
  return found
}

/** Runs a command as that role. */
async function run(args: readonly string[], input = ''): Promise<Ended> {
  return runProgram(args, { cwd: folder, env: { DATABASE_URL: url, BIENVENUE_SECRET: SECRET }, input })
}

async function verify(): Promise<Ended> {
  return run(['audit', 'verify'])
}

/** What the log says of letting go. */
function warnings(): readonly string[] {
  return service.logged.filter((line) => line.includes('does not let our user delete them'))
}

test('serves as usual: acts are noted, sealed, and verified [ASVS 16.4.2]', async () => {
  const form = { email: 'ann@example.com', password: 'p' }
  expect((await service.send('POST', '/users', { form })).status).toBe(200)
  expect((await service.send('POST', '/sessions', { form: { ...form, password: 'wrong' } })).status).toBe(401)
  const session = sessionOf(await service.send('POST', '/sessions', { form }))!
  expect((await service.send('GET', '/events', { session })).status).toBe(200)
  expect((await service.send('GET', '/export', { session })).status).toBe(200)
  expect((await service.send('POST', '/reset_password', { form })).status).toBe(200)
  await service.auth.background.send()
  await service.auth.seals.seal()
  const [entries, seals] = await counts()
  expect([entries, seals]).toEqual([entries, entries])
  expect(entries).toBeGreaterThanOrEqual(5)
  const { code, out } = await verify()
  expect([code, out]).toEqual([0, expect.stringContaining('nothing was changed')])
})

test('takes accounts in with their ids, checks the database, and copies it away', async () => {
  const account = (id: number): string => `{"email":"p${String(id)}@example.com","id":${String(id)}}\n`
  expect(await run(['import', 'jsonl', '-', '--keep-ids'], account(700))).toMatchObject({ code: 0, err: '' })
  expect(await run(['db', 'check'])).toMatchObject({ code: 0, err: '' })
  expect(await run(['db', 'copy', '--to', 'sqlite:away.db'])).toMatchObject({ code: 0 })
  const form = { email: 'zoe@example.com', password: 'p' }
  expect((await service.send('POST', '/users', { form })).status).toBe(200)
  expect((await owner.query("select id::int from users where email = 'zoe@example.com'")).rows).toEqual([{ id: 701 }])
})

test.each(KEPT)('is refused by the database where it would change, delete or empty %s', async (table) => {
  const [column] = table === 'checkpoints' ? ['chain'] : ['mac']
  for (const statement of [
    `update ${table} set ${column} = 'x'`,
    `delete from ${table}`,
    `truncate ${table} cascade`,
    `drop table ${table}`,
    `alter table ${table} add column x int`,
  ])
    await expect(role.query(statement), statement).rejects.toMatchObject({ code: '42501' })
  await expect(role.query("select setval('audit_id_seq', 1)")).rejects.toMatchObject({ code: '42501' })
  await expect(role.query("insert into kysely_migration values ('0099-mine', 'x')")).rejects.toMatchObject({
    code: '42501',
  })
})

test('lets go of nothing, says so once an hour, and clears all else away; until it is allowed to for a while', async () => {
  const { auth, clock, send } = service
  await auth.background.tidy()
  expect(warnings()).toEqual([])
  clock.advance({ days: 366 })
  const before = await counts()
  await auth.background.tidy()
  await auth.background.tidy()
  const after = await counts()
  expect(after.slice(0, 3)).toEqual(before.slice(0, 3))
  expect([before[3], after[3]]).toEqual([1, 0])
  expect(warnings()).toHaveLength(1)
  expect(service.logged.join('')).not.toMatch(/background (?:failed|waits)/)
  expect((await send('POST', '/sessions', { form: { email: 'ann@example.com', password: 'p' } })).status).toBe(200)
  await auth.seals.seal()
  clock.advance({ minutes: 61 })
  await auth.background.tidy()
  expect(warnings()).toHaveLength(2)

  await owner.query(wide)
  clock.advance({ minutes: 61 })
  await auth.background.tidy()
  await owner.query(narrow)
  expect((await counts()).slice(0, 3)).toEqual([1, 1, 1])
  expect(warnings()).toHaveLength(2)
  expect((await verify()).code).toBe(0)
  await expect(role.query('delete from audit')).rejects.toMatchObject({ code: '42501' })
})

test('cannot migrate, and says so in a line', async () => {
  await owner.query('delete from kysely_migration where name = (select max(name) from kysely_migration)')
  const { code, err } = await runProgram(['serve', '--port', '0'], {
    cwd: folder,
    env: { DATABASE_URL: url, BIENVENUE_SECRET: SECRET },
  })
  expect([code, err]).toEqual([1, expect.stringContaining('the database does not let our user do this')])
})
