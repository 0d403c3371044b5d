/** Several services, each the program in a process of its own, on one PostgreSQL. */
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import pg from 'pg'
import { databases, SECRET, temporaryFolder } from './support/databases.ts'
import { startNodes } from './faults/nodes.ts'
import { PHRASE, tokenIn } from './support/hardened.ts'
import { send, sessionOf } from './support/http.ts'
import type { Answer } from './support/http.ts'
import { runProgram, serveProgram } from './support/program.ts'
import type { Serving } from './support/program.ts'
import { linkIn, startSmtp } from './support/smtp.ts'

const postgres = databases.find(({ name }) => name === 'PostgreSQL')!
const cwd = temporaryFolder()
let url: string
let made = 0

/** An empty database. */
async function empty(): Promise<string> {
  const base = inject('postgres').url
  const name = `nodes_${String(process.pid)}_${String(++made)}`
  const client = new pg.Client(`${base}postgres`)
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  return `${base}${name}`
}

/** Starts so many services at once. */
async function start(count: number, database: string, env: Readonly<Record<string, string>> = {}): Promise<Serving[]> {
  const all = { DATABASE_URL: database, BIENVENUE_SECRET: SECRET, BIENVENUE_PASSWORDS_BCRYPT_COST: '10', ...env }
  return Promise.all(Array.from({ length: count }, async () => serveProgram([], { cwd, env: all })))
}

/** Sends a form to a service. */
async function post({ port }: Serving, path: string, form: Record<string, string>, method = 'POST'): Promise<Answer> {
  return send(port, method, path, { form })
}

beforeAll(() => {
  url = postgres.fresh()
})

