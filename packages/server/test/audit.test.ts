/** What people see of their own account’s record: the route, the page and the export; and what never gets into it. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EVENTS } from '../src/auth/audit-events.ts'
import { DB } from '../src/db/db.ts'
import { makeSecret } from '../src/crypto/token.ts'
import type { UserId } from '../src/user.ts'
import { tamper } from './support/audit.ts'
import { databases } from './support/databases.ts'
import { PHRASE, startHardened } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'
import { Visitor } from './support/letters.ts'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const GUESS = 'the guess of an utter stranger'

/** An event as the route lists it. */
interface Listed {
  readonly at: string
  readonly event: string
  readonly outcome: string
  readonly device: string | null
  readonly place: string | null
  readonly method: string | null
  readonly current: boolean
}

describe.each(databases)('what happened to my account, on $name', ({ fresh }) => {
  const url = fresh()
  const secret = makeSecret()
  let service: HardenedService
  let db: DB
  let people = 0

  beforeAll(async () => {
    service = await startHardened(url, { service: { secret } })
    db = await DB.open(url, { secrets: [secret], now: service.clock.now }) // as another service on the same database has it
  })
  afterAll(async () => {
    await db.close()
    await service.close()
  })

  /** Somebody new, with an account. */
  async function somebody(): Promise<string> {
    const email = `person-${String(++people)}@example.com`
    await service.settle(email)
    return email
  }

  /** A browser in which somebody has just logged in. */
  async function signIn(email: string): Promise<Visitor> {
    const visitor = new Visitor(service)
    const answer = await visitor.send('POST', '/sessions', {
      form: { email, password: PHRASE },
      headers: { 'user-agent': FIREFOX },
    })
    expect(answer.status).toBe(200)
    return visitor
  }

  const idOf = async (email: string): Promise<UserId> => (await service.auth.users.findByEmail(email))!.id
  const eventsOf = async (visitor: Visitor): Promise<readonly Listed[]> =>
    ((await visitor.send('GET', '/events')).json as { events: readonly Listed[] }).events

  test('is listed at GET /events, the latest first, in a few fixed words [ASVS 16.2.1] [ASVS 16.2.2]', async () => {
    const email = await somebody()
    await service.send('POST', '/sessions', { form: { email, password: GUESS } })
    const visitor = await signIn(email)
    const answer = await visitor.send('GET', '/events')
    expect([answer.status, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
      200,
      'application/json',
      'no-store',
    ])
    const [login, failed, ...rest] = await eventsOf(visitor)
    expect(login).toEqual({
      at: service.clock.now().toISOString(),
      event: 'login.succeeded',
      outcome: 'success',
      device: 'Firefox on Linux',
      place: 'this computer',
      method: 'password',
      current: true,
    })
    expect(failed).toMatchObject({ event: 'login.failed', outcome: 'failure', device: 'a program', current: false })
    expect(rest.length).toBeGreaterThan(0)
    expect(answer.text).not.toContain('127.0.0.1')
  })

  test('is shown to whoever is signed in, and of their own account alone [ASVS 8.2.2]', async () => {
    for (const cookie of [undefined, 'x', '00000000-0000-4000-8000-000000000000.' + 'a'.repeat(43)]) {
      const answer = await service.send('GET', '/events', { session: cookie })
      expect([answer.status, (answer.json as { code: string }).code]).toEqual([403, 'sessions.required'])
    }
    const [ann, bob] = [await somebody(), await somebody()]
    const visitor = await signIn(ann)
    const before = await eventsOf(visitor)
    await service.send('POST', '/sessions', { form: { email: bob, password: GUESS } })
    await service.auth.audit.note(db, 'export.made', { userId: await idOf(bob) })
    expect(await eventsOf(visitor)).toEqual(before)
    await service.auth.audit.note(db, 'limits.exceeded', { userId: await idOf(ann) })
    expect(await eventsOf(visitor), 'what is for operators alone').toEqual(before)
  })

  test('is listed up to twenty of each kind, and in the export up to a thousand', async () => {
    const email = await somebody()
    const visitor = await signIn(email)
    const userId = await idOf(email)
    for (let index = 0; index < 1010; index++) await service.auth.audit.note(db, 'login.failed', { userId })
    const listed = await eventsOf(visitor)
    expect(listed.filter(({ event }) => event === 'login.failed')).toHaveLength(20)
    expect(listed.map(({ event }) => event)).toContain('login.succeeded')
    const { events } = (await visitor.send('GET', '/export')).json as { events: readonly Listed[] }
    expect(events.filter(({ event }) => event === 'login.failed')).toHaveLength(1000)
    expect(events.map(({ event }) => event)).toContain('login.succeeded')
    expect(events[0]).toMatchObject({ event: 'export.made', current: true })
    expect(events[1]).toEqual({
      ...events[1],
      event: 'login.failed',
      device: null,
      place: null,
      method: null,
      current: false,
    })
  })

  test('tells places coarsely, and nothing that a stranger wrote', async () => {
    const email = await somebody()
    const visitor = await signIn(email)
    const from = {
      device: '<b>evil</b>',
      place: '<b>evil</b>',
      agent: '<b>evil</b>',
      source: '203.0.113.77',
      requestId: '<b>',
    }
    await service.auth.audit.note(db, 'login.failed', {
      userId: await idOf(email),
      from,
      facts: { what: '<b>evil</b>' },
    })
    const { text } = await visitor.send('GET', '/events')
    expect(text).toContain('"device":"an unknown device","place":"203.0.113.0/24"')
    expect(text).not.toMatch(/evil|113\.77/)
    const page = await visitor.send('GET', '/account/events')
    expect(page.text).not.toMatch(/evil|113\.77/)
    expect(page.text).toContain('203.0.113.0/24')
  })

  describe('on the page', () => {
    const LINE = /<li>[^]*?<\/li>/g
    const linesOf = (text: string) =>
      [...text.matchAll(LINE)].map(([line]) =>
        line
          .replace(/<[^>]+>/g, ' ')
          .replace(/\s+/g, ' ')
          .trim(),
      )

    test('stands as sentences, with when, from where and which login, in both languages', async () => {
      const email = await somebody()
      const visitor = await signIn(email)
      service.clock.advance({ minutes: 3 })
      await service.auth.audit.note(db, 'admin.sessions_ended', { userId: await idOf(email), method: 'operator' })
      const page = await visitor.send('GET', '/account/events')
      expect(linesOf(page.text).slice(0, 2)).toEqual([
        'Those who run the service logged out all your devices Now',
        'A login with your password This login 3 minutes ago · Firefox on Linux · this computer',
      ])
      const french = await visitor.send('GET', '/account/events', { headers: { 'accept-language': 'fr' } })
      expect(linesOf(french.text)[1]).toBe(
        'Une connexion avec votre mot de passe Cette connexion Il y a 3 minutes · Firefox sur Linux · cet ordinateur',
      )
      expect((await visitor.send('GET', '/account')).text).toContain('href="/account/events"')
    })

    test('is one line with a number where the same was refused several times in a row', async () => {
      const email = await somebody()
      const visitor = await signIn(email)
      const userId = await idOf(email)
      const here = { device: 'a program', place: '', source: '203.0.113.7' }
      const there = { ...here, source: '198.51.100.7' }
      for (const from of [here, here, there, here]) await service.auth.audit.note(db, 'login.failed', { userId, from })
      await service.auth.audit.note(db, 'login.failed', { userId, from: here, times: 5 })
      for (let times = 0; times < 2; times++) await service.auth.audit.note(db, 'sessions.ended', { userId })
      expect(linesOf((await visitor.send('GET', '/account/events')).text).slice(0, 6)).toEqual([
        'A device was logged out Now',
        'A device was logged out Now',
        'A login was refused 6 times Now · a program · 203.0.113.0/24',
        'A login was refused Now · a program · 198.51.100.0/24',
        'A login was refused 2 times Now · a program · 203.0.113.0/24',
        'A login with your password This login Now · Firefox on Linux · this computer',
      ])
    })

    test('has a sentence for every kind of event that people see', async () => {
      const email = await somebody()
      const visitor = await signIn(email)
      const userId = await idOf(email)
      const kinds = Object.entries(EVENTS).filter(([, { own }]) => own)
      for (const [event] of kinds) await service.auth.audit.note(db, event as keyof typeof EVENTS, { userId })
      const lines = linesOf((await visitor.send('GET', '/account/events')).text)
      expect(new Set(lines.slice(0, kinds.length)).size).toBe(kinds.length)
    })

    test('is not there for whoever is not signed in', async () => {
      const answer = await service.send('GET', '/account/events')
      expect([answer.status, answer.headers.location]).toEqual([303, '/login?next=%2Faccount%2Fevents'])
    })
  })

  test('each entry says when, who, from where, what and how, and what was typed is a keyed hash [ASVS 16.2.1] [ASVS 16.2.5]', async () => {
    const email = await somebody()
    const token = `${randomUUID()}.${'q'.repeat(43)}` // which nobody should send there
    const headers = { 'user-agent': `${token} ${'x '.repeat(300)}` }
    const answer = await service.send('POST', '/sessions', { form: { email, password: GUESS }, headers })
    const rows = await tamper(url, async (kysely) =>
      kysely.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(1).execute(),
    )
    expect(rows[0]).toMatchObject({
      at: service.clock.now().getTime(),
      event: 'login.failed',
      user_id: await idOf(email),
      subject: expect.stringMatching(/^[\w-]{22}$/) as string,
      source: '127.0.0.1',
      device: 'a program',
      agent: expect.stringMatching(/^[0-9a-f-]{36}\.…(?: x){1,150} ?$/) as string,
      request_id: answer.headers['x-request-id'],
      method: 'password',
      times: 1,
    })
    const text = JSON.stringify(await tamper(url, async (kysely) => kysely.selectFrom('audit').selectAll().execute()))
    for (const secretText of [email, PHRASE, GUESS, secret, token]) expect(text).not.toContain(secretText)
  })

  test('is sealed by the running service within seconds, and at its end at the latest', async () => {
    const own = await startHardened(fresh())
    const unsealed = async () => (await own.auth.audit.verify()).waiting
    await own.settle('ann@example.com')
    await expect.poll(unsealed, { timeout: 5000 }).toBe(0)
    await own.logIn('ann@example.com')
    const { database } = own.settings
    await own.close()
    const left = await tamper(database.url, async (kysely) =>
      kysely
        .selectFrom('audit')
        .leftJoin('seals', 'seals.audit_id', 'audit.id')
        .select('audit.id')
        .where('seals.seq', 'is', null)
        .execute(),
    )
    expect(left).toEqual([])
    expect(own.logged.some((line) => line.includes('"msg":"audit head"'))).toBe(true)
  })
})

test('the page of the audit lists every kind of event: its outcome, and whether its person sees it [ASVS 16.1.1]', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/audit.md'), 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z_]+\.[a-z_]+)` +\| (success|failure) +\| (yes|no) +\| \S/gm)]
  const listed = rows.map(([, event, outcome, own]) => [event, { outcome, own: own === 'yes' }])
  expect(listed).toEqual(Object.entries(EVENTS))
})
