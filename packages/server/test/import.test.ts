/** Moving in, whichever form it has: what the operator says of it, who is here already, how people get in, and how it ends. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HashingPool } from '../src/crypto/hashing-pool.ts'
import type { MovingIn } from '../src/auth/moving-in.ts'
import type { ImportRun, Problem } from '../src/auth/moving-in-run.ts'
import type { ImportReport } from '../src/auth/moving-in-report.ts'
import { Input } from '../src/moving/input.ts'
import { JsonLines } from '../src/moving/jsonl.ts'
import { settingsOf } from '../src/settings-list.ts'
import { contentsOf } from './support/contents.ts'
import { databases, temporaryFolder } from './support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'
import { bcryptOf, environmentOf, importInto, jsonLines } from './support/moving.ts'
import { PROGRAM } from './support/program.ts'

const folder = temporaryFolder()
const HASH = bcryptOf(PHRASE)
let files = 0

/** Writes rows to a file, and returns its path. */
function fileOf(...rows: readonly object[]): string {
  const path = join(folder, `${String(++files)}.jsonl`)
  writeFileSync(path, jsonLines(...rows))
  return path
}

/** Runs an import within this process, so that the clock of the test counts. */
async function moveIn(
  movingIn: MovingIn,
  rows: readonly object[],
  run: Partial<ImportRun> = {},
): Promise<ImportReport & { readonly reasons: readonly string[] }> {
  const reasons: string[] = []
  const source = new JsonLines(await Input.open(fileOf(...rows)), { columns: new Map(), epoch: null })
  const given = {
    verified: 'none',
    keepIds: false,
    admins: false,
    isDryRun: false,
    signal: AbortSignal.abort(),
    ...run,
  } as const
  const listener = {
    onProblem: async ({ place, reason }: Problem) => Promise.resolve(void reasons.push(`${String(place)}: ${reason}`)),
    onMoved: async () => Promise.resolve(),
    onProgress: () => undefined,
  }
  const signal = run.signal ?? new AbortController().signal
  const report = await movingIn.run(source, { ...given, signal }, listener)
  await source.close()
  return { ...report, reasons }
}

