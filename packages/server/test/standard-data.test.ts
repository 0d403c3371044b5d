/** Rows of the security standard about data: each column has its class in docs/security.md, the rules of the classes are carried out, and no more goes out than needs to. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentsOf } from './support/contents.ts'
import { databases, SECRET } from './support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'
import { cookieOf, sessionOf } from './support/http.ts'
import type { Answer } from './support/http.ts'

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../../docs/security.md'), 'utf8')
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const SOURCE = '203.0.113.77'
const BROWSER = { 'user-agent': FIREFOX, 'x-forwarded-for': SOURCE }
const CLASSES = ['guarded', 'personal', 'operational'] as const

/** The table of columns in the document: for each table, which columns are of which class. */
function classed(): ReadonlyMap<string, Readonly<Record<(typeof CLASSES)[number], readonly string[]>>> {
  const [, table = ''] = /\n\| table +\|[^\n]*\n\|[ |-]+\n((?:\|[^\n]*\n)+)/.exec(DOCUMENT) ?? []
  const rows = table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
  const columnsIn = (cell = ''): readonly string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
  return new Map(
    rows.flatMap(([, name = '', guarded, personal, operational]) => {
      const [table] = columnsIn(name)
      const columns = {
        guarded: columnsIn(guarded),
        personal: columnsIn(personal),
        operational: columnsIn(operational),
      }
      return table === undefined ? [] : [[table, columns] as const]
    }),
  )
}

/** The tables of a database with their columns, as they are. */
async function columnsOf(url: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const { openEngine } = await import('../src/db/open.ts')
  const { engine } = await openEngine(url, { secrets: [SECRET] })
  try {
    const tables = await engine.kysely.introspection.getTables()
    return new Map(tables.map(({ name, columns }) => [name, columns.map((column) => column.name).sort()]))
  } finally {
    await engine.close()
  }
}

/** The names of the members of an object and of all within it; those of a list's items once. */
function membersOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => membersOf(item, `${path}[]`)))]
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([name, inner]) => membersOf(inner, path === '' ? name : `${path}.${name}`))
}

describe.each(databases)('what is stored on $name', ({ fresh }) => {
  const database = fresh()
  const secrets: string[] = []
  let service: HardenedService
  let session = ''

  /** Rows of a table. */
  const rows = async (table: string) =>
    ((await contentsOf(database))[table] ?? []) as Readonly<Record<string, unknown>>[]
  const count = async (...tables: string[]) => Promise.all(tables.map(async (table) => (await rows(table)).length))

  beforeAll(async () => {
    service = await startHardened(database, { http: { trustedProxies: ['127.0.0.1'] } })
    await service.settle('ann@example.com')
    await service.settle('bob@example.com')
    const form = { email: 'ann@example.com', password: PHRASE }
    const login = await service.send('POST', '/sessions', { form, headers: BROWSER })
    session = sessionOf(login) ?? ''
    secrets.push(
      PHRASE,
      OTHER_PHRASE,
      session.split('.')[1] ?? '',
      (cookieOf(login, 'device') ?? '.').split('.')[1] ?? '',
    )
    await service.send('POST', '/sessions', { form: { ...form, password: OTHER_PHRASE }, headers: BROWSER })
    await service.send('POST', '/users', {
      form: { email: 'waits@example.com', password: OTHER_PHRASE },
      headers: BROWSER,
    })
    await service.send('POST', '/reset_password', { form: { email: form.email }, headers: BROWSER })
    secrets.push((await service.tokenFor(form.email, 2)).split('.')[1] ?? '')
    const bob = await service.auth.users.findByEmail('bob@example.com')
    if (bob !== null) await service.auth.admin.disable('operator', bob.id)
    await service.auth.seals.seal()
  })
  afterAll(async () => {
    await service.close()
  })

  test('each column of each table has its class in docs/security.md, and the document names no other [ASVS 14.2.4]', async () => {
    const documented = classed()
    const real = await columnsOf(database)
    for (const [table, columns] of real) {
      const known = documented.get(table)
      expect(CLASSES.flatMap((name) => known?.[name] ?? []).sort(), `the columns of ${table}`).toEqual(columns)
    }
    expect([...documented.keys()].sort()).toEqual([...real.keys()].sort())
  })

  test('secret is stored nowhere, guarded only as hashes that are slow or keyed [ASVS 14.2.4]', async () => {
    const contents = await contentsOf(database)
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20)
      expect(JSON.stringify(contents)).not.toContain(secret)
    }
    let looked = 0
    for (const [table, { guarded }] of classed())
      for (const row of await rows(table))
        for (const column of guarded) {
          const value = row[column]
          if (typeof value !== 'string') continue
          looked++
          expect(value, `${table}.${column}`).toMatch(/^(?:\$argon2id\$v=19\$\S{60,}|\$2b\$\d\d\$\S{53}|[\w-]{43})$/)
        }
    expect(looked).toBeGreaterThan(10)
  })

  test('personal is told apart from operational: no email, agent or address stands in a column that is not for it [ASVS 14.2.4]', async () => {
    const personal = /@example\.com|203\.0\.113|Firefox/
    for (const [table, { operational, guarded }] of classed())
      for (const row of await rows(table))
        for (const column of [...operational, ...guarded])
          expect(String(row[column]), `${table}.${column}`).not.toMatch(personal)
    for (const line of service.logged) expect(line).not.toMatch(/@example\.com|Firefox/) // the log has the source, and no email
  })

  test('is let go when the document says: each class by its time, and not before [ASVS 14.2.4]', async () => {
    const { auth, clock, smtp } = service
    const tidy = async () => auth.background.tidy()
    await service.send('DELETE', '/users/me', { session })
    await auth.background.send()
    smtp.answers = { recipient: 550 }
    await service.send('POST', '/users', { form: { email: 'refuses@example.com', password: PHRASE } })
    await auth.background.send()
    expect(await count('users', 'pendings')).toEqual([2, 2])
    expect((await rows('outbox')).filter(({ given_up_at: at }) => at !== null)).toHaveLength(1)
    clock.advance({ days: 1 })
    await tidy()
    expect(await count('users', 'pendings')).toEqual([2, 2])
    clock.advance({ days: 7 }) // the grace of an account, and the wait of a registration
    await tidy()
    expect(await count('users', 'passwords', 'pendings', 'sessions', 'tokens', 'limits')).toEqual([1, 1, 0, 0, 0, 0])
    clock.advance({ days: 15 })
    await tidy()
    expect((await rows('outbox')).filter(({ given_up_at: at }) => at !== null)).toHaveLength(1)
    clock.advance({ days: 10 }) // a letter that was given up
    await tidy()
    expect((await rows('outbox')).filter(({ given_up_at: at }) => at !== null)).toEqual([])
    clock.advance({ days: 100 })
    await tidy()
    expect((await rows('audit')).length).toBeGreaterThan(5)
    clock.advance({ days: 60 }) // devices, after 180 days without use
    await tidy()
    expect(await count('devices', 'streaks', 'budgets')).toEqual([0, 0, 0])
    clock.advance({ days: 180 })
    await tidy()
    expect(
      (await rows('audit')).filter(({ event }) => /^(?:login|registration|verification)/.test(String(event))),
    ).toEqual([])
  })
})

