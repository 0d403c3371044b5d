/** Clearing away in large tables: every statement takes a few rows that an index finds, one service of many does it, and it ends at once. */
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { isPostgres } from '../src/database-address.ts'
import { BATCH } from '../src/db/batch.ts'
import { DB } from '../src/db/db.ts'
import type { Engine } from '../src/db/engine.ts'
import { openEngine } from '../src/db/open.ts'
import { TestClock } from './support/clock.ts'
import { databases, SECRET } from './support/databases.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'
import { noteStatements } from './support/statements.ts'

const ROWS = 20_000 // so many that no planner would rather read all of them
const DAY = 24 * 60 * 60_000
const SMALL = /^select .* from "(?:checkpoints|claims)"/ // one row at the most
const OF_A_PERSON = ['passwords', 'sessions', 'tokens', 'outbox', 'devices']

type Kysely = Engine['kysely']

/** Works on a database by hand. */
async function by<T>(url: string, deed: (kysely: Kysely) => Promise<T>): Promise<T> {
  const { engine } = await openEngine(url, { secrets: [SECRET] })
  try {
    return await deed(engine.kysely)
  } finally {
    await engine.close()
  }
}

/** Fills every table that is cleared away. A tenth of the rows has come to its end a day ago, at the least. */
async function fill(url: string, now: Date, rows: number): Promise<void> {
  const series = isPostgres(url)
    ? `generate_series(1, ${rows}) as i`
    : `(with recursive n(i) as (select 1 union all select i + 1 from n where i < ${rows}) select i from n)`
  const end = (days: number) =>
    `case when i % 10 = 0 then ${now.getTime() - days * DAY} - i else ${now.getTime() + DAY} + i end`
  const at = String(now.getTime() - 500 * DAY)
  const email = "'p' || i || '@example.com'"
  const tables: readonly (readonly [table: string, columns: string, values: string])[] = [
    [
      'users',
      'email, email_key, created_at, delete_at',
      `${email}, ${email}, ${at}, case when i % 10 = 0 then ${at} + i end`,
    ],
    ['passwords', 'user_id, hash, set_at', `i, 'x', ${at}`],
    [
      'sessions',
      'id, mac, key_id, user_id, created_at, used_at, idle_ms, expires_at',
      `'s' || i, 'm', 'k', i, ${at}, ${at}, 1, ${end(1)}`,
    ],
    [
      'tokens',
      'id, purpose, mac, key_id, user_id, email_key, created_at, expires_at',
      `'t' || i, 'reset', 'm', 'k', i, ${email}, ${at}, ${end(1)}`,
    ],
    [
      'pendings',
      'id, email, email_key, hash, created_at, expires_at',
      `'p' || i, ${email}, ${email}, 'x', ${at}, ${end(1)}`,
    ],
    ['limits', 'key, window_start, hits', `'l' || i, ${end(3)}, 1`],
    ['budgets', 'key, whole_at', `'b' || i, ${end(1)}`],
    ['streaks', 'key, failures, last_at, until_at', `'f' || i, i % 200, ${end(100)} - i % 2 * ${400 * DAY}, 0`],
    ['devices', 'id, user_id, mac, key_id, created_at, used_at', `'d' || i, i, 'm', 'k', ${at}, ${end(500)}`],
    [
      'outbox',
      'id, kind, email, email_key, domain, facts, created_at, due_at, claimed_until, tries, given_up_at',
      `'o' || i, 'none', '', '', '', '{}', ${at}, ${now.getTime() + 900 * DAY}, 0, 0, case when i % 10 = 0 then ${at} + i end`,
    ],
    ['audit', 'uid, at, event, times, facts, mac, key_id', `'a' || i, ${end(400)}, 'login.failed', 1, '{}', 'm', 'k'`],
    ['seals', 'seq, audit_id, mac, key_id, sealed_at', `i, i, 'm', 'k', ${at}`],
  ]
  await by(url, async (kysely) => {
    for (const [table, columns, values] of tables)
      await sql.raw(`insert into ${table} (${columns}) select ${values} from ${series}`).execute(kysely)
    await sql.raw('analyze').execute(kysely)
  })
}