describe.each(databases)('people who moved in, in hardened on $name', ({ fresh }) => {
  const hasher = new HashingPool({ ...settingsOf('hardened').passwords, hashingLanes: true })
  const url = fresh()
  let service: HardenedService

  beforeAll(async () => {
    service = await startHardened(url, { passwords: { argon2MemoryMiB: 64 } }, { hasher })
  })
  afterAll(async () => {
    await service.close()
  })

  const login = async (email: string, password = PHRASE) =>
    (await service.send('POST', '/sessions', { form: { email, password } })).status

  test('are none where it is told to stop in its first look, and it reports that', async () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => ({ email: `stopped${String(at)}@example.com` }))
    const report = await moveIn(service.auth.movingIn, rows, { signal: AbortSignal.abort() })
    expect(report).toMatchObject({ isInterrupted: true, made: 0 })
  })

  test('get in at once where the operator says that their addresses are verified, and their hash is renewed', async () => {
    await moveIn(service.auth.movingIn, [{ email: 'sure@example.com', password_hash: HASH }], { verified: 'all' })
    expect(await login('sure@example.com', OTHER_PHRASE)).toBe(401)
    expect(await login('sure@example.com')).toBe(200)
    const { passwords = [] } = await contentsOf(url)
    expect((passwords[0] as { hash: string }).hash).toMatch(/^\$argon2id\$/)
  })

  test('else are answered like a wrong password, until they follow a link with the password that they have', async () => {
    const email = 'unsure@example.com'
    await moveIn(service.auth.movingIn, [{ email, password_hash: HASH, email_verified: true }])
    const letters = service.smtp.letters.length
    await service.auth.background.send()
    expect(service.smtp.letters).toHaveLength(letters) // nobody hears of it
    expect(await login(email)).toBe(401)
    await service.send('POST', '/email_verification', { form: { email } })
    const form = { token: await service.tokenFor(email), password: PHRASE }
    expect((await service.send('PUT', '/email_verification', { form })).status).toBe(200)
    expect(await login(email)).toBe(200)
  })

  test('or reset the password, which is the way for those who share an address', async () => {
    const email = 'twins@example.com'
    const rows = [
      { email, password_hash: HASH, id: 1 },
      { email: email.toUpperCase(), password_hash: HASH, id: 2, disabled: false },
    ]
    const report = await moveIn(service.auth.movingIn, rows, { verified: 'all' })
    expect(report).toMatchObject({ made: 1, setAside: 1, repeated: 1 })
    const person = await service.auth.users.findByEmail(email)
    expect(person).toMatchObject({ emailVerified: false })
    const { passwords = [] } = await contentsOf(url)
    expect((passwords as { user_id: number }[]).map((row) => row.user_id)).not.toContain(person?.id)
    expect(await login(email)).toBe(401)
    await service.send('POST', '/reset_password', { form: { email } })
    const form = { email, reset_token: await service.tokenFor(email), new_password: OTHER_PHRASE }
    expect((await service.send('PUT', '/reset_password', { form })).status).toBe(200)
    expect([await login(email), await login(email, OTHER_PHRASE)]).toEqual([401, 200])
  })

  test('who is disabled stays out, be it in one of several rows of an address', async () => {
    const rows = [
      { email: 'gone@example.com', password_hash: HASH, disabled: true },
      { email: 'half@example.com', password_hash: HASH },
      { email: 'half@example.com', password_hash: HASH, disabled: true },
    ]
    await moveIn(service.auth.movingIn, rows, { verified: 'all' })
    expect(await login('gone@example.com')).toBe(401)
    for (const email of ['gone@example.com', 'half@example.com'])
      expect(await service.auth.users.findAccountByEmail(email)).toMatchObject({ disabledAt: service.clock.now() })
  })

  test('a registration that waits for the same address harms nobody: its link asks for a password, and the old one works', async () => {
    const email = 'waiting@example.com'
    await service.send('POST', '/users', { form: { email, password: OTHER_PHRASE } })
    const token = await service.tokenFor(email)
    const report = await moveIn(service.auth.movingIn, [{ email, password_hash: HASH, id: 7 }])
    expect(report.made).toBe(1)
    const before = await service.auth.users.findByEmail(email)
    const form = { token, password: PHRASE }
    expect((await service.send('PUT', '/email_verification', { form })).status).toBe(200)
    expect(await service.auth.users.findByEmail(email)).toEqual({ ...before, emailVerified: true })
    expect([await login(email), await login(email, OTHER_PHRASE)]).toEqual([200, 401])
  })

  test('an address that somebody left goes to nobody, as long as they may take it back', async () => {
    await service.settle('left@example.com')
    const session = await service.logIn('left@example.com')
    await service.send('PUT', '/email', { session, form: { email: 'moved@example.com' } })
    const form = { token: await service.tokenFor('moved@example.com'), password: PHRASE }
    expect((await service.send('PUT', '/email_verification', { form })).status).toBe(200)
    const row = { email: 'Left@example.com', password_hash: HASH }
    const refused = await moveIn(service.auth.movingIn, [row])
    const reason = '1: somebody left its address a short while ago, and may take it back'
    expect(refused).toMatchObject({ made: 0, refused: 1, reasons: [reason] })
    await service.tokenFor('left@example.com') // the letter has left: now a token stands for the way back
    expect(await moveIn(service.auth.movingIn, [row])).toMatchObject({ made: 0, refused: 1, reasons: [reason] })
    service.clock.advance({ days: 60 })
    expect(await moveIn(service.auth.movingIn, [row])).toMatchObject({ made: 1, refused: 0 })
  })

  test('weak hashes are stored only inside of a strong one, and let their people in', async () => {
    const digest = createHash('md5').update(`salty${PHRASE}`).digest('hex')
    const row = { email: 'md5@example.com', password_hash: `md5$salty$${digest}` }
    const report = await moveIn(service.auth.movingIn, [row], { verified: 'all' })
    expect(report.made).toBe(1)
    const { passwords = [] } = await contentsOf(url)
    expect(JSON.stringify(passwords)).not.toContain(digest)
    expect([await login(row.email, digest), await login(row.email)]).toEqual([401, 200])
  })

  test('who is here already is left as they are', async () => {
    await service.settle('here@example.com', OTHER_PHRASE)
    const row = { email: 'HERE@example.com', password_hash: HASH, admin: true, disabled: true }
    expect(await moveIn(service.auth.movingIn, [row], { admins: true })).toMatchObject({ made: 0, alreadyThere: 1 })
    expect([await login('here@example.com'), await login('here@example.com', OTHER_PHRASE)]).toEqual([401, 200])
  })
})

