/** Acting for somebody else: by naming them in a request, by walking ids, by writing what only the service may write. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OTHER_PHRASE, PHRASE, worlds } from './worlds.ts'
import type { World } from './worlds.ts'

const ALICE = 'alice@example.com'
const EVE = 'eve@example.com'

describe.each(worlds)('acting as others, $name', ({ start }) => {
  let service: World
  let alices = ''
  let alice = 0

  beforeAll(async () => {
    service = await start()
    await service.settle(ALICE)
    await service.settle(EVE)
    alices = await service.logIn(ALICE)
    alice = (await service.auth.users.findByEmail(ALICE))?.id ?? 0
  })
  afterAll(async () => {
    await service.close()
  })

  /** Everything by which a request might name Alice, as fields. */
  const names = () => ({
    ...{ user_id: String(alice), userId: String(alice), id: String(alice), sub: String(alice), owner: String(alice) },
    ...{ user: ALICE, username: ALICE, as: ALICE, on_behalf_of: ALICE, impersonate: ALICE, admin: 'true' },
  })
  /** And as headers. */
  const headers = () => ({
    ...{ 'x-user-id': String(alice), 'x-user-email': ALICE, 'x-remote-user': ALICE, 'remote-user': ALICE },
    ...{ 'x-authenticated-user': ALICE, 'x-auth-request-email': ALICE, 'x-impersonate': ALICE, from: ALICE },
  })
  const query = () => `?${new URLSearchParams(names()).toString()}&email=${ALICE}`

  /** What is stored of Alice, but for when she was last seen. */
  const hers = async () => {
    const { users = [], passwords = [], sessions = [], tokens = [] } = await service.contents()
    const rows = [...users, ...passwords, ...sessions, ...tokens] as readonly Record<string, unknown>[]
    return rows.filter((row) => row['user_id'] === alice || row['email_key'] === ALICE)
  }

  test('whomever the query and the headers name, one sees what is one’s own, and without a session nothing', async () => {
    const eves = await service.logIn(EVE)
    for (const path of ['/profile', '/session', '/sessions', '/events', '/export']) {
      const own = await service.send('GET', `${path}${query()}`, { session: eves, headers: headers() })
      expect(own.status).toBe(200)
      expect(own.text + JSON.stringify(own.headers)).not.toContain(ALICE)
      const nobody = await service.send('GET', `${path}${query()}`, { headers: headers() })
      expect([401, 403]).toContain(nobody.status)
      expect(nobody.text + JSON.stringify(nobody.headers)).not.toContain(ALICE)
    }
  })

  test('whomever the body names, one changes what is one’s own, and without a session nothing', async () => {
    const before = await hers()
    const session = await service.logIn(EVE)
    const acts = [
      ['PUT', '/password', { password: PHRASE, new_password: PHRASE, end_others: 'yes' }],
      ['PUT', '/email', { email: 'eves.new@example.com' }],
      ['DELETE', '/sessions?others=yes', {}],
      ['DELETE', '/users/me', {}],
    ] as const
    for (const [method, path, fields] of acts) {
      const json = { email: ALICE, ...names(), ...fields }
      const target = path.includes('?') ? path : `${path}${query()}`
      expect((await service.send(method, target, { json, headers: headers() })).status).toBe(403)
      expect((await service.send(method, target, { json, headers: headers(), session })).status).toBe(200)
      expect(await hers()).toEqual(before)
    }
    expect((await service.send('GET', '/profile', { session: alices })).json).toEqual({ email: ALICE })
  })

  test('nobody becomes an admin, verified, somebody of an earlier id or date, by saying so', async () => {
    const email = 'mallory@example.com'
    const wishes = {
      ...{ id: 1, user_id: 1, is_admin: true, admin: 'true', role: 'admin', admin_at: 1, email_verified: true },
      ...{ verified_at: 1, verified: 'yes', created_at: 1, disabled_at: null, delete_at: null, hash: 'x' },
    }
    await service.settle('first@example.com')
    await service.send('POST', '/users', { json: { ...wishes, email, password: PHRASE } })
    const session = await service.logIn('first@example.com')
    await service.send('PUT', '/password', {
      json: { ...wishes, password: PHRASE, new_password: OTHER_PHRASE },
      session,
    })
    await service.send('PUT', '/email', { json: { ...wishes, email }, session })
    await service.send('POST', '/sessions', { json: { ...wishes, email, password: PHRASE } })
    for (const address of [email, 'first@example.com']) {
      const account = await service.auth.users.findAccountByEmail(address)
      expect(account?.isAdmin ?? false).toBe(false)
      expect(account?.user.id).not.toBe(1)
      expect(account?.user.createdAt ?? service.clock.now()).toEqual(service.clock.now())
    }
    expect((await service.auth.users.findByEmail(email))?.emailVerified ?? false).toBe(false)
  })

  test('no id that is walked, guessed, or read anywhere ends the session of another', async () => {
    await service.settle('walker@example.com')
    const session = await service.logIn('walker@example.com')
    const { sessions = [], tokens = [], devices = [] } = await service.contents()
    const rows = [...sessions, ...tokens, ...devices] as readonly { readonly id: string; readonly user_id: number }[]
    const own = session.split('.')[0]
    const ids = rows.map(({ id }) => id).filter((id) => id !== own)
    const guesses = [...Array(20).keys()].map(String)
    const odd = [
      'me',
      'current',
      'all',
      '*',
      '%25',
      '_',
      "'or'1'='1",
      'null',
      'undefined',
      '__proto__',
      `${ids[0] ?? ''}x`,
    ]
    expect(ids.length).toBeGreaterThan(0)
    for (const id of [...ids, ...guesses, ...odd, alices, ...ids.map((one) => one.toUpperCase())])
      expect([404]).toContain((await service.send('DELETE', `/sessions/${id}`, { session })).status)
    expect((await service.contents())['sessions']).toHaveLength(sessions.length)
    expect((await service.send('GET', '/profile', { session: alices })).json).toEqual({ email: ALICE })
  })

  test('a name of one token with the secret of another opens nothing', async () => {
    await service.settle('mixer@example.com')
    const own = await service.logIn('mixer@example.com')
    const [alicesName = '', alicesSecret = ''] = alices.split('.')
    const [ownName = '', ownSecret = ''] = own.split('.')
    for (const session of [`${alicesName}.${ownSecret}`, `${ownName}.${alicesSecret}`, `${alicesName}.`, alicesName])
      expect((await service.send('GET', '/profile', { session })).status).toBe(403)
  })
})
