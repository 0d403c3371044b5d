/** What an answer costs and looks like, at every door where strangers may ask: the same for every kind of account. bench/tells.js takes the times. */
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HashKind } from '../src/crypto/password-hash.ts'
import { makeSecret } from '../src/crypto/token.ts'
import { DB } from '../src/db/db.ts'
import { canonicalEmail } from '../src/email.ts'
import { CheapHasher } from './support/cheap-hasher.ts'
import { contentsOf } from './support/contents.ts'
import { databases } from './support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'
import type { Answer, RequestOptions } from './support/http.ts'
import { noteStatements } from './support/statements.ts'

const DAY = 24 * 60 * 60_000
const POINT_MS = 500
const EARLY_MS = 10 // of a clock, never of a hash
const TODAY: HashKind = { name: 'argon2id', memoryKiB: 65_536, passes: 3, lanes: 1 }
const BCRYPT: HashKind = { name: 'bcrypt', cost: 12 }
const KINDS = [
  'unknown',
  'pending',
  'verified',
  'unverified',
  'disabled',
  'leaving',
  'imported',
  'passwordless',
  'unusable',
] as const
type Kind = (typeof KINDS)[number]

/** Puts somebody of a kind into the database of a service that is yet to start; emails have one length, so that answers have too. */
async function add(db: DB, kind: Kind, email: string): Promise<void> {
  const key = canonicalEmail(email)!
  const now = db.now()
  const later = new Date(now.getTime() + 7 * DAY)
  const hash = await new CheapHasher().hash(PHRASE, kind === 'imported' ? BCRYPT : TODAY)
  if (kind === 'pending') await db.pendings.add({ email, hash }, key, now, later)
  if (kind === 'unknown' || kind === 'pending') return
  const { id } = (await db.users.add(email, key, now))!
  if (kind !== 'unverified') await db.users.setVerified(id, now)
  if (kind !== 'passwordless') await db.passwords.set(id, kind === 'unusable' ? 'of a program long gone' : hash, now)
  if (kind === 'disabled') await db.users.setState(id, 'disabled', now)
  if (kind === 'leaving') await db.users.setState(id, 'delete', later)
}

/** The email of somebody of a kind, for one door. */
function emailOf(kind: Kind, door: string): string {
  return `${door}-${kind.padEnd(12, 'x')}@example.com`
}

/** A statement without its values. */
function withoutValues(sql: string): string {
  return sql.replace(/'(?:[^']|'')*'|\bnull\b|(?<![\w"])-?\d+(?:\.\d+)?\b/gi, '?').replace(/\?\.\d+/g, '?')
}

/** What an answer looks like, but for what differs each time anyhow. */
function lookOf({ status, headers, text }: Answer, email: string): unknown {
  const { date, 'x-request-id': id, ...rest } = headers
  expect([typeof date, typeof id]).toEqual(['string', 'string'])
  return { status, headers: Object.entries(rest), text: text.replaceAll(email, 'EMAIL') }
}

