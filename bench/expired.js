/** Databases with millions of sessions, each of both kinds as full as the other; filled by the database itself, else it would take hours. */
import { createRequire } from 'node:module'
import { DatabaseSync } from 'node:sqlite'
import { DB } from '../packages/server/dist/index.js'
import { PostgresServer } from '../packages/server/test/support/postgres-server.ts'
import { cheapHash, statementsFor } from './fill.js'

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
 * What fills the tables.
 * @param {'sqlite' | 'postgres'} dialect - For which database.
 * @param {{rows: number, expired: number}} counts - How many sessions, and how many of them have expired.
 * @returns {Promise<string[]>} Statements.
 */
async function statements(dialect, { rows, expired }) {
  const counts = { people: PEOPLE, sessions: rows, expired, entries: 0, hash: await cheapHash() }
  const { users, passwords, sessions } = statementsFor(dialect, counts)
  return [
    ...INDEXES.map((name) => `drop index sessions_${name}`),
    users,
    passwords,
    sessions,
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
  file.exec(['begin', ...(await statements('sqlite', counts)), 'commit'].join(';'))
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
  const all = await statements('postgres', counts)
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
