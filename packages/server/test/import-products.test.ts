/** Samples of other products move in, by the very commands of their guides, and their people log in with the passwords that they have. */
import { copyFileSync, cpSync, mkdtempSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openService } from '../src/service.ts'
import { contentsOf } from './support/contents.ts'
import { databases, SECRET, temporaryFolder } from './support/databases.ts'
import { blocksOf } from './support/doc-blocks.ts'
import { send } from './support/http.ts'
import { environmentOf } from './support/moving.ts'
import type { Imported } from './support/moving.ts'
import { runProgram } from './support/program.ts'
import { logInto } from './support/service.ts'

const samples = join(import.meta.dirname, 'samples')
const folder = temporaryFolder()
const PASSWORDS: Readonly<Record<string, string>> = {
  ada: 'ada likes engines',
  grace: 'grace likes compilers',
  hedy: 'hedy likes radio',
  joan: 'joan likes proofs',
  mary: 'mary likes journals',
  radia: 'radia likes trees',
}

/** A sample, and what must come of it. */
interface Sample {
  readonly guide: string
  /** Which of the guide's commands: those with this word. */
  readonly word: string
  /** Puts the sample where the guide's commands look for it. Resolves to what they need in the environment. */
  readonly lay: (place: string) => Promise<Readonly<Record<string, string>>>
  readonly report: object
  /** What is said of rows, by their places. */
  readonly said: Readonly<Record<number, string>>
  readonly logIn: readonly string[]
  /** Those whose password is right, and who get in nevertheless not. */
  readonly stayOut: readonly string[]
}

/** Copies files of a sample, each under the name that the guide has for it. */
function files(product: string, names: Readonly<Record<string, string>>): Sample['lay'] {
  return async (place) => {
    for (const [from, to] of Object.entries(names))
      cpSync(join(samples, product, from), join(place, to), { recursive: true })
    return Promise.resolve({})
  }
}

/** Makes a file of SQLite from the statements of a sample. */
function sqliteFile(from: string, name: string): Sample['lay'] {
  return async (place) => {
    const file = new DatabaseSync(join(place, name))
    file.exec(readFileSync(join(samples, from), 'utf8'))
    file.close()
    return Promise.resolve({})
  }
}

/** Fills a database of PostgreSQL with the statements of a sample, and puts its address into the environment. */
function postgres(from: string, variable: string): Sample['lay'] {
  return async () => {
    const url = databases.find(({ name }) => name === 'PostgreSQL')?.fresh() ?? ''
    const client = new pg.Client(url)
    await client.connect()
    await client.query(readFileSync(join(samples, from), 'utf8'))
    await client.end()
    return { [variable]: url }
  }
}

const ANONYMOUS = 'refused: there is no email: it is anonymous'
const UNKNOWN_HASH = 'it is in no form that is known here'
const ANY_ORDER = {} // ids there are random, and rows come in their order
const BETTER_AUTH = {
  report: {
    form: 'better-auth',
    rows: 6,
    made: 5,
    refused: 1,
    withoutPassword: 1,
    schemes: { 'scrypt-nfkc': 4 },
    leftBehind: { 'a second factor': 1, 'a login at another service': 2 },
    ignored: ['banReason', 'image', 'name', 'role', 'updatedAt'],
  },
  said: { 6: 'refused: it is anonymous: its email is made up' },
  logIn: ['ada', 'grace', 'joan'],
  stayOut: ['hedy', 'mary'],
}
const SUPABASE = {
  report: {
    form: 'supabase',
    rows: 10,
    made: 7,
    refused: 3,
    withoutPassword: 2,
    schemes: { bcrypt: 3, argon2id: 1, 'scrypt-firebase': 1 },
    leftBehind: { 'a second factor': 1, 'the login of a company (SSO)': 1 },
  },
  logIn: ['ada', 'grace', 'joan', 'radia'],
  stayOut: ['hedy', 'mary'],
}
const OF_SUPABASE = ['refused: the account was deleted there', ANONYMOUS, 'refused: there is no email']

