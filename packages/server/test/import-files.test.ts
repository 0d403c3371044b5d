/** JSON Lines and CSV: the documented fields come in, files of others do with a word for each of their names, and bad bytes stop nothing but themselves. */
import { readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Problem } from '../src/auth/moving-in-run.ts'
import { contentsOf } from './support/contents.ts'
import { databases, temporaryFolder } from './support/databases.ts'
import { bcryptOf, importInto, jsonLines, runOn } from './support/moving.ts'

const folder = temporaryFolder()
const HASH = bcryptOf('the old one')
let files = 0

/** Writes a file, and returns its path. */
function file(content: string | Buffer): string {
  const path = join(folder, `${String(++files)}.txt`)
  writeFileSync(path, content)
  return path
}

/** What stands in the database of a fresh import, by email. */
async function peopleAfter(args: readonly string[], input?: string): Promise<Readonly<Record<string, object>>> {
  const url = databases[0]?.fresh() ?? ''
  await importInto(url, args, input)
  const { users = [], passwords = [] } = await contentsOf(url)
  const hashes = new Map(
    (passwords as { user_id: number; hash: string; set_at: number }[]).map((row) => [row.user_id, row]),
  )
  return Object.fromEntries(
    (users as { id: number; email: string }[]).map((user) => [user.email, { ...user, ...hashes.get(user.id) }]),
  )
}

/** Problems as lines. */
function said(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ place, reason }) => `${String(place)}: ${reason}`)
}

describe('the documented fields', () => {
  const when = Date.parse('2024-05-06T07:08:09.123Z')
  const all = {
    id: 'u-1',
    email: 'Ann@Example.com',
    email_verified_at: '2024-05-06T07:08:09.123Z',
    password_hash: HASH,
    password_set_at: '2024-05-06 07:08:09.123+00',
    created_at: '2024-05-06T09:08:09.123+02:00',
    disabled_at: '2024-05-06T07:08:09.123Z',
    admin_at: '2024-05-06T07:08:09.123Z',
    delete_at: '2999-01-01',
    language: 'fr-CA',
  }
  const stored = {
    email_key: 'ann@example.com',
    email_verified_at: when,
    created_at: when,
    disabled_at: when,
    admin_at: when,
    delete_at: Date.parse('2999-01-01T00:00:00Z'),
    language: 'fr',
    hash: HASH,
    set_at: when,
  }
  const flags = ['--verified', 'as-given', '--admins']

  test('come in from JSON Lines', async () => {
    expect(await peopleAfter(['jsonl', file(jsonLines(all)), ...flags])).toMatchObject({ 'Ann@Example.com': stored })
  })

  test('come in from CSV', async () => {
    const lines = [Object.keys(all).join(','), Object.values(all).join(',')]
    expect(await peopleAfter(['csv', file(lines.join('\r\n')), ...flags])).toMatchObject({ 'Ann@Example.com': stored })
  })

  test('admins and verified addresses are neither unless the operator says so', async () => {
    const people = await peopleAfter(['jsonl', file(jsonLines(all))])
    expect(people).toMatchObject({ 'Ann@Example.com': { admin_at: null, email_verified_at: null, disabled_at: when } })
  })

  test('flags stand in for instants that nobody knows', async () => {
    const rows = [
      { email: 'a@example.com', email_verified: true, disabled: 'true', admin: 1 },
      { email: 'b@example.com', email_verified: false, email_verified_at: all.created_at, disabled: 'f', admin: '0' },
    ]
    const before = Date.now()
    const people = await peopleAfter(['jsonl', file(jsonLines(...rows)), ...flags])
    const a = people['a@example.com'] as Record<string, number>
    for (const name of ['email_verified_at', 'disabled_at', 'admin_at']) expect(a[name]).toBeGreaterThanOrEqual(before)
    expect(people).toMatchObject({ 'b@example.com': { email_verified_at: null, disabled_at: null, admin_at: null } })
  })

  test('instants of the future are none: the account is made today, and the report says so', async () => {
    const url = databases[0]?.fresh() ?? ''
    const path = file(jsonLines({ email: 'a@example.com', created_at: '2999-01-01' }))
    const { report } = await importInto(url, ['jsonl', path])
    expect(report.redated).toBe(1)
    const { users = [] } = await contentsOf(url)
    expect((users[0] as { created_at: number }).created_at).toBeLessThanOrEqual(Date.now())
  })

  test('numbers are instants once their unit is said', async () => {
    const path = file(jsonLines({ email: 'a@example.com', created_at: when / 1000 }))
    expect(await peopleAfter(['jsonl', path, '--epoch', 's'])).toMatchObject({ 'a@example.com': { created_at: when } })
    const { report } = await importInto(databases[0]?.fresh() ?? '', ['jsonl', path])
    expect(said(report.problems.first)).toEqual([
      '1: created_at is a number; --epoch s or --epoch ms says what it counts',
    ])
  })
})

