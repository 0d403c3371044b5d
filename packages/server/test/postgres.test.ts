/** What holds on PostgreSQL alone: many services that start at once, races between them, and how text and numbers are kept. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { sql } from 'kysely'
import pg from 'pg'
import { DB } from '../src/db/db.ts'
import { addToken } from '../src/auth/tokens.ts'
import { openEngine } from '../src/db/open.ts'
import { canonicalEmail } from '../src/email.ts'
import { DatabaseUnavailable, SettingsError } from '../src/errors.ts'
import { openAuth, openService } from '../src/service.ts'
import { settingsOf } from '../src/settings-list.ts'
import { CheapHasher } from './support/cheap-hasher.ts'
import { SECRET } from './support/databases.ts'
import { PostgresServer } from './support/postgres-server.ts'

const secrets = [SECRET]
const HOUR_MS = 60 * 60_000
let server: PostgresServer
let made = 0

/** A new database, empty or with the tables, and its address. */
async function create(template = 'template1'): Promise<string> {
  const name = `db_${String(++made)}`
  await server.run(`create database ${name} template ${template}`)
  return server.url(name)
}

/** Runs statements beside the service, on a connection that the test holds. */
async function beside(url: string): Promise<pg.Client> {
  const client = new pg.Client(url)
  await client.connect()
  return client
}

beforeAll(async () => {
  server = await PostgresServer.make()
  await server.run('create database migrated')
  await (await DB.open(server.url('migrated'), { secrets })).close()
})
afterAll(async () => server.remove())

describe('a start on PostgreSQL', () => {
  test('of eight services at once runs each migration once', async () => {
    const url = await create()
    const all = await Promise.all(Array.from({ length: 8 }, async () => DB.openAndMigrate(url, { secrets })))
    const ran = all.map(({ migrated }) => migrated.length).sort((a, b) => a - b)
    expect(ran.slice(0, 7)).toEqual([0, 0, 0, 0, 0, 0, 0])
    expect(ran[7]).toBeGreaterThan(10)
    await all[0]?.db.addUser('bob@example.com', 'hash')
    expect(await all[7]?.db.findUserBy({ email: 'bob@example.com' })).toMatchObject({ email: 'bob@example.com' })
    await Promise.all(all.map(async ({ db }) => db.close()))
  })

  test('without a secret is refused in both presets, and as a library', async () => {
    const url = server.url('migrated')
    for (const preset of ['classic', 'hardened'] as const)
      await expect(openService({ preset, database: url })).rejects.toThrow('BIENVENUE_SECRET: is needed')
    await expect(DB.open(url)).rejects.toThrow(SettingsError)
  })

  test('of a newer release is noticed, and changes nothing', async () => {
    const url = await create('migrated')
    const client = await beside(url)
    await client.query("insert into kysely_migration values ('9999-from-the-future', 'x')")
    await client.end()
    await expect(DB.open(url, { secrets })).rejects.toThrow('newer release (it knows 9999-from-the-future)')
  })

  test('that only looks makes nothing in an empty database', async () => {
    const url = await create()
    const settings = settingsOf('classic', {
      service: { secret: SECRET },
      database: { ...settingsOf('classic').database, url },
    })
    await expect(openAuth(settings, {}, { mustExist: true })).rejects.toThrow(
      'nothing of this service is in the database',
    )
    const client = await beside(url)
    expect((await client.query("select 1 from pg_class where relname = 'users'")).rowCount).toBe(0)
    await client.end()
  })

  test('in a database that holds no other letters than Latin is refused', async () => {
    await server.run("create database latin template template0 encoding 'LATIN1' locale_provider libc locale 'C'")
    await expect(DB.open(server.url('latin'), { secrets })).rejects.toThrow('must have the encoding UTF8')
    await server.run('drop database latin')
  })
})