const all: readonly Sample[] = [
  {
    guide: 'flask',
    word: 'a.db',
    lay: sqliteFile('flask/a.sql', 'a.db'),
    report: { form: 'flask', rows: 3, made: 3, refused: 0, schemes: { bcrypt: 2 } },
    said: { 3: UNKNOWN_HASH },
    logIn: ['ada', 'grace'],
    stayOut: ['hedy'],
  },
  {
    guide: 'django',
    word: 'db.sqlite3',
    lay: sqliteFile('django/db.sql', 'db.sqlite3'),
    report: { form: 'django', rows: 6, made: 5, refused: 1 },
    said: { 5: 'refused: there is no email' },
    logIn: ['ada', 'grace', 'radia'],
    stayOut: ['hedy', 'mary'],
  },
  { guide: 'better-auth', word: 'auth.db', lay: sqliteFile('better-auth/sqlite.sql', 'auth.db'), ...BETTER_AUTH },
  {
    guide: 'better-auth',
    word: 'env:BETTER_AUTH_URL',
    lay: postgres('better-auth/postgres.sql', 'BETTER_AUTH_URL'),
    ...BETTER_AUTH,
    said: ANY_ORDER,
  },
  {
    guide: 'supabase',
    word: 'users.csv',
    lay: files('supabase', { 'users.csv': 'users.csv' }),
    ...SUPABASE,
    said: Object.fromEntries(OF_SUPABASE.map((reason, index) => [index + 9, reason])),
  },
  {
    guide: 'supabase',
    word: 'env:SUPABASE_URL',
    lay: postgres('supabase/auth.sql', 'SUPABASE_URL'),
    ...SUPABASE,
    said: ANY_ORDER,
  },
  {
    guide: 'keycloak',
    word: 'export',
    lay: files('keycloak', { 'different-files': 'export' }),
    report: {
      form: 'keycloak',
      rows: 9,
      made: 7,
      refused: 2,
      unusable: 1,
      withoutPassword: 2,
      schemes: { argon2id: 1, 'pbkdf2-sha1': 1, 'pbkdf2-sha256': 1, 'pbkdf2-sha512': 1 },
      leftBehind: {
        'a second factor': 1,
        'a login at another service': 2,
        'a password that had to be changed': 1,
      },
      ignored: [
        ...['attributes', 'disableableCredentialTypes', 'firstName', 'groups', 'lastName', 'notBefore', 'realmRoles'],
        'username',
      ],
    },
    said: {
      7: UNKNOWN_HASH,
      8: 'refused: there is no email, only a user name',
      9: 'refused: it is the account of a program, not of a person',
    },
    logIn: ['ada', 'grace', 'mary'],
    stayOut: ['hedy', 'joan'],
  },
  {
    guide: 'auth0',
    word: 'users.json',
    lay: files('auth0', { 'academy.json': 'users.json', 'hashes.json': 'hashes.json' }),
    report: {
      form: 'auth0',
      rows: 6,
      made: 5,
      refused: 1,
      withoutPassword: 1,
      schemes: { bcrypt: 4 },
      leftBehind: { 'a second factor': 1, 'a login at another service': 2 },
      ignored: ['updated_at', 'user_metadata'],
    },
    said: { 6: 'refused: there is no email' },
    logIn: ['ada', 'grace', 'joan'],
    stayOut: ['hedy', 'mary'],
  },
  {
    guide: 'firebase',
    word: 'users.json',
    lay: files('firebase', { 'users.json': 'users.json', 'hash-config.txt': 'hash-config.txt' }),
    report: {
      form: 'firebase',
      rows: 6,
      made: 4,
      refused: 2,
      withoutPassword: 1,
      schemes: { 'scrypt-firebase': 3 },
      leftBehind: { 'a second factor': 1, 'a login at another service': 2 },
      ignored: ['customAttributes', 'displayName', 'lastSignedInAt'],
    },
    said: { 5: 'refused: there is no email, only a phone number', 6: ANONYMOUS },
    logIn: ['ada', 'grace'],
    stayOut: ['hedy', 'mary'],
  },
]

/** The commands of a guide that have this word, as their arguments: first the dry run, where there is one. */
function commandsOf({ guide, word }: Sample): readonly (readonly string[])[] {
  return blocksOf(`docs/coming-from/${guide}.md`)
    .filter(({ language, notRun }) => language === 'bash' && notRun === null)
    .flatMap(({ code }) => code.trim().split('\n'))
    .map((line) => line.split(' '))
    .filter((words) => words.slice(0, 4).join(' ') === `npx bienvenue import ${guide}` && words.includes(word))
    .map((words) => words.slice(2))
}

