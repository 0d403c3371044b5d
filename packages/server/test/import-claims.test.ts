/** Who claims an address or an id by a row: also by one that is refused, so that nobody gets what another row claims too. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { contentsOf } from './support/contents.ts'
import { databases, temporaryFolder } from './support/databases.ts'
import { bcryptOf, importInto, jsonLines } from './support/moving.ts'
import type { Imported } from './support/moving.ts'
import { startTestService } from './support/service.ts'

const folder = temporaryFolder()
const HASH = bcryptOf('the old one')
const GREATEST = 2 ** 48
const SHARED = 'what account they get has no password until its owner resets it'
let files = 0

/** Writes rows to a file, and returns its path. */
function fileOf(...rows: readonly object[]): string {
  const path = join(folder, `${String(++files)}.jsonl`)
  writeFileSync(path, jsonLines(...rows))
  return path
}

/** What the report says of rows. */
function said({ report }: Imported): readonly string[] {
  return report.problems.first.map(({ place, reason }) => `${String(place)}: ${reason}`)
}

describe.each(databases)('a great id, on $name', ({ fresh }) => {
  const unfit = `its id is no number that we can take: a whole one from 1 to ${String(GREATEST)}`

  test('is kept up to a bound, and refused beyond it: people can register afterwards', async () => {
    const url = fresh()
    const ids = [GREATEST, GREATEST + 1, Number.MAX_SAFE_INTEGER, '9007199254740992', '9223372036854775807']
    const rows = ids.map((id, index) => ({ email: `p${String(index)}@example.com`, id }))
    const imported = await importInto(url, ['jsonl', fileOf(...rows), '--keep-ids'])
    expect(said(imported)).toEqual([2, 3, 4, 5].map((place) => `${String(place)}: ${unfit}`))
    const service = await startTestService(url)
    const form = { email: 'new@example.com', password: 'mySuperPwd' }
    expect((await service.send('POST', '/users', { form })).status).toBe(200)
    expect((await service.auth.users.findAccountByEmail('new@example.com'))?.user.id).toBe(GREATEST + 1)
    await service.close()
  })
})

describe.each(databases)('an address that a refused row claims, on $name', ({ fresh }) => {
  test('is nobody’s alone: the other row gets an account without a password, and disabled', async () => {
    const url = fresh()
    const imported = await importInto(url, [
      ...['jsonl', '--verified', 'all', '--admins'],
      fileOf(
        { email: 'ann@example.com', password_hash: HASH, created_at: 'yesterday' },
        { email: 'Ann@example.com', password_hash: HASH, admin: true, delete_at: '2999-01-01' },
        { email: 'ANN@example.com', disabled: 'maybe' },
        { email: 'bob@example.com', password_hash: HASH },
        { email: { not: 'text' }, password_hash: HASH },
      ),
    ])
    expect(imported.report).toMatchObject({ made: 2, refused: 3, setAside: 1, repeated: 0 })
    expect(said(imported)).toEqual([
      `1: created_at is no instant as ISO 8601 writes it; its address stands in 2 too: ${SHARED}`,
      `3: disabled is neither true nor false; its address stands in 2 too: ${SHARED}`,
      '5: email is no text',
    ])
    const { users = [], passwords = [] } = await contentsOf(url)
    const people = Object.fromEntries((users as { email: string }[]).map((user) => [user.email, user]))
    const set = expect.any(Number) as number
    expect(people['Ann@example.com']).toMatchObject({
      email_verified_at: null,
      admin_at: null,
      delete_at: null,
      disabled_at: set,
    })
    expect(people['bob@example.com']).toMatchObject({ email_verified_at: set, disabled_at: null })
    expect(passwords).toHaveLength(1)
  })

  test('is that of the next row, where the first is refused for its id', async () => {
    const url = fresh()
    const imported = await importInto(url, [
      ...['jsonl', '--keep-ids'],
      fileOf(
        { email: 'eve@example.com', id: 7 },
        { email: 'ann@example.com', id: 'x' },
        { email: 'ann@example.com', id: 7 },
        { email: 'ann@example.com', id: 8 },
        { email: 'ann@example.com', id: 9 },
      ),
    ])
    expect(imported.report).toMatchObject({ made: 2, setAside: 1, repeated: 3, refused: 0 })
    expect(said(imported)).toEqual([2, 3, 5].map((row) => `${String(row)}: its address stands in 4 too: ${SHARED}`))
    const { users = [] } = await contentsOf(url)
    expect((users as { id: number }[]).map(({ id }) => id).sort()).toEqual([7, 8])
  })
})

test('a row of somebody who was deleted there claims nothing', async () => {
  const path = join(folder, 'supabase.csv')
  const rows = ['id,email,encrypted_password,deleted_at', `1,ann@example.com,,2024-01-01`, `2,ann@example.com,${HASH},`]
  writeFileSync(path, rows.join('\n'))
  const imported = await importInto(databases[0]?.fresh() ?? '', ['supabase', path])
  expect(imported.report).toMatchObject({ made: 1, refused: 1, setAside: 0, schemes: { bcrypt: 1 } })
})