describe.each(databases)('what goes out on $name', ({ fresh }) => {
  let service: HardenedService

  beforeAll(async () => {
    service = await startHardened(fresh())
    await service.settle('ann@example.com')
  })
  afterAll(async () => {
    await service.close()
  })

  test('of a person is what the caller needs, to the member, and only to that person [ASVS 14.2.6]', async () => {
    const form = { email: 'ann@example.com', password: PHRASE }
    const registered = await service.send('POST', '/users', { form })
    const login = await service.send('POST', '/sessions', { form, headers: { 'user-agent': FIREFOX } })
    const session = sessionOf(login) ?? ''
    const get = async (path: string): Promise<Answer> => service.send('GET', path, { session })
    const listed = ['id', 'device', 'place', 'created_at', 'used_at', 'expires_at', 'current']
    const event = ['at', 'event', 'outcome', 'device', 'place', 'method', 'current']
    const expected: readonly (readonly [Answer, readonly string[]])[] = [
      [registered, ['email', 'message']],
      [login, ['email', 'message']],
      [await get('/profile'), ['email']],
      [await get('/sessions'), listed.map((name) => `sessions[].${name}`)],
      [await get('/events'), event.map((name) => `events[].${name}`)],
      [
        await get('/session'),
        ['id', 'email', 'email_verified', 'created_at', 'session.id', 'session.created_at', 'session.expires_at'],
      ],
      [
        await get('/export'),
        [
          'exported_at',
          ...['id', 'email', 'email_verified', 'created_at', 'admin'].map((name) => `user.${name}`),
          'password.set_at',
          ...listed.map((name) => `sessions[].${name}`),
          ...['created_at', 'used_at'].map((name) => `devices[].${name}`),
          ...event.map((name) => `events[].${name}`),
        ],
      ],
      [await service.send('GET', '/'), ['message']],
      [await service.send('GET', '/healthz'), ['status']],
    ]
    for (const [{ status, json, text }, members] of expected) {
      expect(status).toBe(200)
      expect(membersOf(json)).toEqual(members)
      expect(text).not.toMatch(/\$2b\$|\$argon2|Mozilla|"127\.0\.0\.1"/) // hashes stay, and so do agents and addresses: words and networks go out
      expect(text).not.toContain(session.split('.')[1])
    }
    for (const [path, status] of [
      ['/profile', 403],
      ['/sessions', 403],
      ['/events', 403],
      ['/export', 403],
      ['/session', 401],
    ] as const) {
      const answer = await service.send('GET', path)
      expect([answer.status, answer.text.includes('ann@')]).toEqual([status, false])
    }
  })

  test('on a page that anybody can open is nothing of anyone [ASVS 14.2.6]', async () => {
    for (const path of ['/', '/login', '/register', '/forgot', '/mailbox', '/reset', '/verify', '/nowhere']) {
      const { text } = await service.send('GET', path, { headers: { accept: 'text/html' } })
      expect(text).toContain('<!doctype html>')
      expect(text).not.toContain('ann@')
    }
  })
})