describe('files of others', () => {
  test('have other names, and names that mean nothing here', async () => {
    const path = file(`mail,pw,email,shoe size\r\nann@example.com,${HASH},not me,39\r\n`)
    const names = ['--column', 'email=mail', '--column', 'password_hash=pw']
    const { report } = await importInto(databases[0]?.fresh() ?? '', ['csv', ...names, path])
    expect(report).toMatchObject({ made: 1, ignored: ['email', 'shoe size'], schemes: { bcrypt: 1 } })
  })

  test('come with a byte order mark, quotes, line ends inside of cells, and either line end', async () => {
    const content = `\ufeffemail,note,password_hash\n"ann@example.com","a ""note""\r\nof two lines",${HASH}\r\nbob@example.com,,${HASH}`
    expect(Object.keys(await peopleAfter(['csv', file(content)]))).toEqual(['ann@example.com', 'bob@example.com'])
    const lines = `\ufeff${jsonLines({ email: 'ann@example.com' })}\r\n\n${JSON.stringify({ email: 'bob@example.com' })}`
    expect(Object.keys(await peopleAfter(['jsonl', file(lines)]))).toEqual(['ann@example.com', 'bob@example.com'])
  })

  test('come through a pipe, and leave no copy', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('bienvenue-'))
    const people = await peopleAfter(['jsonl', '-'], jsonLines({ email: 'ann@example.com', password_hash: HASH }))
    expect(people).toMatchObject({ 'ann@example.com': { hash: HASH } })
    const after = readdirSync(tmpdir()).filter((name) => /^bienvenue-[0-9a-f-]{36}$/.test(name))
    expect(after.filter((name) => !before.includes(name))).toEqual([])
  })
})

describe('bad rows stop nothing but themselves', () => {
  test('with a day that its month does not have', async () => {
    const days = [
      '2026-02-30',
      '2026-02-29T10:00:00Z',
      '2025-04-31 10:00',
      '2025-13-01',
      '2024-02-29',
      '2025-12-31T23:59Z',
    ]
    const rows = days.map((day, index) => ({ email: `p${String(index)}@example.com`, created_at: day }))
    const { report } = await importInto(databases[0]?.fresh() ?? '', ['jsonl', file(jsonLines(...rows))])
    expect(said(report.problems.first)).toEqual(
      [1, 2, 3, 4].map((place) => `${String(place)}: created_at is no instant as ISO 8601 writes it`),
    )
    expect(report.made).toBe(2)
  })

  test.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
  ])('in CSV whose cells have lines that end in %s, by the number of their line', async (_, end) => {
    const cell = `"1${end}2${end}${end}3"`
    const lines = ['email,note', `ann@example.com,${cell}`, 'no address,x', '', `bob@example.com,${cell}`, 'none,y']
    const { report } = await importInto(databases[0]?.fresh() ?? '', ['csv', file(lines.join('\r\n'))])
    expect(report.problems.first.map(({ place }) => place)).toEqual([6, 12])
    const broken = `${lines.slice(0, 3).join('\r\n')}\r\ncarol@example.com,a "b" c\r\n`
    const { err } = await runOn(databases[0]?.fresh() ?? '', ['import', 'csv', file(broken)])
    expect(err).toContain('line 7: a quote where none may stand')
  })

  test('in JSON Lines', async () => {
    const bad = [
      'no json',
      '[]',
      '{"email":1}',
      '{"email":{"$gt":""}}',
      '{"password_hash":"x"}',
      `{"email":"${'x'.repeat(70_000)}@example.com"}`,
      '{"email":"a@example.com","disabled":"maybe"}',
      '{"email":"a@example.com","created_at":"yesterday"}',
      '{"email":"a@example.com","__proto__":{"admin":true},"id":"\\ud800"}',
    ]
    const bytes = Buffer.concat([
      Buffer.from(`${bad.join('\n')}\n`),
      Buffer.from('{"email":"\xff@example.com"}\n', 'latin1'),
      Buffer.from(jsonLines({ email: 'ann@example.com', password_hash: { not: 'text' } })),
    ])
    const { report, code } = await importInto(databases[0]?.fresh() ?? '', ['jsonl', file(bytes)])
    expect([code, report.made, report.refused]).toEqual([1, 1, 10])
    expect(said(report.problems.first)).toEqual([
      '1: is no JSON',
      '2: is no JSON object',
      '3: its email is no address that we can take',
      '4: email is no text',
      '5: there is no email',
      '6: is longer than 65536 bytes',
      '7: disabled is neither true nor false',
      '8: created_at is no instant as ISO 8601 writes it',
      '9: id is no well-formed text',
      '10: is not UTF-8',
      '11: its hash cannot be taken: it is in no form that is known here',
    ])
  })

  test('in CSV', async () => {
    const bytes = Buffer.concat([
      Buffer.from('email,created_at\nann@example.com\n'),
      Buffer.from('\xff@example.com,\n', 'latin1'),
      Buffer.from('bob@example.com,2024-01-01,more\ncarol@example.com,2024-01-01\n'),
    ])
    const { report } = await importInto(databases[0]?.fresh() ?? '', ['csv', file(bytes)])
    expect(report).toMatchObject({ made: 1, refused: 3 })
    expect(said(report.problems.first)).toEqual([
      '2: has 1 cells where the first line has 2',
      '3: email is not UTF-8',
      '4: has 3 cells where the first line has 2',
    ])
  })

  test.each([
    [
      'a quote that never ends',
      `email\nann@example.com\n"bob@example.com\n${'x'.repeat(300_000)}`,
      'a quote that never ends',
    ],
    [
      'a quote in a cell without quotes',
      'email,name\nann@example.com,Bob "B" Brown\n',
      'line 2: a quote where none may',
    ],
    [
      'a cell that grows and grows',
      `email,bio\nann@example.com,"${'x'.repeat(17 * 1024 * 1024)}"\n`,
      'line 2: a cell longer than 16 MiB, or a quote that never ends',
    ],
    ['lines that end in CR alone', 'email,name\rann@example.com,x\r', 'lines that end in LF or CRLF, not in CR'],
    ['a quote within a cell', 'email,name\nann@example.com,"x"y"\nbob@example.com,z\n', 'a quote where none may stand'],
    ['no column email', 'mail\nann@example.com\n', 'names no column email'],
    ['a column twice', 'email,email\nann@example.com,bob@example.com\n', 'names email twice'],
  ])('but CSV with %s stops before anything is changed', async (_name, content, words) => {
    const url = databases[0]?.fresh() ?? ''
    const { code, err } = await runOn(url, ['import', 'csv', file(content)])
    expect([code, err]).toEqual([1, expect.stringContaining(words) as string])
    expect(err.split('\n')).toHaveLength(3) // that a database is made, the refusal, and the end of its line
    expect(err).not.toContain('@example.com')
    expect((await contentsOf(url))['users']).toEqual([])
  })

  test('and CSV with a long cell that is not read stops nothing', async () => {
    const row = (email: string, metadata: string): string => `${email},${HASH},"${metadata}"\n`
    const long = row('bob@example.com', 'x'.repeat(1024 * 1024))
    const content = `email,encrypted_password,raw_user_meta_data\n${long}${row('ann@example.com', '{}')}`
    const { report } = await importInto(databases[0]?.fresh() ?? '', ['supabase', file(content)])
    expect(report).toMatchObject({ made: 2, refused: 0 })
  })
})

