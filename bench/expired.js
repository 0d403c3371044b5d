/** Databases with millions of sessions, each of both kinds as full as the other; filled by the database itself, else it would take hours. */
import { createRequire } from 'node:module'
import { DatabaseSync } from 'node:sqlite'
import { DB } from '../packages/server/dist/index.js'
import { PostgresServer } from '../packages/server/test/support/postgres-server.ts'

const { default: pg } = await import(
  createRequire(new URL('../packages/server/package.json', import.meta.url)).resolve('pg')
)

const PEOPLE = 10_000
const INDEXES = ['user_id', 'expires_at']
/** As a server has it that is made to last, and not the tests' own. */
const DURABLE = { fsync: 'on', full_page_writes: 'on', shared_buffers: '512MB', max_wal_size: '4GB' }

/**
 * A database with sessions in it.
 * @typedef {{name: string, url: string, countExpired: () => Promise<number>, remove: () => Promise<void>}} Filled
 */

/**
 * What fills the tables. Each so many sessions one has expired, wherever it lies: so each batch has as many pages to change as it can.
 * @param {{rows: number, expired: number, series: (rows: number) => string, id: string}} how - How many, and how the database counts and draws.
 * @returns {string[]} Statements.
 */
function statements({ rows, expired, series, id }) {
  const now = Date.now()
  const end = `case when i % ${Math.round(rows / expired)} = 0 then ${now} - i % 3600000 - 1 else ${now} + 86400000 + i % 86400000 end`
  return [
    ...INDEXES.map((name) => `drop index sessions_${name}`),
    `insert into users (email, email_key, created_at) select 'p' || i || '@example.com', 'p' || i || '@example.com', ${now} ${series(PEOPLE)}`,
    `insert into sessions (id, mac, key_id, user_id, created_at, used_at, idle_ms, expires_at, device, place)
      select ${id}, '${'m'.repeat(43)}', 'bench', 1 + (i * 7919) % ${PEOPLE}, ${now} - i, ${now} - i, 86400000, ${end}, 'Firefox on Linux', '192.0.2.0/24' ${series(rows)}`,
    ...INDEXES.map((name) => `create index sessions_${name} on sessions (${name})`),
  ]
}

/**
 * An SQLite file.
 * @param {string} path - Where.
 * @param {string} secret - The service's.
 * @param {{rows: number, expired: number}} counts - How many sessions, and how many of them have expired.
 * @returns {Promise<Filled>} The database.
 */
export async function fillSqlite(path, secret, counts) {
  const url = `sqlite:${path}`
  await (await DB.open(url, { secrets: [secret] })).close()
  const file = new DatabaseSync(path)
  file.exec('pragma journal_mode = delete; pragma synchronous = off; pragma cache_size = -2000000')
  const series = (/** @type {number} */ rows) =>
    `from (with recursive n(i) as (select 1 union all select i + 1 from n where i < ${rows}) select i from n)`
  const id = [4, 2, 2, 2, 6].map((bytes) => `lower(hex(randomblob(${bytes})))`).join(` || '-' || `)
  file.exec(['begin', ...statements({ ...counts, series, id }), 'commit'].join(';'))
  file.exec('pragma journal_mode = wal')
  file.close()
  return {
    name: 'SQLite',
    url,
    countExpired: async () => {
      const reader = new DatabaseSync(path, { readOnly: true })
      const row = reader.prepare('select count(*) as left from sessions where expires_at <= ?').get(Date.now())
      reader.close()
      return Promise.resolve(Number(row?.['left']))
    },
    remove: async () => Promise.resolve(),
  }
}

/**
 * A PostgreSQL of its own.
 * @param {string} secret - The service's.
 * @param {{rows: number, expired: number}} counts - How many sessions, and how many of them have expired.
 * @returns {Promise<Filled>} The database.
 */
export async function fillPostgres(secret, counts) {
  const server = await PostgresServer.make({ settings: DURABLE })
  await server.run('create database bench')
  const url = server.url('bench')
  await (await DB.open(url, { secrets: [secret] })).close()
  const client = new pg.Client(url)
  await client.connect()
  const series = (/** @type {number} */ rows) => `from generate_series(1::bigint, ${rows}) as i`
  const all = statements({ ...counts, series, id: 'gen_random_uuid()::text' })
  for (const statement of [...all, 'vacuum analyze', 'checkpoint']) await client.query(statement)
  return {
    name: 'PostgreSQL',
    url,
    countExpired: async () => {
      const text = 'select count(*)::int as left from sessions where expires_at <= $1'
      return (await client.query(text, [Date.now()])).rows[0].left
    },
    remove: async () => {
      await client.end()
      await server.remove()
    },
  }
}
