/** `bienvenue db check`: what is wrong with a database is a line with what to do, and a whole one gets none. */
import { readFileSync, writeFileSync } from 'node:fs'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { isPostgres } from '../src/database-address.ts'
import { openEngine } from '../src/db/open.ts'
import { databases, SECRET, temporaryFolder } from './support/databases.ts'
import { everythingIn, fillHouse, HOUSE_SECRET } from './support/house.ts'
import { runProgram } from './support/program.ts'
import type { Ended } from './support/program.ts'

const folder = temporaryFolder()

/** Checks a database. */
async function check(url: string, secret = HOUSE_SECRET, ...args: readonly string[]): Promise<Ended> {
  return runProgram(['db', 'check', ...args], { cwd: folder, env: { DATABASE_URL: url, BIENVENUE_SECRET: secret } })
}

/** Does something to a database by hand, without regard to what refers to what. */
async function byHand(url: string, ...statements: readonly string[]): Promise<void> {
  const { engine } = await openEngine(url, { secrets: [SECRET] })
  await engine.kysely.connection().execute(async (connection) => {
    await sql
      .raw(isPostgres(url) ? 'set session_replication_role = replica' : 'pragma foreign_keys = off')
      .execute(connection)
    for (const statement of statements) await sql.raw(statement).execute(connection)
  })
  await engine.close()
}

describe.each(databases)('a check on $name', ({ name, fresh }) => {
  const url = fresh()
  beforeAll(async () => {
    await fillHouse(url)
  })

  test('of a house that is lived in finds nothing, counts everything, and changes nothing', async () => {
    const before = await everythingIn(url)
    const { code, out, err } = await check(url)
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^rows +users 3, passwords 3, sessions 1/m)
    expect(out).toMatch(/^hashes +argon2id 3$/m)
    expect(out).toMatch(/^key [0-9a-f]{12} {2}sessions 1, /m)
    expect(await everythingIn(url)).toEqual(before)
    expect(JSON.parse((await check(url, HOUSE_SECRET, '--json')).out)).toMatchObject({
      tables: { users: 3 },
      findings: [],
      keys: [{ isKnown: true }],
    })
  })

  test('without the right secret says that nothing is under a key that is known', async () => {
    const { code, out } = await check(url, 'y9'.repeat(5) + SECRET)
    expect([code, out]).toEqual([1, expect.stringContaining('warning: nothing is under a key whose secret is set')])
  })

  test('names what is wrong by people and tables, and says what to do', async () => {
    await byHand(
      url,
      "update users set email_key = 'Ann@Example.com' where email = 'ann@example.com'",
      "update passwords set hash = 'plain' where user_id = (select id from users where email = 'ben@example.com')",
      "update sessions set user_id = 99, key_id = 'abcdefabcdef'",
    )
    const { code, out, err } = await check(url)
    expect([code, err]).toEqual([1, 'bienvenue: not all is as it should be: 3 to look at\n'])
    expect(out).toMatch(/warning: 1 person has a canonical email that is not that of their email \(\d+\)/)
    expect(out).toMatch(
      /warning: 1 password is stored in a form that nothing checks \(\d+\): .*`bienvenue users reset ID`/,
    )
    expect(out).toContain('warning: 1 row of sessions belongs to a person who is not there: delete it')
    expect(out).toContain('note: the secret of the key abcdefabcdef was not given')
    expect(out).not.toContain('plain')
    const { findings } = JSON.parse((await check(url, HOUSE_SECRET, '--json')).out) as { findings: { kind: string }[] }
    expect(findings.map(({ kind }) => kind)).toEqual(['email', 'hash', 'nobodys'])
  })

  test('of an older release, or of something else, says so', async () => {
    await byHand(url, "delete from kysely_migration where name like '0017%'")
    expect((await check(url)).out).toContain('it lacks 0017-device-ids): run `bienvenue migrate`')
    await byHand(url, 'drop table kysely_migration')
    expect((await check(url)).out).toContain('nothing of this service is in the database')
  })

  test('of a damaged file says what SQLite says', async () => {
    if (name !== 'SQLite') return
    const path = url.replace('sqlite:', '')
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.fill(0xff, bytes.length - 20 * 4096))
    const { code, out } = await check(url)
    expect([code, out]).toEqual([1, expect.stringMatching(/warning: the file is damaged \(.*\): stop the service/)])
  })
})
