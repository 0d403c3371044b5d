/** What attackers tried on guards against guessing, each of which once worked. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AuthError } from '../../src/errors.ts'
import { openService } from '../../src/service.ts'
import { databases } from '../support/databases.ts'
import { countStatuses, freshSource, freshSources, GUESS, guessOf, startGuarded } from '../support/guarded.ts'
import type { GuardedService } from '../support/guarded.ts'
import { PHRASE } from '../support/hardened.ts'
import { cookieOf } from '../support/http.ts'
import type { Answer } from '../support/http.ts'

describe.each(databases)('somebody who guesses on $name', ({ fresh }) => {
  const database = fresh()
  let service: GuardedService

  beforeAll(async () => {
    service = await startGuarded(database)
  })
  afterAll(async () => {
    await service.close()
  })

  test('gets no budget for each spelling of an email (CVE-2026-47203, CVE-2025-24806)', async () => {
    await service.settle('victim@example.com')
    const spellings = [
      'victim@example.com',
      'VICTIM@example.com',
      'Victim@EXAMPLE.com',
      ' victim@example.com ',
      'vıctim@example.com',
      'ｖictim@example.com',
    ]
    const own = spellings.slice(0, 4)
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => service.tryLogin(own[index % own.length]!, guessOf(index))),
    )
    expect(countStatuses(answers)).toEqual({ 401: 20, 429: 20 })
    for (const look of spellings.slice(4)) expect((await service.tryLogin(look, PHRASE)).status).not.toBe(200)
  })

  test('gets no more tries by sending fifty at once (CVE-2024-4629)', async () => {
    await service.settle('parallel@example.com')
    const device = await service.makeKnown('parallel@example.com')
    const before = service.hasher.verified
    const strangers = freshSources(50).map(async (source) =>
      service.tryLogin('parallel@example.com', GUESS, { source }),
    )
    const known = Array.from({ length: 50 }, async () => service.tryLogin('parallel@example.com', GUESS, { device }))
    expect(countStatuses(await Promise.all([...strangers, ...known]))).toEqual({ 401: 30, 429: 70 })
    expect(service.hasher.verified - before).toBe(30)
  })

  test('is one source, however the address is written, and in all of its /64 (CVE-2026-45364)', async () => {
    const spellings = ['203.0.113.9', '::ffff:203.0.113.9', '::FFFF:cb00:7109', '0:0:0:0:0:ffff:203.0.113.9']
    const hosts = [
      '2001:db8:9:9::1',
      '2001:0db8:0009:0009:0:0:0:2',
      '2001:DB8:9:9:aaaa:bbbb:cccc:dddd',
      '2001:db8:9:9::1%eth0',
    ]
    for (const sources of [spellings, hosts]) {
      const tries = Array.from({ length: 60 }, async (_, index) =>
        service.tryLogin(`at-${sources[0]![0]!}-${String(index)}@example.com`, GUESS, { source: sources[index % 4]! }),
      )
      expect(countStatuses(await Promise.all(tries))).toEqual({ 401: 50, 429: 10 })
    }
  })

  test('counts as the peer, not as nobody or everybody, by an X-Forwarded-For that cannot be read (CVE-2024-47070)', async () => {
    const unreadable = ['abc', '203.0.113.7:80', '1.2.3', "'; drop table budgets", '9'.repeat(400), '']
    const tries = Array.from({ length: 60 }, async (_, index) =>
      service.tryLogin(`xff-${String(index)}@example.com`, PHRASE, {
        source: `203.0.113.77, ${unreadable[index % 6]!}`,
      }),
    )
    const counts = countStatuses(await Promise.all(tries))
    expect([counts[401], counts[429]]).toEqual([50, 10])
  })

  test('finds the same budget at every door: API, JSON, slash, page, again, library', async () => {
    const email = 'doors@example.com'
    await service.settle(email)
    const session = await service.logIn(email)
    const source = (): { 'x-forwarded-for': string } => ({ 'x-forwarded-for': freshSource() })
    const refused = (error: unknown): number =>
      error instanceof AuthError && error.code === 'limits.exceeded' ? 429 : 401
    const status = async (answer: Promise<Answer>): Promise<number> => (await answer).status
    const form = { email, password: GUESS }
    const doors: Readonly<Record<string, () => Promise<number>>> = {
      form: async () => status(service.send('POST', '/sessions', { form, headers: source() })),
      json: async () => status(service.send('POST', '/sessions', { json: form, headers: source() })),
      slash: async () => status(service.send('POST', '/sessions/', { form, headers: source() })),
      page: async () => status(service.send('POST', '/login', { form, headers: source() })),
      again: async () =>
        status(service.send('POST', '/login/again', { form: { password: GUESS }, session, headers: source() })),
      library: async () => service.auth.login.withPassword(email, GUESS).then(() => 200, refused),
      validLogin: async () => service.auth.validLogin(email, GUESS).then((isRight) => (isRight ? 200 : 401), refused),
    }
    const tries = await Promise.all(Array.from({ length: 28 }, async (_, index) => Object.values(doors)[index % 7]!()))
    expect([tries.filter((each) => each === 401).length, tries.filter((each) => each === 429).length]).toEqual([20, 8])
    for (const [door, knock] of Object.entries(doors)) expect([door, await knock()]).toEqual([door, 429])
  })

  test('finds no door beside the guarded ones: other spellings of the path lead nowhere (GHSA-x732-6j76-qmhm)', async () => {
    const email = 'paths@example.com'
    const before = service.hasher.verified
    for (const path of [
      '//sessions',
      '/SESSIONS',
      '/sessions/.',
      '/./sessions',
      '/%73essions',
      '/sessions%2f',
      '/sessions;x',
      '/sessions//',
      '/sessions/../sessions',
    ]) {
      const { status } = await service.send('POST', path, { form: { email, password: GUESS } })
      expect([path, status]).toEqual([path, expect.not.toBeOneOf([200, 401]) as number])
    }
    expect(service.hasher.verified).toBe(before)
  })

  test('is held by the library as well, which names no source', async () => {
    const email = 'library@example.com'
    await service.settle(email)
    const tries = await Promise.allSettled(
      Array.from({ length: 60 }, async (_, index) => service.auth.validLogin(email, guessOf(index))),
    )
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    await expect(service.auth.validLogin(email, PHRASE)).rejects.toMatchObject({ code: 'limits.exceeded' })
  })

  test('gains nothing by asking several nodes: they count together', async () => {
    const { secret } = service.settings.service
    const node = await openService(
      {
        preset: 'hardened',
        database,
        settings: { ...service.settings, service: { ...service.settings.service, secret } },
      },
      { hasher: service.hasher, now: service.clock.now },
    )
    const [email, source] = ['nodes@example.com', freshSource()]
    const nodes = [service.auth, node.auth]
    const tries = Array.from({ length: 60 }, async (_, index) => nodes[index % 2]!.validLogin(email, guessOf(index)))
    expect((await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    const from = { source, device: 'a program', place: 'unknown' }
    const registered = Array.from({ length: 100 }, async (_, index) =>
      nodes[index % 2]!.users.register(`node-${String(index)}@example.com`, PHRASE, from),
    )
    expect((await Promise.allSettled(registered)).filter(({ status }) => status === 'fulfilled')).toHaveLength(80)
    await node.close()
  })

  test('gets no more tries of a browser that he shares with the victim by logging in there himself', async () => {
    const [own, prey] = ['sharer@example.com', 'shared@example.com']
    await service.settle(own)
    await service.settle(prey)
    const device = await service.makeKnown(prey)
    await Promise.all(Array.from({ length: 10 }, async () => service.tryLogin(prey, GUESS, { device })))
    const fresh = cookieOf(await service.tryLogin(own, PHRASE, { device }), 'device')
    expect(fresh).not.toBe(device)
    expect((await service.tryLogin(prey, PHRASE, { device: fresh })).status).toBe(429)
    service.clock.advance({ hours: 1 })
    expect((await service.tryLogin(prey, PHRASE, { device: fresh })).status).toBe(200)
  })

  test("uses a device cookie of an account of his own, or one made up: he is a stranger to the victim's", async () => {
    await service.settle('mallory@example.com')
    await service.settle('prey@example.com')
    const cookies = [
      await service.makeKnown('mallory@example.com'),
      `00000000-0000-4000-8000-000000000000.${'A'.repeat(43)}`,
      'abc',
      '',
    ]
    await service.guess('prey@example.com', 20)
    for (const device of cookies)
      expect((await service.tryLogin('prey@example.com', PHRASE, { device })).status).toBe(429)
  })
})