/** Runs a command where a sample lies. */
async function run(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<Imported> {
  const ended = await runProgram([...args, '--json'], { cwd, env })
  if (!ended.out.startsWith('{')) throw new Error(`${String(ended.code)}: ${ended.err}`)
  return { ...ended, report: JSON.parse(ended.out) as Imported['report'] }
}

/** Serves a database with the hasher and the clock that operators have, until the test has finished. */
async function serve(database: string): Promise<AddressInfo> {
  const settings = { service: { secret: SECRET }, http: { port: 0 } }
  const service = await openService({ database, settings, log: logInto([]) })
  onTestFinished(async () => service.close())
  await service.listen()
  return service.app.server.address() as AddressInfo
}

describe.each(databases)('other products move in, on $name', ({ fresh }) => {
  test.each(all)(
    '$guide, $word: people log in with the passwords that they have',
    async (sample) => {
      const place = mkdtempSync(join(folder, `${sample.guide}-`))
      const url = fresh()
      const env = { ...(await sample.lay(place)), ...environmentOf(url) }
      const commands = commandsOf(sample)
      expect(commands.length).toBeGreaterThan(0)
      for (const args of commands) {
        const { report, out } = await run(args, place, env)
        expect(report).toMatchObject({ ...sample.report, isDryRun: args.includes('--dry-run') })
        const said = report.problems.first.map(({ place: row, is, reason }) => [row, `${is}: ${reason}`] as const)
        const expected = Object.entries(sample.said).map(([row, words]) => [
          row,
          expect.stringContaining(words) as string,
        ])
        if (sample.said !== ANY_ORDER) expect(Object.fromEntries(said)).toEqual(Object.fromEntries(expected))
        expect(out).not.toMatch(/example[.]com|likes|\$/)
      }
      expect(JSON.stringify(await contentsOf(url))).not.toContain('JBSWY3DPEHPK3PXPJBSW') // the secret of a second factor
      const { port } = await serve(url)
      for (const name of [...sample.logIn, ...sample.stayOut]) {
        const form = { email: `${name}@example.com`, password: PASSWORDS[name] ?? '' }
        const { status } = await send(port, 'POST', '/sessions', { form })
        expect([name, status]).toEqual([name, sample.logIn.includes(name) ? 200 : 401])
      }
      const wrong = { email: 'ada@example.com', password: 'x' }
      expect((await send(port, 'POST', '/sessions', { form: wrong })).status).toBe(401)
    },
    120_000,
  )
})

test('what the samples say of addresses, dates and languages comes along where the operator believes it', async () => {
  const [sqlite] = databases
  const place = mkdtempSync(join(folder, 'facts-'))
  cpSync(join(samples, 'keycloak'), place, { recursive: true })
  const url = sqlite?.fresh() ?? ''
  await run(['import', 'keycloak', 'academy-realm.json', '--verified', 'as-given'], place, environmentOf(url))
  const { users = [] } = await contentsOf(url)
  const [ada, grace] = users as readonly Record<string, unknown>[]
  expect(ada).toMatchObject({ email: 'ada@example.com', language: 'fr', created_at: Date.UTC(2024, 2, 1, 10, 30) })
  expect([typeof ada?.['email_verified_at'], grace?.['email_verified_at']]).toEqual(['number', null])
})

test('the key of a project of Firebase is not kept', async () => {
  const [sqlite] = databases
  const place = mkdtempSync(join(folder, 'key-'))
  for (const name of ['users.json', 'hash-config.txt']) copyFileSync(join(samples, 'firebase', name), join(place, name))
  const url = sqlite?.fresh() ?? ''
  await run(['import', 'firebase', 'users.json', '--hash-config', 'hash-config.txt'], place, environmentOf(url))
  const key = /signer_key: (\S+?)=*,/.exec(readFileSync(join(place, 'hash-config.txt'), 'utf8'))?.[1] ?? ''
  expect(key.length).toBeGreaterThan(40)
  expect(JSON.stringify(await contentsOf(url))).not.toContain(key)
})