describe.each(databases)('what an answer tells of an account on $name', ({ fresh }) => {
  const database = fresh()
  const secret = makeSecret()
  let service: HardenedService
  const DOORS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const

  beforeAll(async () => {
    service = await startHardened(database, { service: { secret }, limits: { personActs: 100 } })
    const db = await DB.open(database, { secrets: [secret], now: service.clock.now })
    for (const door of DOORS) for (const kind of KINDS) await add(db, kind, emailOf(kind, door))
    await db.close()
    await service.settle('asks@example.com')
    await service.auth.background.send()
    await service.auth.background.stop() // so that each statement below is one of the request's own, and letters can be counted
  })
  afterAll(async () => {
    await service.close()
  })

  /** Sends a request, and resolves to all that it looked like and cost. */
  async function costOf(email: string, method: string, path: string, options: RequestOptions): Promise<unknown> {
    const statements: string[] = []
    const rows = async (): Promise<readonly (readonly [string, number])[]> =>
      Object.entries(await contentsOf(database)).map(([table, all]) => [table, all.length])
    const { hashed, verified } = service.hasher
    const before = new Map(await rows())
    const enough = noteStatements(database, (sql) => statements.push(withoutValues(sql)))
    const answer = await service.send(method, path, options)
    enough()
    return {
      look: lookOf(answer, email),
      statements,
      rows: (await rows()).map(([table, count]) => [table, count - (before.get(table) ?? 0)]),
      hashed: service.hasher.hashed - hashed,
      verified: service.hasher.verified - verified,
    }
  }

  /** Asks about every kind, and then once more, and expects each time what asking about nobody costs. */
  async function expectAlike(
    door: (typeof DOORS)[number],
    method: string,
    path: string,
    options: (email: string) => RequestOptions,
    { kinds = KINDS, again = true }: { readonly kinds?: readonly Kind[]; readonly again?: boolean } = {},
  ): Promise<unknown> {
    const [first, ...others] = kinds.map((kind) => emailOf(kind, door))
    const rounds = again ? ['at first', 'again'] : ['at first']
    const somebody = emailOf('unknown', 'z')
    await service.send(method, path, options(somebody)) // the first of a source adds what counts its acts
    const costs: unknown[] = []
    for (const round of rounds) {
      const cost = await costOf(first!, method, path, options(first!))
      expect(cost).toMatchObject({ statements: expect.arrayContaining([expect.any(String)]) as unknown })
      for (const email of others)
        expect(await costOf(email, method, path, options(email)), `${email} ${round}`).toEqual(cost)
      costs.push(cost)
    }
    return costs.at(-1)
  }

  test('asking for a reset: one answer, the same statements, as many rows [ASVS 6.3.8]', async () => {
    const cost = await expectAlike('a', 'POST', '/reset_password', (email) => ({ form: { email } }))
    expect(cost).toMatchObject({
      look: { status: 200 },
      statements: expect.arrayContaining([expect.stringContaining('insert into "outbox"')]) as unknown,
      rows: expect.arrayContaining([['outbox', 1]]) as unknown,
      hashed: 0,
    })
  })

  test('asking for a letter to verify: one answer, the same statements, as many rows [ASVS 6.3.8]', async () => {
    const cost = await expectAlike('b', 'POST', '/email_verification', (email) => ({ form: { email } }))
    expect(cost).toMatchObject({ look: { status: 200 }, rows: expect.arrayContaining([['outbox', 1]]) as unknown })
  })

  test('registering: one answer, one hash, the same statements, as many rows [ASVS 6.3.8]', async () => {
    const cost = await expectAlike('c', 'POST', '/users', (email) => ({ form: { email, password: OTHER_PHRASE } }))
    const rows = expect.arrayContaining([
      ['outbox', 1],
      ['pendings', 1],
    ]) as unknown
    expect(cost).toMatchObject({ look: { status: 200 }, hashed: 1, verified: 0, rows })
  })

  test('a refused login: one answer, one check, the same statements, at the fixed point [ASVS 6.3.8]', async () => {
    const begun = performance.now()
    const options = (email: string): RequestOptions => ({ form: { email, password: OTHER_PHRASE } })
    const cost = await expectAlike('d', 'POST', '/sessions', options, { again: false })
    expect(cost).toMatchObject({ look: { status: 401 }, hashed: 0, verified: 1 })
    expect(performance.now() - begun).toBeGreaterThan(KINDS.length * (POINT_MS - EARLY_MS))
  })

  test('the right password of an account that lets nobody in is refused like a wrong one [ASVS 6.3.8]', async () => {
    const kinds = ['unknown', 'pending', 'unverified', 'disabled', 'leaving', 'passwordless', 'unusable'] as const
    const options = (email: string): RequestOptions => ({ form: { email, password: PHRASE } })
    const cost = await expectAlike('e', 'POST', '/sessions', options, { kinds, again: false })
    expect(cost).toMatchObject({ look: { status: 401 }, hashed: 0, verified: 1 })
  })

  test('a token that is wrong, or of somebody else: one answer, no hash, the same statements [ASVS 6.3.8]', async () => {
    const wrong = `${crypto.randomUUID()}.${makeSecret()}`
    const put =
      (token: string) =>
      (email: string): RequestOptions => ({
        form: { email, reset_token: token, new_password: OTHER_PHRASE },
      })
    const { token: others } = await service.auth.reset.makeToken('asks@example.com')
    const costs = [
      await expectAlike('f', 'PUT', '/reset_password', put(wrong)),
      await expectAlike('g', 'PUT', '/reset_password', put(others)),
    ]
    expect(costs[1]).toEqual(costs[0])
    expect(costs[0]).toMatchObject({ look: { status: 403 }, hashed: 0, verified: 0 })
  })

  test('changing my email to one that somebody has: one answer, the same statements, as many rows [ASVS 6.3.8]', async () => {
    const session = await service.logIn('asks@example.com')
    const cost = await expectAlike('h', 'PUT', '/email', (email) => ({ session, form: { email } }))
    expect(cost).toMatchObject({ look: { status: 200 }, rows: expect.arrayContaining([['outbox', 1]]) as unknown })
  })
})

describe('the fixed point', () => {
  /** Takes longer over hashes of bcrypt, as real ones do. */
  class UnevenHasher extends CheapHasher {
    override async verify(password: string, hash: string): Promise<boolean> {
      if (hash.startsWith('$2b$')) await pause(POINT_MS / 2)
      return super.verify(password, hash)
    }
  }

  test.each(databases)('hides on $name how long a hash took [ASVS 6.3.8]', async ({ fresh }) => {
    const database = fresh()
    const secret = makeSecret()
    const hasher = new UnevenHasher()
    const service = await startHardened(database, { service: { secret } }, { hasher })
    const db = await DB.open(database, { secrets: [secret], now: service.clock.now })
    for (const kind of ['verified', 'imported'] as const) await add(db, kind, emailOf(kind, 'z'))
    await db.close()
    const timeOf = async (kind: Kind): Promise<number> => {
      const begun = performance.now()
      await service.send('POST', '/sessions', { form: { email: emailOf(kind, 'z'), password: OTHER_PHRASE } })
      return performance.now() - begun
    }
    const times = [await timeOf('unknown'), await timeOf('verified'), await timeOf('imported')]
    await service.close()
    expect(hasher.verified).toBe(3)
    for (const ms of times) expect(ms).toBeGreaterThan(POINT_MS - EARLY_MS)
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(POINT_MS / 2 - EARLY_MS)
  })
})
