/** PostgreSQL that goes away, comes back, fills up, hangs or hands over, under a service that stays. */
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import pg from 'pg'
import { DB } from '../src/db/db.ts'
import { ConnectionPool } from '../src/db/dialects/postgres-pool.ts'
import { parsePostgresUrl } from '../src/db/dialects/postgres-url.ts'
import { CuttingRelay } from './support/cutting-relay.ts'
import { SECRET } from './support/databases.ts'
import { sessionOf } from './support/http.ts'
import type { Answer } from './support/http.ts'
import { PostgresServer } from './support/postgres-server.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const BOB = { email: 'bob@example.com', password: 'p' }
const QUICK = { poolSize: 3, connectSeconds: 1, statementSeconds: 1 }

/** What every outage is answered with. */
function expectOutage(answer: Answer): void {
  expect(answer.status).toBe(503)
  expect(answer.headers['retry-after']).toMatch(/^\d+$/)
  expect(answer.json).toMatchObject({ code: 'http.unavailable' })
  expect(answer.text).not.toMatch(/postgres|sql|ECONN|relation|127\.0\.0\.1/i)
}

describe('a service whose PostgreSQL', () => {
  let server: PostgresServer
  let service: TestService
  let session: string
  let others: pg.Client
  let made = 0

  beforeAll(async () => {
    server = await PostgresServer.make()
  })
  afterAll(async () => server.remove())
  beforeEach(async () => {
    await server.run(`create database outages_${String(++made)}`)
    const url = server.url(`outages_${String(made)}`)
    service = await startTestService(url, { database: { url, ...QUICK } })
    await service.send('POST', '/users', { form: BOB })
    session = sessionOf(await service.send('POST', '/sessions', { form: BOB })) ?? ''
    others = new pg.Client(url)
    others.on('error', () => undefined)
    await others.connect()
  })
  afterEach(async () => {
    await others.end()
    await service.close()
  })

  /** The check of a session. */
  const check = async (): Promise<Answer> => service.send('GET', '/profile', { session })
  /** Something that is written. */
  const write = async (): Promise<Answer> => service.send('POST', '/sessions', { form: BOB })

  test.each(['SIGINT', 'SIGQUIT', 'SIGKILL'] as const)(
    'ends by %s and starts again answers 503 meanwhile, and works again by itself',
    async (how) => {
      await server.stop(how)
      for (const answer of await Promise.all([check(), write(), check(), write()])) expectOutage(answer)
      expect((await service.send('GET', '/readyz')).status).toBe(503)
      expect((await service.send('GET', '/healthz')).status).toBe(200)
      await server.start()
      expect((await check()).status).toBe(200)
      expect((await write()).status).toBe(200)
      expect((await service.send('GET', '/readyz')).status).toBe(200)
    },
  )

  test('hangs at a statement answers 503 within seconds, and goes on afterwards [ASVS 13.2.6]', async () => {
    await others.query('begin')
    await others.query('lock table sessions in access exclusive mode')
    const began = performance.now()
    for (const answer of await Promise.all([check(), write()])) expectOutage(answer)
    expect(performance.now() - began).toBeLessThan(4000)
    await others.query('rollback')
    expect((await check()).status).toBe(200)
    expect((await write()).status).toBe(200)
  })

  test('has no connection free answers 503 once the wait is over [ASVS 13.2.6]', async () => {
    await others.query('begin')
    await others.query('lock table sessions in access exclusive mode')
    const answers = await Promise.all(Array.from({ length: 12 }, check))
    for (const answer of answers) expectOutage(answer)
    expect(service.logged.join('')).toContain('all of ours are in use for too long')
    await others.query('rollback')
    expect((await check()).status).toBe(200)
  })

  test('takes no writes any more checks sessions still, and answers 503 to what must be written', async () => {
    await others.query(`alter database outages_${String(made)} set default_transaction_read_only = on`)
    await others.query(
      'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    expect((await check()).status).toBe(200)
    expectOutage(await write())
    await others.query('set transaction_read_only = off')
    await others.query('set default_transaction_read_only = off')
    await others.query(`alter database outages_${String(made)} reset default_transaction_read_only`)
    expect((await write()).status).toBe(200)
  })

  test('tells what a row holds when it refuses one keeps that out of the log', async () => {
    await others.query("alter table sessions add constraint odd check (device = 'x') not valid")
    expect((await write()).status).toBe(500)
    const logged = service.logged.join('')
    expect(logged).toContain('violates check constraint')
    expect(logged).not.toContain('Failing row contains')
  })
})

/** With what a statement fails on this connection. */
async function failureOf(client: pg.PoolClient): Promise<unknown> {
  return client.query('select 1').then(
    () => expect.fail('the connection lives'),
    (error: unknown) => error,
  )
}

describe('with several hosts', () => {
  test('one that takes connections and never answers is passed over once the wait is over', async () => {
    const mute = createServer(() => undefined)
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    const server = await PostgresServer.make()
    const hosts = [(mute.address() as AddressInfo).port, server.port].map((port) => `127.0.0.1:${String(port)}`)
    const url = `postgres://postgres@${hosts.join(',')}/postgres`
    const began = performance.now()
    const service = await startTestService(url, { database: { url, ...QUICK } })
    expect((await service.send('POST', '/users', { form: BOB })).status).toBe(200)
    expect(performance.now() - began).toBeGreaterThan(QUICK.connectSeconds * 1000)
    await service.close()
    await server.remove()
    mute.close()
  })

  test('of connections that die together the first alone turns to the next one', async () => {
    const [one, two] = await Promise.all([PostgresServer.make(), PostgresServer.make()])
    const relay = new CuttingRelay(one.port)
    const hosts = `127.0.0.1:${String(await relay.listen())},127.0.0.1:${String(two.port)}`
    const limits = { size: 3, connectSeconds: 1, statementSeconds: 1 }
    const pool = new ConnectionPool(parsePostgresUrl(`postgres://postgres@${hosts}/postgres`), limits)
    const dying = await Promise.all([pool.take(), pool.take()])
    relay.cut()
    for (const client of dying) pool.release(client, await failureOf(client))
    const came = relay.connections
    const next = await pool.take()
    expect(next.port).toBe(two.port)
    expect(relay.connections).toBe(came) // nobody has asked the dead one again
    pool.release(next)
    await pool.end()
    relay.close()
    await Promise.all([one.remove(), two.remove()])
  })

  test('the one that takes writes is used, and found again when it is another', async () => {
    const [one, two] = await Promise.all([PostgresServer.make(), PostgresServer.make()])
    for (const server of [one, two]) await (await DB.open(server.url('postgres'), { secrets: [SECRET] })).close()
    await one.run('alter database postgres set default_transaction_read_only = on')
    const hosts = `127.0.0.1:${String(one.port)},127.0.0.1:${String(two.port)}`
    const url = `postgres://postgres@${hosts}/postgres`
    const service = await startTestService(url, { database: { url, ...QUICK } })
    expect((await service.send('POST', '/users', { form: BOB })).status).toBe(200)
    await two.stop()
    expectOutage(await service.send('POST', '/users', { form: BOB }))
    await one.run(
      'set default_transaction_read_only = off',
      'alter database postgres reset default_transaction_read_only',
    )
    expect((await service.send('POST', '/users', { form: BOB })).status).toBe(200)
    await two.start()
    await one.stop('SIGKILL') // what serves a connection outlives it by a moment, and may still break off a request
    const logIn = async (): Promise<number> => (await service.send('POST', '/sessions', { form: BOB })).status
    await expect.poll(logIn, { timeout: 10_000 }).toBe(200)
    await service.close()
    await Promise.all([one.remove(), two.remove()])
  })
})