describe('what PostgreSQL stores', () => {
  test('has ids that are never used again, and text that is compared byte by byte', async () => {
    const url = await create('migrated')
    const db = await DB.open(url, { secrets })
    const first = await db.addUser('a@example.com', 'hash')
    await db.users.remove(first.id)
    expect((await db.addUser('b@example.com', 'hash')).id).toBeGreaterThan(first.id)
    await db.close()
    const client = await beside(url)
    const { rows } = await client.query(`select c.relname || '.' || a.attname as name from pg_attribute a
      join pg_class c on c.oid = a.attrelid join pg_collation o on o.oid = a.attcollation
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.atttypid = 'text'::regtype and o.collname <> 'C'`)
    expect(rows).toEqual([])
    await client.end()
  })

  test('ends by the clock of PostgreSQL, whatever that of the machine is set to, before the start or later', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - HOUR_MS })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const db = await DB.open(await create('migrated'), { secrets })
    const secondsAhead = async (): Promise<number> => {
      const { rows } = await server.run('select extract(epoch from clock_timestamp())::float8 as now')
      return Math.abs(db.now().getTime() / 1000 - (rows[0] as { now: number }).now)
    }
    expect(await secondsAhead()).toBeLessThan(2)
    vi.setSystemTime(Date.now() + 3 * HOUR_MS)
    expect(await secondsAhead()).toBeLessThan(2)
    await db.close()
  })

  test('is held up by nobody for ever: PostgreSQL knows how long a statement and a transaction may take [ASVS 13.2.6]', async () => {
    const limits = { size: 1, connectSeconds: 1, statementSeconds: 7 }
    const { engine } = await openEngine(await create('migrated'), { secrets, limits })
    const shown = async (name: string): Promise<unknown> =>
      (await sql`select current_setting(${name}) as shown`.execute(engine.kysely)).rows
    expect(await shown('statement_timeout')).toEqual([{ shown: '7s' }])
    expect(await shown('idle_in_transaction_session_timeout')).toEqual([{ shown: '1min' }])
    await engine.close()
  })

  test('is on its disk before anybody is told, whatever the server would do by itself', async () => {
    const url = await create('migrated')
    await server.run(`alter database ${new URL(url).pathname.slice(1)} set synchronous_commit = off`)
    const { engine } = await openEngine(url, { secrets })
    const { rows } = await sql`show synchronous_commit`.execute(engine.kysely)
    expect(rows).toEqual([{ synchronous_commit: 'on' }])
    await engine.close()
  })
})