/** How a database would run a statement, line by line. */
async function planOf(
  kysely: Kysely,
  url: string,
  text: string,
  values: readonly unknown[],
): Promise<readonly string[]> {
  const explain = isPostgres(url) ? 'explain' : 'explain query plan'
  const query = { ...sql.raw(`${explain} ${text}`).compile(kysely), parameters: values }
  const { rows } = await kysely.executeQuery<Record<string, string>>(query)
  return rows.map(({ 'QUERY PLAN': line, detail = '' }) => line ?? detail)
}

/** The lines of a plan that read or order a whole table. */
function wholes(plan: readonly string[]): readonly string[] {
  return plan.filter((line) => /Seq Scan|Sort|^SCAN (?!CONSTANT)|TEMP B-TREE/.test(line))
}

/** How many rows a table has. */
async function count(url: string, table: 'sessions' | 'tokens'): Promise<number> {
  return by(url, async (kysely) => {
    const { rows } = await kysely
      .selectFrom(table)
      .select(({ fn }) => fn.countAll().as('rows'))
      .executeTakeFirstOrThrow()
    return Number(rows)
  })
}

describe.each(databases)('clearing away on $name', ({ fresh }) => {
  test(`takes ${String(BATCH)} rows at a time, found by an index, in turns [ASVS 14.2.7]`, async () => {
    const url = fresh()
    const service = await startTestService(url)
    await service.auth.background.stop() // sealing is not what is looked at
    await fill(url, service.clock.now(), ROWS)
    const db = await DB.open(url, { secrets: [SECRET], now: service.clock.now })
    const statements = new Map<string, readonly unknown[]>()
    const order: string[] = []
    const end = new AbortController()
    const enough = noteStatements(url, (text, values) => {
      const [, table] = /^delete from "(\w+)"/.exec(text) ?? []
      if (table !== undefined && order.push(table) === 30) end.abort()
      if (table !== undefined || (text.startsWith('select') && !SMALL.test(text))) statements.set(text, values)
    })
    await service.auth.background.tidy(end.signal)
    await db.transaction(async (tx) => tx.seals.remove(0, BATCH, BATCH)) // these seals are not genuine, so the service lets go of none
    await db.close()
    enough()
    expect(new Set(order.slice(0, 12)).size).toBeGreaterThanOrEqual(10) // much of one kind holds up no other
    expect(await count(url, 'tokens')).toBeGreaterThan(ROWS * 0.9)
    const found: (readonly [string, readonly string[]])[] = []
    await by(url, async (kysely) => {
      for (const table of OF_A_PERSON) statements.set(`delete from ${table} where user_id = 7`, []) // what the database does for a person who goes
      for (const [text, values] of statements) {
        const lines = wholes(await planOf(kysely, url, text, values))
        if (lines.length > 0) found.push([text, lines])
      }
    })
    expect(found).toEqual([])
    expect(statements.size).toBeGreaterThan(15)
    await service.close()
  }, 120_000)

  test('takes a few rows of each table in one go, and in the end all that has come to its end', async () => {
    const url = fresh()
    const service = await startTestService(url)
    await fill(url, service.clock.now(), 1000)
    const before = await count(url, 'sessions')
    await by(url, async () => {
      const db = await DB.open(url, { secrets: [SECRET], now: service.clock.now })
      expect(await db.sessions.removeExpired(service.clock.now())).toBe(BATCH)
      expect(await db.outbox.removeGivenUp(service.clock.now())).toBe(BATCH)
      await db.close()
    })
    expect(await count(url, 'sessions')).toBe(before - BATCH)
    await service.auth.background.tidy()
    const left = await by(url, async (kysely) =>
      kysely.selectFrom('outbox').select('id').where('given_up_at', 'is not', null).execute(),
    )
    expect([await count(url, 'sessions'), left]).toEqual([900, []])
    await service.close()
  }, 60_000)

  describe('by several services', () => {
    const open: TestService[] = []
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    })
    afterEach(async () => {
      vi.useRealTimers()
      for (const service of open.splice(0)) await service.close()
    })

    /** A service that goes by this clock. */
    async function start(url: string, clock: TestClock): Promise<TestService> {
      const service = await startTestService(url, {}, { now: clock.now })
      open.push(service)
      return service
    }

    const cleared = async (url: string): Promise<void> =>
      vi.waitFor(async () => expect(await count(url, 'sessions')).toBe(90), 5000)

    test('is done by one at a time, by another when it ends or dies', async () => {
      const url = fresh()
      const clock = new TestClock()
      const first = await start(url, clock)
      const claims = async () => by(url, async (kysely) => kysely.selectFrom('claims').select('owner').execute())
      const another = { name: 'clean-up', owner: 'another', until_at: clock.now().getTime() + 90_000 }
      await by(url, async (kysely) => kysely.insertInto('claims').values(another).execute())
      await fill(url, clock.now(), 100)
      for (let look = 0; look < 3; look++) await vi.advanceTimersByTimeAsync(60_000)
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect([await count(url, 'sessions'), await claims()]).toEqual([100, [{ owner: 'another' }]])
      clock.advance({ seconds: 91 }) // the other has died
      await vi.advanceTimersByTimeAsync(60_000)
      await cleared(url)
      const [owner] = await claims()
      const second = await start(url, clock)
      await first.close()
      open.shift()
      expect(await claims()).toEqual([])
      const marker = `insert into outbox (id, kind, email, email_key, domain, facts, created_at, due_at, claimed_until, tries, given_up_at)
        values ('marker', 'none', '', '', '', '{}', 0, 0, 0, 0, 1)`
      await by(url, async (kysely) => sql.raw(marker).execute(kysely))
      await vi.waitFor(async () => {
        await vi.advanceTimersByTimeAsync(60_000)
        const left = by(url, async (kysely) =>
          kysely.selectFrom('outbox').where('id', '=', 'marker').select('id').execute(),
        )
        expect(await left).toEqual([])
      }, 10_000)
      expect(await claims()).not.toEqual([owner])
      expect(second.logged.join('')).not.toContain('failed')
    }, 30_000)

    test('ends with its service at once, whatever is left', async () => {
      const url = fresh()
      const service = await start(url, new TestClock())
      await fill(url, service.clock.now(), ROWS)
      await vi.advanceTimersByTimeAsync(60_000)
      await vi.waitFor(async () => expect(await count(url, 'sessions')).toBeLessThan(ROWS), 5000)
      await service.close()
      open.pop()
      expect(await count(url, 'sessions')).toBeGreaterThan(ROWS * 0.9)
      expect(await by(url, async (kysely) => kysely.selectFrom('claims').selectAll().execute())).toEqual([])
      expect(service.logged.join('')).not.toMatch(/background/)
    }, 60_000)
  })

  test('is claimed by one of eight who want it in the same moment, and by nobody for ever', async () => {
    const db = await DB.open(fresh(), { secrets: [SECRET] })
    const now = new Date()
    const later = (ms: number): Date => new Date(now.getTime() + ms)
    const owners = Array.from({ length: 8 }, (_, index) => `owner ${String(index)}`)
    const take = async (owner: string, at: Date): Promise<boolean> => db.claims.take('clean-up', owner, at, 90_000)
    const won = await Promise.all(owners.map(async (owner) => take(owner, now)))
    expect(won.filter(Boolean)).toHaveLength(1)
    const [winner = '', loser = ''] = [owners[won.indexOf(true)], owners[won.indexOf(false)]]
    expect([
      await take(loser, later(89_000)),
      await take(winner, later(89_000)),
      await take(loser, later(91_000)),
    ]).toEqual([false, true, false])
    expect(await take(loser, later(180_000))).toBe(true)
    expect(await take(winner, later(-10_000_000))).toBe(true) // the clock was set back
    await db.claims.giveBack('clean-up', loser)
    expect(await take(loser, later(-10_000_000))).toBe(false)
    await db.claims.giveBack('clean-up', winner)
    expect(await take(loser, later(-10_000_000))).toBe(true)
    await db.close()
  })
})