describe('what no file of people is', () => {
  test.each(['jsonl', 'csv', 'auth0', 'supabase'])('such as nothing at all, is said of %s', async (form) => {
    const [path, url] = [file(''), databases[0]?.fresh() ?? '']
    const { code, err } = await runOn(url, ['import', form, path])
    expect([code, err]).toEqual([1, `bienvenue: ${path} is empty: there is nothing in it to read\n`])
    expect((await runOn(url, ['import', form, '-'])).err).toContain('standard input is empty')
  })

  test('such as CSV of empty lines alone, is said', async () => {
    const { code, err } = await runOn(databases[0]?.fresh() ?? '', ['import', 'csv', file('\n\r\n')])
    expect([code, err]).toEqual([1, expect.stringContaining('not even a first line that names the columns') as string])
  })
})

describe('words that mean nothing', () => {
  test.each([
    [['csv', 'x', '--column', 'mail'], '--column takes a field'],
    [['csv', 'x', '--column', 'mail=email'], '--column takes a field'],
    [['jsonl', 'x', '--column', 'email=mail', '--column', 'email=addr'], '--column: a field, or what it is called'],
    [['jsonl', 'x', '--column', 'email=mail', '--column', 'id=mail'], '--column: a field, or what it is called'],
    [['csv', 'x', '--epoch', 'days'], '--epoch takes s'],
    [['csv', 'x', '--verified', 'some'], 'Allowed choices'],
    [['flask', 'x', '--admins'], 'unknown option'],
    [['django', 'postgres://u:p@localhost/d'], 'holds a password'],
    [['django', 'env:NOTHING_HERE'], 'there is no NOTHING_HERE in the environment'],
    [['dbase', 'x'], 'unknown command'],
  ])('%j: exit 2', async (args, words) => {
    const { code, err, out } = await runOn('sqlite:/nowhere/x.db', ['import', ...args])
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(words)
    expect(err).not.toContain(':p@')
  })
})
