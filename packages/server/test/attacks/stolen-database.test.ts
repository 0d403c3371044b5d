/** Attacks with the database in hand: what is read there opens nothing, and a row that is made up there counts for nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KeyRing, makeSecret } from '../../src/crypto/token.ts'
import { openEngine } from '../../src/db/open.ts'
import { contentsOf } from '../support/contents.ts'
import { databases, SECRET } from '../support/databases.ts'
import { sessionOf } from '../support/http.ts'
import { startTestService } from '../support/service.ts'
import type { TestService } from '../support/service.ts'

const BOB = { email: 'bob@example.com', password: 'mySuperPwd' }
const HOUR = 3_600_000

describe.each(databases)('a stolen database, $name', ({ fresh }) => {
  let service: TestService
  let database: string
  let session: string
  let reset: string

  beforeAll(async () => {
    database = fresh()
    service = await startTestService(database)
    await service.send('POST', '/users', { form: BOB })
    session = sessionOf(await service.send('POST', '/sessions', { form: BOB })) ?? ''
    const asked = await service.send('POST', '/reset_password', { form: { email: BOB.email } })
    reset = (asked.json as { reset_token: string }).reset_token
  })
  afterAll(async () => {
    await service.close()
  })

  /** The statuses of a token as a session and as a reset token. */
  async function tried(token: string): Promise<readonly number[]> {
    const profile = await service.send('GET', '/profile', { session: token })
    const form = { email: BOB.email, reset_token: token, new_password: 'eves' }
    return [profile.status, (await service.send('PUT', '/reset_password', { form })).status]
  }

  test('holds neither the password nor what was handed out, but for the names of tokens', async () => {
    const contents = JSON.stringify(await contentsOf(database))
    for (const token of [session, reset]) {
      const [id = '', secret = ''] = token.split('.')
      expect(contents).toContain(id)
      expect(contents).not.toContain(secret)
    }
    expect(contents).not.toContain(BOB.password)
  })

  test('has no text that opens anything, alone or in pairs [ASVS 7.2.3]', async () => {
    const { sessions = [], tokens = [], passwords = [] } = await contentsOf(database)
    const rows = [...sessions, ...tokens, ...passwords] as readonly Record<string, unknown>[]
    const texts = rows.flatMap((row) => Object.values(row)).filter((value) => typeof value === 'string')
    expect(texts.length).toBeGreaterThan(6)
    for (const one of texts) {
      expect(await tried(one)).toEqual([403, 403])
      for (const other of texts) expect(await tried(`${one}.${other}`)).toEqual([403, 403])
    }
  })

  test('opens nothing by rows that are made up without the secret of the service', async () => {
    const { engine } = await openEngine(database, { secrets: [SECRET] })
    const now = service.clock.now().getTime()
    const theirs = new KeyRing([makeSecret()])
    const own = (await engine.kysely.selectFrom('sessions').select('key_id').executeTakeFirstOrThrow()).key_id
    for (const keyId of [theirs.make('session', 1).stored.keyId, own]) {
      const [planted, wanted] = [theirs.make('session', 1), theirs.make('reset', '1:bob@example.com')]
      const times = { created_at: now, expires_at: now + HOUR }
      const row = ({ id, mac }: (typeof planted)['stored']) => ({ id, mac, key_id: keyId, user_id: 1, ...times })
      const use = { used_at: now, idle_ms: HOUR }
      await engine.kysely
        .insertInto('sessions')
        .values({ ...row(planted.stored), ...use })
        .execute()
      await engine.kysely
        .insertInto('tokens')
        .values({ ...row(wanted.stored), purpose: 'reset', email_key: 'bob@example.com' })
        .execute()
      expect([...(await tried(planted.token)), ...(await tried(wanted.token))]).toEqual([403, 403, 403, 403])
    }
    await engine.close()
  })

  test('gives nobody the account of another by a change of whom a token belongs to', async () => {
    const eve = { email: 'eve@example.com', password: 'eves' }
    await service.send('POST', '/users', { form: eve })
    const hers = sessionOf(await service.send('POST', '/sessions', { form: eve })) ?? ''
    const asked = await service.send('POST', '/reset_password', { form: { email: eve.email } })
    const { reset_token: herReset } = asked.json as { reset_token: string }
    expect((await service.send('GET', '/profile', { session: hers })).status).toBe(200)
    const { engine } = await openEngine(database, { secrets: [SECRET] })
    for (const [table, token] of [
      ['sessions', hers],
      ['tokens', herReset],
    ] as const) {
      await engine.kysely
        .updateTable(table)
        .set({ user_id: 1 })
        .where('id', '=', token.split('.')[0] ?? '')
        .execute()
      expect(await tried(token)).toEqual([403, 403])
    }
    await engine.close()
  })

  test('is one in which the tokens that were handed out still work', async () => {
    expect((await service.send('GET', '/profile', { session })).status).toBe(200)
    const form = { email: BOB.email, reset_token: reset, new_password: 'new' }
    expect((await service.send('PUT', '/reset_password', { form })).status).toBe(200)
  })
})
