/**
 * Moving house in full: a million people with ten million sessions from SQLite to PostgreSQL and back, each by `bienvenue db copy`, and the
 * file backed up and looked through. How long each takes, and how much memory at its peak. docs/moving-house.md has the figures of a run.
 * `node bench/move.js [--short]`; ends with 1 when what came back is not the same, or a step takes more memory than it should.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { KeyRing, makeSecret } from '../packages/server/dist/crypto/token.js'
import { PostgresServer } from '../packages/server/test/support/postgres-server.ts'

const short = process.argv.includes('--short')
const PEOPLE = short ? 2000 : 1_000_000
const SESSIONS_EACH = 10
const MOST_MIB = 400
const LOOK_MS = 100
const MIB = 1024 * 1024

const PROGRAM = join(import.meta.dirname, '../packages/server/bin/bienvenue.js')
const folder = mkdtempSync(join(tmpdir(), 'bienvenue-move-'))
const secret = makeSecret()
const [keyId = ''] = new KeyRing([secret]).keyIds

/** @typedef {{name: string, rows: number, sha256: string}} Copied A table in the report of a copy. */

/**
 * Runs a command to its end.
 * @param {readonly string[]} args - What it is told.
 * @param {Record<string, string>} [env] - What is in its environment besides the secret.
 * @returns {Promise<{out: string, seconds: number, mib: number}>} What it printed, how long it took, and the most memory that it had.
 */
async function bienvenue(args, env = {}) {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', BIENVENUE_SECRET: secret, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let [out, mib] = ['', 0]
  child.stdout.on('data', (/** @type {Buffer} */ chunk) => (out += chunk.toString()))
  const timer = setInterval(() => (mib = Math.max(mib, peakMib(child.pid))), LOOK_MS)
  const [code] = await once(child, 'close')
  clearInterval(timer)
  if (code !== 0) throw new Error(`bienvenue ${args.join(' ')} ended with ${code}`)
  return { out, seconds: (performance.now() - startedAt) / 1000, mib }
}

/** The most memory that a program has had so far, in MiB; 0 where the system does not say. */
function peakMib(/** @type {number | undefined} */ pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** Fills a migrated file: people, each with a password, a device and some sessions, which come in the order of time and of nothing else. */
function fill(/** @type {string} */ path) {
  const file = new DatabaseSync(path)
  const uuid = ['4', '2', '2', '2', '6'].map((bytes) => `hex(randomblob(${bytes}))`).join(` || '-' || `)
  const mac = 'substr(hex(randomblob(22)), 1, 43)'
  const [start, month] = [1_760_000_000_000, 2_592_000_000]
  const indexes = file.prepare("select name, sql from sqlite_schema where type = 'index' and sql is not null").all()
  file.exec('pragma journal_mode = delete; pragma journal_mode = off; pragma synchronous = off')
  file.exec('pragma cache_size = -1000000; begin')
  for (const { name } of indexes) file.exec(`drop index "${name}"`)
  const rows = (/** @type {number} */ count) =>
    `with recursive n (i) as (select 1 union all select i + 1 from n where i < ${count})`
  file.exec(`insert into users (id, email, email_key, email_verified_at, created_at)
    ${rows(PEOPLE)} select i, 'Person' || i || '@example.com', 'person' || i || '@example.com', ${start} + i, ${start} + i from n`)
  file.exec(`insert into passwords (user_id, hash, set_at)
    ${rows(PEOPLE)} select i, '$argon2id$v=19$m=65536,t=3,p=1$' || substr(hex(randomblob(11)), 1, 21) || 'A$' || substr(${mac}, 1, 42) || 'A', ${start} + i from n`)
  file.exec(`insert into devices (id, user_id, mac, key_id, created_at, used_at)
    ${rows(PEOPLE)} select lower(${uuid}), i, ${mac}, '${keyId}', ${start} + i, ${start} + i from n`)
  file.exec(`insert into sessions (id, mac, key_id, user_id, created_at, used_at, idle_ms, expires_at, device, place)
    ${rows(PEOPLE * SESSIONS_EACH)} select lower(${uuid}), ${mac}, '${keyId}', 1 + abs(random() % ${PEOPLE}),
      ${start} + i, ${start} + i, ${month}, ${start} + ${month} + i, 'Firefox on Linux', '203.0.113.0/24' from n`)
  for (const { sql } of indexes) file.exec(String(sql))
  file.exec('commit')
  file.close()
}

/**
 * Says what a step took.
 * @param {string} what - The step.
 * @param {{seconds: number, mib: number}} taken - What it took.
 * @param {number} [rows] - How many rows went along.
 */
function say(what, { seconds, mib }, rows) {
  const rate = rows === undefined ? '' : `, ${Math.round(rows / seconds)} rows a second`
  console.log(`${what.padEnd(24)}${seconds.toFixed(1)} s${rate}, ${Math.round(mib)} MiB at the most`)
  if (mib > MOST_MIB) throw new Error(`${what} took more than ${MOST_MIB} MiB`)
}

/**
 * Copies, says what it took, and resolves to what was copied.
 * @param {string} what - The step.
 * @param {string} from - Where everything is.
 * @param {string} to - Where it goes.
 */
async function copy(what, from, to) {
  const done = await bienvenue(['db', 'copy', '--from', from, '--to', to, '--json'], { HOUSE: server.url('house') })
  const { rows, tables } = /** @type {{rows: number, tables: Copied[]}} */ (JSON.parse(done.out))
  say(what, done, rows)
  return JSON.stringify(tables)
}

const server = await PostgresServer.make({ settings: { fsync: 'on', full_page_writes: 'on', shared_buffers: '128MB' } })
try {
  const [first, second] = [join(folder, 'first.db'), join(folder, 'second.db')]
  await server.run('create database house')
  await bienvenue(['migrate'], { DATABASE_URL: `sqlite:${first}` })
  fill(first)
  console.log(`${PEOPLE} people, ${PEOPLE * SESSIONS_EACH} sessions, ${Math.round(statSync(first).size / MIB)} MiB`)
  const there = await copy('SQLite to PostgreSQL', `sqlite:${first}`, 'env:HOUSE')
  const back = await copy('PostgreSQL to SQLite', 'env:HOUSE', `sqlite:${second}`)
  say('db backup', await bienvenue(['db', 'backup', join(folder, 'backup.db')], { DATABASE_URL: `sqlite:${second}` }))
  say('db check', await bienvenue(['db', 'check'], { DATABASE_URL: `sqlite:${second}` }))
  if (there !== back) throw new Error('what came back is not the same')
} finally {
  await server.remove()
  rmSync(folder, { recursive: true })
}