describe('services on one PostgreSQL', () => {
  test('that start together, eight of them, migrate once and all serve', async () => {
    const database = await empty()
    const nodes = await startNodes(database, 8)
    onTestFinished(async () => {
      await Promise.all(nodes.map(async (node) => node.stop()))
    })
    const ready = await Promise.all(nodes.map(async ({ port }) => send(port, 'GET', '/readyz')))
    expect(ready.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    const client = new pg.Client(database)
    await client.connect()
    const { rows } = await client.query('select name from kysely_migration order by name')
    expect(new Set(rows.map((row: { name: string }) => row.name)).size).toBe(rows.length)
    await client.end()
  }, 120_000)

  test('let people register at one and log in at another; what ends at one has ended at all [ASVS 7.4.1]', async () => {
    const [one, two] = (await start(2, url)) as [Serving, Serving]
    const form = { email: 'bob@example.com', password: 'p' }
    expect((await post(one, '/users', form)).status).toBe(200)
    const session = sessionOf(await post(two, '/sessions', form)) ?? ''
    const statuses = async (): Promise<readonly number[]> =>
      Promise.all([one, two].map(async ({ port }) => (await send(port, 'GET', '/profile', { session })).status))
    expect(await statuses()).toEqual([200, 200])
    expect((await send(one.port, 'DELETE', '/sessions', { session })).status).toBe(302)
    expect(await statuses()).toEqual([403, 403])
  })

  test('take a token once, whichever of them is asked, and obey the operator at once [ASVS 7.4.2]', async () => {
    const [one, two] = (await start(2, url)) as [Serving, Serving]
    const email = 'eve@example.com'
    await post(one, '/users', { email, password: 'p' })
    const session = sessionOf(await post(one, '/sessions', { email, password: 'p' })) ?? ''
    for (let round = 0; round < 5; round++) {
      const { reset_token: token } = (await post(one, '/reset_password', { email })).json as { reset_token: string }
      const tries = [one, two, one, two].map(async (node, index) =>
        post(node, '/reset_password', { email, reset_token: token, new_password: `p${String(index)}` }, 'PUT'),
      )
      expect((await Promise.all(tries)).map(({ status }) => status).sort()).toEqual([200, 403, 403, 403])
    }
    expect((await send(two.port, 'GET', '/profile', { session })).status).toBe(403)
    const env = { DATABASE_URL: url, BIENVENUE_SECRET: SECRET }
    await post(one, '/users', { email: 'out@example.com', password: 'p' })
    const theirs = sessionOf(await post(two, '/sessions', { email: 'out@example.com', password: 'p' })) ?? ''
    const disabled = await runProgram(['users', 'disable', 'out@example.com'], { cwd, env })
    expect([disabled.code, disabled.err]).toEqual([0, ''])
    for (const { port } of [one, two])
      expect((await send(port, 'GET', '/profile', { session: theirs })).status).toBe(403)
  })

  test('give an address to one of many who register it at the same moment', async () => {
    const nodes = await start(3, url)
    for (let round = 0; round < 5; round++) {
      const form = { email: `raced${String(round)}@example.com`, password: 'p' }
      const answers = await Promise.all([...nodes, ...nodes].map(async (node) => post(node, '/users', form)))
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400])
    }
  })

  test('share their limits: what is used up at one is used up at all [ASVS 6.3.1]', async () => {
    const limits = { BIENVENUE_LIMITS_ON: 'yes', BIENVENUE_LIMITS_SOURCE_FAILURES: '6' }
    const [one, two] = (await start(2, url, limits)) as [Serving, Serving]
    await post(one, '/users', { email: 'limited@example.com', password: 'p' })
    const statuses: number[] = []
    for (let tries = 0; tries < 8; tries++) {
      const form = { email: 'limited@example.com', password: `wrong ${String(tries)}` }
      statuses.push((await post(tries % 2 === 0 ? one : two, '/sessions', form)).status)
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429, 429])
  })

  test('keep one audit together, in which each entry is sealed once [ASVS 16.4.2]', async () => {
    const nodes = await start(3, url)
    const people = Array.from({ length: 12 }, (_, index) => `sealed${String(index)}@example.com`)
    await Promise.all(people.map(async (email, index) => post(nodes[index % 3]!, '/users', { email, password: 'p' })))
    const env = { DATABASE_URL: url, BIENVENUE_SECRET: SECRET }
    const verify = async (): Promise<string> => (await runProgram(['audit', 'verify'], { cwd, env })).out
    const client = new pg.Client(url)
    await client.connect()
    onTestFinished(async () => client.end())
    const count = async (): Promise<{ entries: number; sealed: number }> => {
      const { rows } = await client.query<{ entries: number; sealed: number }>(
        'select count(*)::int as entries, count(s.seq)::int as sealed from audit a left join seals s on s.audit_id = a.id',
      )
      return rows[0]!
    }
    const { entries } = await count()
    expect(entries).toBeGreaterThanOrEqual(12)
    await expect.poll(count, { timeout: 10_000 }).toEqual({ entries, sealed: entries })
    expect(await verify()).toMatch(/nothing was changed\s+entries/)
  })

  test('send each letter once, whichever of them took the request, and take its link once', async () => {
    const smtp = await startSmtp()
    onTestFinished(async () => smtp.close())
    const nodes = await start(3, await empty(), {
      BIENVENUE_PRESET: 'hardened',
      BIENVENUE_URL: 'https://id.example.test',
      BIENVENUE_SECRET: 'V2hhdCBhIGxvbmcgc2VjcmV0IHRoaXMgaXMsIG15IGRlYXI',
      BIENVENUE_SMTP_URL: smtp.url,
      BIENVENUE_MAIL_FROM: 'accounts@example.test',
    })
    const emails = Array.from({ length: 12 }, (_, index) => `letter${String(index)}@example.com`)
    const asked = emails.map(async (email, index) => post(nodes[index % 3]!, '/users', { email, password: PHRASE }))
    for (const answer of await Promise.all(asked)) expect(answer.status).toBe(200)
    await smtp.waitFor(12)
    await expect.poll(async () => smtp.letters.length, { timeout: 5000 }).toBe(12)
    for (const email of emails) expect(smtp.to(email)).toHaveLength(1)
    for (const email of emails.slice(0, 3)) {
      const form = { token: tokenIn(linkIn(smtp.to(email)[0]!)), password: PHRASE }
      const tries = nodes.map(async (node) => post(node, '/email_verification', form, 'PUT'))
      expect((await Promise.all(tries)).map(({ status }) => status).sort()).toEqual([200, 403, 403])
    }
  }, 120_000)

  test('show the password of the database nowhere [ASVS 16.2.5]', async () => {
    const address = url.replace('postgres@', 'postgres:hunter2@')
    const [node] = (await start(1, address)) as [Serving]
    const settings = await runProgram(['settings'], { cwd, env: { DATABASE_URL: address, BIENVENUE_SECRET: SECRET } })
    expect(settings.out).toContain('postgres://(secret)@127.0.0.1')
    const wrong = address.replace(/:\d+\//, ':1/')
    const gone = await runProgram(['users', 'list'], { cwd, env: { DATABASE_URL: wrong, BIENVENUE_SECRET: SECRET } })
    expect([gone.code, gone.err]).toEqual([1, 'bienvenue: the database cannot be reached: nothing listens there\n'])
    for (const text of [node.lines.join(''), settings.out, gone.err]) expect(text).not.toContain('hunter2')
  })
})
