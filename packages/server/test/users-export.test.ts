/** `users export`: everybody goes out whole, and what went out comes back in whole, on either database, in either form. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { DB } from '../src/db/db.ts'
import type { MovedAccount } from '../src/db/moving-in.ts'
import { canonicalEmail } from '../src/email.ts'
import type { CanonicalEmail } from '../src/email.ts'
import { contentsOf } from './support/contents.ts'
import { databases, SECRET, temporaryFolder } from './support/databases.ts'
import { bcryptOf, importInto, runOn } from './support/moving.ts'

const folder = temporaryFolder()
const PEOPLE = 1234 // more than a page, and than a batch
let files = 0

/** Fills a database with people of every state, and emails as odd as they may be. */
async function fill(url: string): Promise<void> {
  const db = await DB.open(url, { secrets: [SECRET] })
  const hash = bcryptOf('the old one')
  const odd = [
    '=cmd@example.com',
    '+1@example.com',
    '-x@example.com',
    "'=quote@example.com",
    "o'neil@example.com",
    'Ünï@example.com',
  ]
  const usable = odd.filter((email) => canonicalEmail(email) !== null)
  const emails = [
    ...usable,
    ...Array.from({ length: PEOPLE - usable.length }, (_, index) => `Person${String(index)}@Example.com`),
  ]
  const at = (index: number): Date => new Date(1_700_000_000_123 + index)
  const accounts = emails.map((email, index): MovedAccount => ({
    id: null,
    email,
    key: canonicalEmail(email) ?? ('' as CanonicalEmail),
    createdAt: at(index),
    verifiedAt: index % 2 === 0 ? at(index + 1) : null,
    disabledAt: index % 7 === 0 ? at(index + 2) : null,
    adminAt: index % 11 === 0 ? at(index + 3) : null,
    deleteAt: index % 13 === 0 ? new Date(Date.now() + 864e5) : null,
    language: [null, 'en', 'fr'][index % 3] ?? null,
  }))
  const ids = [...(await db.movingIn.add(accounts)).values()]
  await db.movingIn.setHashes(ids.filter((id) => id % 5 !== 0).map((userId) => ({ userId, hash, setAt: at(userId) })))
  await db.users.remove(ids[99] ?? ids[0]!) // so that ids have a gap
  await db.close()
}

describe.each(databases)('everybody moves out, from $name', ({ fresh }) => {
  const url = fresh()
  beforeAll(async () => fill(url), 120_000)

  test.each(
    (['jsonl', 'csv'] as const).flatMap((format) => databases.map((target) => [format, target.name, target] as const)),
  )(
    'as %s and into %s, and nothing is lost',
    async (format, _name, target) => {
      const out = join(folder, `${String(++files)}.${format}`)
      const { code, out: said } = await runOn(url, ['users', 'export', '--format', format, '--out', out])
      expect([code, said]).toEqual([0, expect.stringContaining('1 233 accounts are in') as string])
      expect(statSync(out).mode & 0o777).toBe(0o600)
      const other = target.fresh()
      const flags = ['--keep-ids', '--verified', 'as-given', '--admins']
      const { report } = await importInto(other, [format, out, ...flags])
      expect(report).toMatchObject({ made: 1233, refused: 0, unusable: 0, ignored: [] })
      const [from, to] = [await contentsOf(url), await contentsOf(other)]
      for (const table of ['users', 'passwords']) expect(sorted(to[table] ?? [])).toEqual(sorted(from[table] ?? []))
      const again = await importInto(other, [format, out, ...flags])
      expect(again.report).toMatchObject({ made: 0, alreadyThere: 1233 })
      const next = await runOn(other, ['users', 'add', '--email', 'next@example.com', '--json'], 'a password\n')
      expect(JSON.parse(next.out)).toMatchObject({ id: 1235 })
    },
    120_000,
  )

  test('it is noted, with how many they are, before the first one goes', async () => {
    await runOn(url, ['users', 'export', '--out', '-'])
    const { audit = [] } = await contentsOf(url)
    const exports = (audit as { event: string; facts: string }[]).filter(({ event }) => event === 'moving.exported')
    expect(exports.length).toBeGreaterThan(0)
    expect(JSON.parse(exports.at(-1)?.facts ?? '')).toEqual({ accounts: (await contentsOf(url))['users']?.length })
  })
})

describe('the file', () => {
  const url = databases[0]?.fresh() ?? ''

  test('is not written over another, and goes to standard output where that is no terminal', async () => {
    await fill(url)
    const path = join(folder, 'there.jsonl')
    writeFileSync(path, 'mine')
    const refused = await runOn(url, ['users', 'export', '--out', path])
    expect([refused.code, readFileSync(path, 'utf8')]).toEqual([2, 'mine'])
    const piped = await runOn(url, ['users', 'export', '--out', '-'])
    expect(piped.out.trim().split('\n')).toHaveLength(1233)
    expect(Object.keys(JSON.parse(piped.out.split('\n')[0] ?? '') as object)).toEqual([
      'id',
      'email',
      'email_verified_at',
      'password_hash',
      'password_set_at',
      'created_at',
      'disabled_at',
      'admin_at',
      'delete_at',
      'language',
    ])
  })

  test('starts nothing in a spreadsheet', async () => {
    const { out } = await runOn(url, ['users', 'export', '--format', 'csv'])
    const lines = out.split('\r\n')
    for (const email of ['=cmd@example.com', '+1@example.com', '-x@example.com', "'=quote@example.com"])
      expect(lines.some((line) => line.includes(`,'${email},`))).toBe(true)
    expect(lines.some((line) => line.includes(",o'neil@example.com,"))).toBe(true)
    expect(lines.some((line) => /(?:^|,)[=+\-@\t\r\0]/.test(line))).toBe(false)
  })
})

/** Rows in the order of their ids. */
function sorted(rows: readonly unknown[]): readonly unknown[] {
  const idOf = (row: unknown): number => Object.values(row as Record<string, number>)[0] ?? 0
  return [...rows].sort((one, other) => idOf(one) - idOf(other))
}