describe.each(databases)('ids, on $name', ({ fresh }) => {
  test('are new ones, and a map tells which was which', async () => {
    const url = fresh()
    const map = join(folder, `map ${String(++files)}.csv`)
    const rows = [
      { email: 'a@example.com', id: '=1+1' },
      { email: 'b@example.com', id: 'b,"' },
      { email: 'c@example.com' },
      { email: 'd@example.com', id: 'd1' },
      { email: 'd@example.com', id: 'd2' },
    ]
    await importInto(url, ['jsonl', fileOf(...rows), '--map', map])
    expect(readFileSync(map, 'utf8')).toBe(`old_id,new_id\r\n'=1+1,1\r\n"b,""",2\r\nd1,4\r\nd2,4\r\n`)
    expect(statSync(map).mode & 0o777).toBe(0o600)
  })

  test('are kept where that is asked for, unless they are, or were, somebody else’s', async () => {
    const url = fresh()
    const first = fileOf({ email: 'a@example.com', id: 70 }, { email: 'b@example.com', id: 7 })
    expect((await importInto(url, ['jsonl', first, '--keep-ids'])).report.made).toBe(2)
    const rows = [
      { email: 'c@example.com', id: 70 },
      { email: 'd@example.com', id: 'x' },
      { email: 'e@example.com', id: 8 },
      { email: 'f@example.com', id: 8 },
      { email: 'g@example.com', id: 0 },
      { email: 'h@example.com' },
      { email: 'a@example.com', id: 99 },
    ]
    const { report } = await importInto(url, ['jsonl', fileOf(...rows), '--keep-ids'])
    expect(report).toMatchObject({ made: 1, alreadyThere: 1, refused: 5 })
    expect(report.problems.first.map(({ place, reason }) => `${String(place)}: ${reason}`)).toEqual([
      '1: its id is, or was, that of somebody else here',
      '2: its id is no number that we can take: a whole one from 1 to 281474976710656',
      '4: its id stands in 3 too',
      '5: its id is no number that we can take: a whole one from 1 to 281474976710656',
      '6: its id is no number that we can take: a whole one from 1 to 281474976710656',
    ])
    const { users = [] } = await contentsOf(url)
    expect((users as { id: number; email: string }[]).map(({ id, email }) => [id, email]).sort()).toEqual([
      [7, 'b@example.com'],
      [70, 'a@example.com'],
      [8, 'e@example.com'],
    ])
  })
})

describe.each(databases)('a long import, on $name', ({ fresh }) => {
  const url = fresh()
  const rows = Array.from({ length: 20_000 }, (_, index) => ({
    email: `p${String(index)}@example.com`,
    password_hash: HASH,
  }))

  /** Starts an import, which takes as long as it takes. */
  function start(path: string) {
    const env = { PATH: process.env['PATH'] ?? '', ...environmentOf(url) }
    const child = spawn(process.execPath, [PROGRAM, 'import', 'jsonl', path, '--json'], { env, cwd: folder })
    const out: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    const closed = once(child, 'close') as Promise<[number | null]>
    const ended = closed.then(([code]) => ({ code, report: JSON.parse(Buffer.concat(out).toString()) as ImportReport }))
    return { child, ended }
  }

  test('ends between two batches when it is told to, and goes on when it is run again', async () => {
    await importInto(url, ['jsonl', fileOf({ email: 'first@example.com' })])
    const path = fileOf(...rows)
    const { child, ended } = start(path)
    while (((await contentsOf(url))['users']?.length ?? 0) < 2) await new Promise((resolve) => setTimeout(resolve, 50))
    child.kill('SIGINT')
    const first = await ended
    expect([first.code, first.report.isInterrupted]).toEqual([1, true])
    expect(first.report.made).toBeLessThan(20_000)
    expect((await contentsOf(url))['users']).toHaveLength(1 + first.report.made)
    const again = await start(path).ended
    expect(again.report).toMatchObject({ made: 20_000 - first.report.made, alreadyThere: first.report.made })
    const { audit = [] } = await contentsOf(url)
    const events = (audit as { event: string }[]).map(({ event }) => event)
    expect(events).toEqual(Array.from({ length: 3 }, () => ['moving.import_begun', 'moving.import_ended']).flat())
  }, 120_000)
})

describe('the report', () => {
  test('lists twenty rows, and a file lists all of them, readable by its owner alone', async () => {
    const url = databases[0]?.fresh() ?? ''
    const path = join(folder, 'report.csv')
    const bad = Array.from({ length: 30 }, (_, index) => ({ email: `no address ${String(index)}` }))
    const { report } = await importInto(url, ['jsonl', fileOf(...bad), '--report', path])
    expect([report.problems.all, report.problems.first.length]).toEqual([30, 20])
    const lines = readFileSync(path, 'utf8').trim().split('\r\n')
    expect(lines.slice(0, 2)).toEqual(['place,is,reason', '1,refused,its email is no address that we can take'])
    expect(lines).toHaveLength(31)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect((await contentsOf(url))['audit']).toEqual([])
  })
})
