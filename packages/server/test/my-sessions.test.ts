/** Sessions as their person sees them: listed, ended one by one or all others, and known by a device in our words. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'
import { cookieOf, sessionOf } from './support/http.ts'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1'

interface Listed {
  readonly id: string
  readonly device: string
  readonly place: string
  readonly current: boolean
}

describe.each(databases)('my sessions on $name', ({ fresh }) => {
  let service: HardenedService

  beforeAll(async () => {
    service = await startHardened(fresh(), { http: { trustedProxies: ['127.0.0.1'] } })
  })
  afterAll(async () => {
    await service.close()
  })

  const logInAs = async (email: string, headers: Record<string, string>) =>
    sessionOf(await service.send('POST', '/sessions', { form: { email, password: PHRASE }, headers })) ?? ''
  const list = async (session: string) =>
    ((await service.send('GET', '/sessions', { session })).json as { sessions: Listed[] }).sessions
  const status = async (session: string) => (await service.send('GET', '/profile', { session })).status

  test('each has a device and a place in words of ours, and says which one asks [ASVS 7.5.2]', async () => {
    const email = 'list@example.com'
    await service.settle(email)
    await logInAs(email, { 'user-agent': FIREFOX, 'x-forwarded-for': '203.0.113.77' })
    await logInAs(email, { 'user-agent': IPHONE, 'x-forwarded-for': '2001:db8:1:2::3' })
    const session = await logInAs(email, { 'user-agent': 'Mozilla/5.0 Your account is locked, visit http://evil.test' })
    expect((await list(session)).find(({ current }) => current)?.device).toBe('a browser on an unknown system')
    service.clock.advance({ minutes: 6 })
    const sessions = await list(session)
    expect(sessions.map(({ device, place, current }) => [device, place, current]).sort()).toEqual([
      ['Firefox on Linux', '203.0.113.0/24', false],
      ['Safari on iPhone', '2001:db8:1::/48', false],
      ['a program', 'this computer', true], // as which it was used since
    ])
    expect(JSON.stringify(sessions)).not.toMatch(/evil|113\.77/)
  })

  test('one can be ended by its id, after a fresh login, and is dead at once [ASVS 7.4.1]', async () => {
    const email = 'end@example.com'
    await service.settle(email)
    const [phone, laptop] = [await service.logIn(email), await service.logIn(email)]
    const { id } = (await list(laptop)).find(({ current }) => !current)!
    service.clock.advance({ minutes: 16 })
    const end = async (session: string, name: string) => service.send('DELETE', `/sessions/${name}`, { session })
    expect((await end(laptop, id)).json).toMatchObject({ code: 'sessions.not_fresh' })
    const again = await service.logIn(email)
    expect((await end(again, id)).status).toBe(200)
    expect([await status(phone), await status(laptop), await status(again)]).toEqual([403, 200, 200])
    expect((await end(again, id)).json).toMatchObject({ status: 404, code: 'sessions.unknown' })
  })

  test('nobody ends the session of another by its id [ASVS 8.2.2]', async () => {
    await service.settle('victim@example.com')
    await service.settle('eve@example.com')
    const victim = await service.logIn('victim@example.com')
    const [{ id }] = (await list(victim)) as [Listed]
    const eve = await service.logIn('eve@example.com')
    expect((await service.send('DELETE', `/sessions/${id}`, { session: eve })).status).toBe(404)
    expect(await status(victim)).toBe(200)
    expect((await service.send('DELETE', `/sessions/${id}`)).status).toBe(403)
    const strange = { session: 'a\0b' } // which a database may not even take as a question
    expect((await service.send('POST', '/account/sessions', { session: eve, form: strange })).status).toBe(404)
  })

  test('all others can be ended at once; a misspelt wish ends nothing', async () => {
    const email = 'others@example.com'
    await service.settle(email)
    const others = [await service.logIn(email), await service.logIn(email)]
    const mine = await service.logIn(email)
    expect((await service.send('DELETE', '/sessions?others=true', { session: mine })).status).toBe(400)
    expect(await status(mine)).toBe(200)
    const ended = await service.send('DELETE', '/sessions?others=yes', { session: mine })
    expect(ended.json).toEqual({ message: 'sessions ended', ended: 2 })
    expect([await status(mine), ...(await Promise.all(others.map(status)))]).toEqual([200, 403, 403])
  })

  test('a session that somebody left open does not end the others', async () => {
    const email = 'stays@example.com'
    await service.settle(email)
    const [other, mine] = [await service.logIn(email), await service.logIn(email)]
    service.clock.advance({ minutes: 16 })
    const refused = await service.send('DELETE', '/sessions?others=yes', { session: mine })
    expect(refused.json).toMatchObject({ code: 'sessions.not_fresh' })
    expect([await status(mine), await status(other)]).toEqual([200, 200])
  })

  test('logging in again in the same browser gives a new token, and the old one dies [ASVS 7.2.4]', async () => {
    const email = 'again@example.com'
    await service.settle(email)
    const first = await service.logIn(email)
    const answer = await service.send('POST', '/sessions', { session: first, form: { email, password: PHRASE } })
    expect(await status(first)).toBe(403)
    expect(await status(sessionOf(answer) ?? '')).toBe(200)
  })

  test('logging out clears what the browser holds, and keeps the device known [ASVS 14.3.1]', async () => {
    const email = 'out@example.com'
    await service.settle(email)
    const first = await service.send('POST', '/sessions', { form: { email, password: PHRASE } })
    const [session, device] = [cookieOf(first, 'session_id') ?? '', cookieOf(first, 'device') ?? '']
    const out = await service.send('DELETE', '/sessions', { session })
    expect(out.status).toBe(302)
    expect(out.headers['clear-site-data']).toBe('"cache", "storage"')
    expect(out.headers['set-cookie']).toEqual([expect.stringMatching(/^__Host-session_id=; .*Max-Age=0/)])
    const { id } = (await service.auth.users.findByEmail(email))!
    expect(await service.auth.devices.isKnown(id, device)).toBe(true)
  })

  test('a login from a device that the account does not know is told to its owner, once a day [ASVS 6.3.5]', async () => {
    const email = 'device@example.com'
    await service.settle(email)
    const form = { email, password: PHRASE }
    const first = await service.send('POST', '/sessions', { form, headers: { 'user-agent': FIREFOX } })
    const device = cookieOf(first, 'device') ?? ''
    expect(first.headers['set-cookie']?.[1]).toMatch(
      /^__Host-device=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=15552000$/,
    )
    const known = await service.send('POST', '/sessions', { form, headers: { cookie: `__Host-device=${device}` } })
    expect(cookieOf(known, 'device')).toBe(device)
    await service.auth.background.send()
    expect(service.smtp.to(email)).toHaveLength(1)
    for (let count = 0; count < 3; count++)
      await service.send('POST', '/sessions', { form, headers: { 'user-agent': IPHONE } })
    const letters = await service.smtp.waitFor(2, email)
    await service.auth.background.send()
    expect(service.smtp.to(email)).toHaveLength(2)
    expect(letters[1]?.text).toContain('Safari on iPhone')
  })

  test('so is one from elsewhere on the same day, so that no thief hides behind its owner’s, and three are told in all', async () => {
    const email = 'traveller@example.com'
    await service.settle(email)
    const form = { email, password: PHRASE }
    const agents = [
      FIREFOX,
      IPHONE,
      FIREFOX,
      ...['Windows', 'Android', 'iPad', 'Mac OS X'].map((name) => `Mozilla/5.0 (${name})`),
    ]
    for (const agent of agents) await service.send('POST', '/sessions', { form, headers: { 'user-agent': agent } })
    await service.auth.background.send()
    const told = service.smtp.to(email).flatMap(({ text }) => /Device: (.+)/.exec(text)?.[1] ?? [])
    expect(told.toSorted()).toEqual(['Firefox on Linux', 'Safari on iPhone', 'a browser on Windows'])
  })

  test('a device cookie says nothing for another account, and dies with a reset', async () => {
    await service.settle('one@example.com')
    await service.settle('two@example.com')
    const first = await service.send('POST', '/sessions', { form: { email: 'one@example.com', password: PHRASE } })
    const device = cookieOf(first, 'device') ?? ''
    const one = (await service.auth.users.findByEmail('one@example.com'))!
    const two = (await service.auth.users.findByEmail('two@example.com'))!
    expect(await service.auth.devices.isKnown(one.id, device)).toBe(true)
    expect(await service.auth.devices.isKnown(two.id, device)).toBe(false)
    expect(
      await service.auth.devices.isKnown(one.id, `${device.slice(0, -1)}${device.endsWith('A') ? 'B' : 'A'}`),
    ).toBe(false)
    await service.send('POST', '/reset_password', { form: { email: 'one@example.com' } })
    const token = await service.tokenFor('one@example.com', 2)
    const form = { email: 'one@example.com', reset_token: token, new_password: OTHER_PHRASE }
    await service.send('PUT', '/reset_password', { form })
    expect(await service.auth.devices.isKnown(one.id, device)).toBe(false)
  })

  test('a device cookie that somebody slipped into a browser is never known to whoever logs in there; who shares the browser stays known', async () => {
    for (const name of ['planter', 'planted']) await service.settle(`${name}@example.com`)
    const logIn = async (name: string, cookie: string): Promise<string> => {
      const form = { email: `${name}@example.com`, password: PHRASE }
      const headers = cookie === '' ? {} : { cookie: `__Host-device=${cookie}` }
      return cookieOf(await service.send('POST', '/sessions', { form, headers }), 'device') ?? ''
    }
    const isKnown = async (name: string, device: string): Promise<boolean> =>
      service.auth.devices.isKnown((await service.auth.users.findByEmail(`${name}@example.com`))!.id, device)
    const planted = await logIn('planter', '')
    const fresh = await logIn('planted', planted)
    expect(fresh).not.toBe(planted)
    expect([await isKnown('planted', planted), await isKnown('planted', fresh)]).toEqual([false, true])
    expect([await isKnown('planter', planted), await isKnown('planter', fresh)]).toEqual([false, true])
    expect(await logIn('planter', fresh)).toBe(fresh)
    const madeUp = `${randomUUID()}.${'A'.repeat(43)}`
    expect(await logIn('planted', madeUp)).not.toBe(madeUp)
  })

  test('a session that goes on from another device or network is an event that its person sees, once; the list shows the latest [ASVS 8.2.4]', async () => {
    const email = 'roaming@example.com'
    await service.settle(email)
    const session = await service.logIn(email)
    const use = async (agent: string): Promise<unknown> => {
      service.clock.advance({ minutes: 6 })
      await service.send('GET', '/profile', { session, headers: { 'user-agent': agent } })
      const { json } = await service.send('GET', '/events', { session, headers: { 'user-agent': agent } })
      const { events } = json as { events: { event: string; device: string; current: boolean }[] }
      return events.filter(({ event }) => event === 'sessions.moved').map(({ device, current }) => [device, current])
    }
    expect(await use('')).toEqual([])
    const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0'
    expect(await use(firefox)).toEqual([['Firefox on Linux', true]])
    expect(await use(firefox)).toHaveLength(1)
    const { json } = await service.send('GET', '/sessions', { session })
    expect((json as { sessions: { device: string }[] }).sessions.map(({ device }) => device)).toEqual([
      'Firefox on Linux',
    ])
  })

  test('ten refused logins warn the owner, once [ASVS 6.3.5]', async () => {
    const email = 'guessed@example.com'
    await service.settle(email)
    const guess = async () => service.send('POST', '/sessions', { form: { email, password: OTHER_PHRASE } })
    await Promise.all(Array.from({ length: 12 }, guess))
    const letters = await service.smtp.waitFor(2, email)
    expect(letters[1]?.text).toContain('10')
    await service.logIn(email)
    await Promise.all(Array.from({ length: 12 }, guess))
    await service.auth.background.send()
    expect(service.smtp.to(email)).toHaveLength(2)
  })
})
