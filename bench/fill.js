/** Fills a database with people and sessions that nobody has, in rows as large as real ones, and with some real sessions among them. */
import { DatabaseSync } from 'node:sqlite'
import { DB } from '../packages/server/dist/index.js'
import { CheapHasher } from '../packages/server/test/support/cheap-hasher.ts'

/** The password of everybody whom this module adds, by the cheap hasher. */
export const PASSWORD = 'MyPwdOfBob'
const DAY = 24 * 60 * 60_000
const HOUR = 60 * 60_000

/** The words in which the two databases differ: a series of numbers, a random id, a random text of 43 letters. */
const DIALECTS = {
  sqlite: {
    series: (/** @type {number} */ count) =>
      `(with recursive s(n) as (values (1) union all select n + 1 from s where n < ${count}) select n from s) series`,
    id: "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))",
    text: 'substr(hex(randomblob(22)), 2)',
  },
  postgres: {
    series: (/** @type {number} */ count) => `generate_series(1, ${count}) as series(n)`,
    id: 'gen_random_uuid()::text',
    text: 'substr(md5(random()::text) || md5(random()::text), 1, 43)',
  },
}

/**
 * The statements that fill tables, by name.
 * @param {'sqlite' | 'postgres'} dialect - For which database.
 * @param {{people: number, sessions: number, entries: number, hash: string, expired?: number}} counts - How many rows, the hash that everybody has, and how many of the sessions have expired, wherever they lie.
 * @returns {Record<'users' | 'passwords' | 'sessions' | 'devices' | 'audit' | 'seals', string>} The statements.
 */
export function statementsFor(dialect, { people, sessions, entries, hash, expired = 0 }) {
  const { series, id, text } = DIALECTS[dialect]
  const now = Date.now()
  const lives = `${now + 2 * DAY} + n`
  const ends =
    expired === 0
      ? lives
      : `case when n % ${Math.round(sessions / expired)} = 0 then ${now} - n % ${HOUR} - 1 else ${lives} end`
  const email = "'person' || n || '@example.com'"
  return {
    users: `insert into users (email, email_key, email_verified_at, created_at, language) select ${email}, ${email}, ${now}, ${now}, 'en' from ${series(people)}`,
    passwords: `insert into passwords (user_id, hash, set_at) select id, '${hash}', ${now} from users`,
    sessions: `insert into sessions (id, mac, key_id, user_id, created_at, used_at, idle_ms, expires_at, device, place) select ${id}, ${text}, '0123456789ab', 1 + n % ${people}, ${now}, ${now}, ${7 * DAY}, ${ends}, 'Firefox on Linux', 'the network 203.0.113.0/24' from ${series(sessions)}`,
    devices: `insert into devices (id, user_id, mac, key_id, created_at, used_at) select ${id}, id, ${text}, '0123456789ab', ${now}, ${now} from users`,
    audit: `insert into audit (uid, at, event, user_id, source, device, agent, request_id, session_id, method, times, facts, mac, key_id) select ${id}, ${now} + n, 'login.succeeded', 1 + n % ${people}, '203.0.113.7', 'Firefox on Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', ${id}, ${id}, 'password', 1, '{"known_device":false}', ${text}, '0123456789ab' from ${series(entries)}`,
    seals: `insert into seals (seq, audit_id, mac, key_id, sealed_at) select id, id, ${text}, '0123456789ab', ${now} from audit`,
  }
}

/**
 * Makes a database and fills it. Indexes are made afterwards and ids come in ascending order, which is a hundred times as fast.
 * @param {string} path - The file, which is not there yet.
 * @param {{people: number, sessions: number, haveDevices?: boolean}} counts - How many, and whether each of the people has a device that nobody comes back with.
 */
export async function fillFile(path, { people, sessions, haveDevices = false }) {
  await (await DB.open(`sqlite:${path}`)).close()
  const hash = await cheapHash()
  const file = new DatabaseSync(path)
  file.exec(
    'pragma synchronous = off; pragma journal_mode = off; pragma cache_size = -500000; pragma temp_store = file',
  )
  const indexes = file
    .prepare(
      "select name, sql from sqlite_master where type = 'index' and tbl_name in ('users', 'sessions') and sql is not null",
    )
    .all()
  for (const { name } of indexes) file.exec(`drop index "${String(name)}"`)
  const ascending = `printf('%08x-0000-4000-8000-%012x', n * ${Math.floor(2 ** 32 / (sessions + 1))}, n)`
  const statements = statementsFor('sqlite', { people, sessions, entries: 0, hash })
  file.exec(statements.users)
  file.exec(statements.passwords)
  file.exec(statements.sessions.replace(DIALECTS.sqlite.id, ascending))
  if (haveDevices) file.exec(statements.devices)
  for (const { sql } of indexes) file.exec(String(sql))
  file.exec('pragma journal_mode = wal')
  file.close()
}

/**
 * Opens real sessions, spread over the people who are there.
 * @param {string} path - The file of a database.
 * @param {number} count - How many.
 * @returns {Promise<string[]>} The values of headers Cookie.
 */
export async function addSessions(path, count) {
  const db = await DB.open(`sqlite:${path}`)
  const people = await db.users.count()
  /** @type {string[]} */
  const cookies = []
  const createdAt = new Date()
  const times = { createdAt, idleMs: HOUR, expiresAt: new Date(createdAt.getTime() + 12 * HOUR) }
  await db.transaction(async (tx) => {
    for (let session = 0; session < count; session++) {
      const userId = /** @type {any} */ (1 + Math.floor((session * people) / count))
      const { token, stored } = db.keys.make('session', userId)
      await tx.sessions.add(userId, stored, times)
      cookies.push(`session_id=${token}`)
    }
  })
  await db.close()
  return cookies
}

/** The hash that everybody has. */
export async function cheapHash() {
  return new CheapHasher().hash(PASSWORD, { name: 'bcrypt', cost: 12 })
}