describe('races on PostgreSQL', () => {
  let url: string
  let db: DB
  beforeAll(async () => {
    url = await create('migrated')
    db = await DB.open(url, { secrets })
  })
  afterAll(async () => db.close())

  test('a person who is removed while they log in is told so, and nothing breaks [ASVS 15.4.2]', async () => {
    const settings = settingsOf('classic', {
      service: { secret: SECRET },
      database: { ...settingsOf('classic').database, url },
    })
    const { auth, close } = await openAuth(settings, { hasher: new CheapHasher() })
    for (let round = 0; round < 20; round++) {
      const email = `leaving${String(round)}@example.com`
      const { user } = await auth.users.register(email, 'p')
      const logins = Array.from({ length: 4 }, async () => auth.login.withPassword(email, 'p'))
      const [removed, ...outcomes] = await Promise.allSettled([auth.users.remove(user!.id), ...logins])
      expect(removed.status).toBe('fulfilled')
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'login.invalid' })
    }
    await close()
  })

  test('a login in the moment in which its account is disabled leaves no session [ASVS 7.4.2]', async () => {
    const settings = settingsOf('classic', {
      service: { secret: SECRET },
      database: { ...settingsOf('classic').database, url },
    })
    const { auth, close } = await openAuth(settings, { hasher: new CheapHasher() })
    const { user } = await auth.users.register('disabled@example.com', 'p')
    for (let round = 0; round < 30; round++) {
      const logins = Array.from({ length: 4 }, async () => auth.login.withPassword('disabled@example.com', 'p'))
      await Promise.allSettled([...logins, auth.admin.disable('operator', user!.id)])
      await auth.admin.enable('operator', user!.id)
      expect(await db.sessions.list(user!.id, new Date())).toEqual([])
    }
    await close()
  })

  test('of many who want one address one gets it, by registering or by moving there', async () => {
    for (let round = 0; round < 10; round++) {
      const email = `wanted${String(round)}@example.com`
      const movers = await Promise.all(
        [1, 2].map(async (who) => db.addUser(`mover${String(who)}-${String(round)}@x.example`, 'h')),
      )
      const outcomes = await Promise.allSettled([
        ...movers.map(async ({ id }) => db.updateUser(id, { email })),
        ...[1, 2, 3].map(async () => db.addUser(email, 'h')),
      ])
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(String(outcome.reason)).toContain('already exists')
    }
  })

  test('an account that its owner keeps in the last moment is not cleared away', async () => {
    const owner = await db.addUser('keeps@example.com', 'h')
    await db.users.setState(owner.id, 'delete', new Date(0))
    const client = await beside(url)
    await client.query('begin')
    await client.query('update users set delete_at = null where id = $1', [owner.id])
    const clearing = db.users.removeDue(new Date(), 100)
    await expect
      .poll(async () => (await server.run('select 1 from pg_locks where not granted')).rowCount)
      .toBeGreaterThan(0)
    await client.query('commit')
    expect(await clearing).toEqual([])
    expect(await db.users.find(owner.id)).not.toBeNull()
    await client.end()
  })

  test('two transactions that wait for each other are both done in the end', async () => {
    const [a, b] = await Promise.all(['da@example.com', 'db@example.com'].map(async (email) => db.addUser(email, 'h')))
    const both = async (first: typeof a, second: typeof a): Promise<void> =>
      db.transaction(async (tx) => {
        await tx.users.setVerified(first!.id, new Date())
        await tx.users.setLanguage(second!.id, 'fr')
      })
    await Promise.all(Array.from({ length: 6 }, async (_, index) => (index % 2 === 0 ? both(a, b) : both(b, a))))
    expect((await db.users.findAccount(a!.id))?.language).toBe('fr')
  })

  test('a transaction that loses every race is an outage in the end', async () => {
    let tries = 0
    const undone = new DatabaseUnavailable('undone', { cause: Object.assign(new Error('undone'), { code: '40001' }) })
    const hopeless = db.transaction(async () => {
      tries++
      return Promise.reject(undone)
    })
    await expect(hopeless).rejects.toBe(undone)
    expect(tries).toBe(30)
  })

  test('of many who ask for a letter at once one brings it about', async () => {
    const settings = settingsOf('classic', {
      service: { secret: SECRET },
      database: { ...settingsOf('classic').database, url },
      reset: { ...settingsOf('classic').reset, inResponse: false },
    })
    const { auth, close } = await openAuth(settings, { hasher: new CheapHasher() })
    await auth.users.register('asks@example.com', 'p')
    await Promise.all(Array.from({ length: 20 }, async () => auth.reset.request('asks@example.com')))
    expect((await db.outbox.list(100)).filter(({ key }) => key === 'asks@example.com')).toHaveLength(1)
    await close()
  })

  test('an address that its owner leaves goes to nobody else as long as there is a way back', async () => {
    const settings = settingsOf('classic', {
      service: { secret: SECRET },
      database: { ...settingsOf('classic').database, url },
    })
    const { auth, close } = await openAuth(settings, { hasher: new CheapHasher() })
    for (let round = 0; round < 20; round++) {
      const [old, next] = [`old${String(round)}@example.com`, `next${String(round)}@example.com`]
      const { user } = await auth.users.register(old, 'p')
      const binding = { purpose: 'email', userId: user!.id, email: canonicalEmail(old)!, newEmail: next } as const
      const token = await db.transaction(async (tx) =>
        addToken({ now: () => new Date() }, tx, binding, { lifeMs: 60_000, isMailed: true }),
      )
      const strangers = Array.from({ length: 5 }, async () => auth.users.register(old, 'q'))
      const [moved, ...others] = await Promise.allSettled([auth.verification.complete(token, 'p'), ...strangers])
      expect([moved.status, others.every(({ status }) => status === 'rejected')]).toEqual(['fulfilled', true])
    }
    await close()
  })

  test('ids and hashes that it cannot hold match nobody, as on SQLite', async () => {
    for (const id of [1.5, Number.NaN, Infinity, 2 ** 70, -1])
      await expect(db.findUserBy({ id })).rejects.toThrow('no user matches')
    await expect(db.findUserBy({ hashedPassword: 'a\0b' })).rejects.toThrow('no user matches')
  })
})
