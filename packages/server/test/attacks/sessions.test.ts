/** Ways in that outlive their end, cookies that are none, tokens at the wrong door, headers that break: nobody is signed in by any of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { startHardened } from '../support/hardened.ts'
import type { HardenedService } from '../support/hardened.ts'
import { cookieOf, requestBytes, sendBytes, sessionOf } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import { OTHER_PHRASE, PHRASE, worlds } from './worlds.ts'
import type { World } from './worlds.ts'

/** Every door that asks for a session, with what it takes. */
const DOORS: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ['GET', '/profile', {}],
  ['GET', '/session', {}],
  ['GET', '/sessions', {}],
  ['GET', '/events', {}],
  ['GET', '/export', {}],
  ['PUT', '/password', { password: PHRASE, new_password: PHRASE }],
  ['PUT', '/email', { email: 'new@example.com' }],
  ['DELETE', '/sessions/x', {}],
  ['DELETE', '/sessions?others=yes', {}],
  ['DELETE', '/users/me', {}],
  ['DELETE', '/sessions', {}],
  ['GET', '/account', {}],
  ['GET', '/account/password', {}],
  ['GET', '/account/sessions', {}],
  ['GET', '/account/events', {}],
  ['POST', '/account/password', { password: PHRASE, new_password: PHRASE }],
  ['POST', '/account/email', { email: 'new@example.com' }],
  ['POST', '/account/sessions', { others: 'yes' }],
  ['POST', '/account/delete', { sure: 'yes' }],
]

/** Whether an answer is that to a stranger: a refusal, or the way to log in. */
function isForStrangers({ status, headers }: Answer): boolean {
  return status === 401 || status === 403 || (status === 303 && (headers.location ?? '').startsWith('/login'))
}

describe.each(worlds)('sessions, $name', ({ start, preset }) => {
  let service: World
  const NAME = preset === 'classic' ? 'session_id' : '__Host-session_id'
  const MARIA = 'maria@example.com'

  beforeAll(async () => {
    service = await start()
    await service.settle(MARIA)
  })
  afterAll(async () => {
    await service.close()
  })

  /** The doors that these headers open. */
  const opened = async (headers: Readonly<Record<string, string>>) => {
    const open = []
    for (const [method, path, form] of DOORS) {
      const answer = await service.send(method, path, { headers, ...(method === 'GET' ? {} : { form }) })
      if (!isForStrangers(answer)) open.push(`${method} ${path} ${answer.status}`)
    }
    return open
  }

  test('the doors open with a session, so that what follows says something', async () => {
    const session = await service.logIn(MARIA)
    const gets = DOORS.filter(([method]) => method === 'GET')
    for (const [method, path] of gets) expect((await service.send(method, path, { session })).status).toBe(200)
  })

  test('a cookie that is broken, or only looks like ours, opens no door', async () => {
    const token = await service.logIn(MARIA)
    const [name = '', secret = ''] = token.split('.')
    const values = [
      '',
      'null',
      'true',
      'undefined',
      '{}',
      '[]',
      '%00',
      name,
      `${name}.`,
      `.${secret}`,
      `${token}.`,
      `"${token}"`,
    ]
    const odd = [
      `${token}, ${token}`,
      encodeURIComponent(`${token} `),
      Buffer.from(token).toString('base64'),
      'x'.repeat(5000),
    ]
    const cookies = [...values, ...odd].map((value) => `${NAME}=${value}`)
    const bare = NAME.replace('__Host-', '')
    const names = [
      NAME.toUpperCase(),
      NAME.toLowerCase(),
      `\u00a0${NAME}`,
      `${NAME}\u00a0`,
      `\t${NAME}`,
      `\u3000${NAME}`,
    ]
    const more = [
      `$Version=1; $${NAME}`,
      `$Version="1", ${NAME}`,
      `x${NAME}`,
      `${NAME} `,
      `%5f%5fHost-${bare}`,
      `__Secure-${bare}`,
    ]
    const other = preset === 'classic' ? `__Host-${bare}` : bare
    const spelt = [...names, ...more, other].filter((spelling) => spelling !== NAME)
    const doubled = [`${NAME}=${token}; ${NAME}=${token}`, `${NAME}=x; ${NAME}=${token}`, `${NAME}=${token}; ${NAME}=`]
    for (const cookie of [...cookies, ...spelt.map((spelling) => `a=b; ${spelling}=${token}`), ...doubled]) {
      const answer = await service.send('GET', '/session', {
        headers: { cookie: Buffer.from(cookie).toString('latin1') },
      }) // as UTF-8 on the wire
      expect([cookie, answer.status]).toEqual([cookie, 401])
    }
    for (const cookie of [`${NAME}=`, `${NAME}=${name}`, `${other}=${token}`, doubled[0] ?? ''])
      expect([cookie, await opened({ cookie })]).toEqual([cookie, []])
    expect((await service.send('GET', '/session', { session: token })).status).toBe(200)
  })

  test('an Authorization header of whatever kind is no way in, and breaks nothing', async () => {
    const token = await service.logIn(MARIA)
    const pair = Buffer.from(`${MARIA}:${PHRASE}`).toString('base64')
    const kinds = [`Bearer ${token}`, `Basic ${pair}`, `Session ${token}`, `Token ${token}`, `DPoP ${token}`, token]
    const broken = [
      '',
      ' ',
      'Basic',
      'Basic ',
      'Basic =',
      'Basic !!!',
      'Bearer',
      'Bearer  ',
      'Bearer a.b.c',
      ': :',
      '"',
      'Digest username="x',
      '\u00ff\u00fe',
      'x'.repeat(8000),
    ]
    for (const authorization of [...kinds, ...broken]) {
      for (const path of ['/session', '/profile', '/export', '/account'])
        expect(isForStrangers(await service.send('GET', path, { headers: { authorization } }))).toBe(true)
      expect((await service.send('GET', '/', { headers: { authorization } })).status).toBe(200)
      expect((await service.send('GET', '/profile', { headers: { authorization }, session: token })).status).toBe(200)
    }
    const twice = ['Authorization: Bearer x', `Authorization: Basic ${pair}`, 'Authorization:']
    expect(await sendBytes(service.port, requestBytes(service.port, 'GET /profile HTTP/1.1', twice))).toMatch(
      /^HTTP\/1\.1 403 /,
    )
  })

  test('nobody gets the session of whoever sat at the browser before, nor the id of whoever is gone', async () => {
    await service.settle('before@example.com')
    await service.settle('after@example.com')
    const seen = new Set<string>()
    let session: string | undefined
    for (const email of ['before@example.com', 'after@example.com', 'before@example.com']) {
      session = sessionOf(await service.send('POST', '/sessions', { form: { email, password: PHRASE }, session }))
      expect(seen.has(session ?? '')).toBe(false)
      seen.add(session ?? '')
      expect((await service.send('GET', '/profile', { session })).json).toEqual({ email })
    }
    const [first, second] = seen
    for (const old of [first, second])
      expect((await service.send('GET', '/profile', { session: old })).status).toBe(403)
    const { id } = (await service.auth.users.findByEmail('before@example.com'))!
    await service.auth.users.remove(id)
    await service.settle('newcomer@example.com')
    expect((await service.auth.users.findByEmail('newcomer@example.com'))?.id).not.toBe(id)
    expect(await opened({ cookie: `${NAME}=${session ?? ''}` })).toEqual([])
  })

  test.each<[string, (email: string, session: string) => Promise<unknown>]>([
    ['a logout', async (_email, session) => service.send('DELETE', '/sessions', { session })],
    ['a logout on the page', async (_email, session) => service.send('POST', '/logout', { session, form: {} })],
    [
      'ending all others',
      async (email) => service.send('DELETE', '/sessions?others=yes', { session: await service.logIn(email) }),
    ],
    [
      'ending it by its name',
      async (email, session) =>
        service.send('DELETE', `/sessions/${session.split('.')[0] ?? ''}`, { session: await service.logIn(email) }),
    ],
    [
      'a change of the password that ends others',
      async (email) => {
        const form = { password: PHRASE, new_password: OTHER_PHRASE, end_others: 'yes' }
        return service.send('PUT', '/password', { session: await service.logIn(email), form })
      },
    ],
    [
      'a reset',
      async (email) => {
        const form = { email, reset_token: await service.resetTokenOf(email), new_password: OTHER_PHRASE }
        return service.send('PUT', '/reset_password', { form })
      },
    ],
    [
      'asking for deletion',
      async (email) => service.send('DELETE', '/users/me', { session: await service.logIn(email) }),
    ],
    [
      'disabling',
      async (email) => service.auth.admin.disable('operator', (await service.auth.users.findByEmail(email))!.id),
    ],
    [
      'the operator',
      async (email) => service.auth.admin.endSessions('operator', (await service.auth.users.findByEmail(email))!.id),
    ],
    ['removal', async (email) => service.auth.users.remove((await service.auth.users.findByEmail(email))!.id)],
    [
      'the contract’s destroySession',
      async (email) => service.auth.destroySession((await service.auth.users.findByEmail(email))!.id),
    ],
    [
      'its time',
      async () => {
        service.clock.advance({ hours: 13 })
        return Promise.resolve()
      },
    ],
  ])('a session that ended by %s opens no door, nor ever again', async (how, end) => {
    const email = `${how.replaceAll(/\W/g, '')}@example.com`
    await service.settle(email)
    const session = await service.logIn(email)
    expect((await service.send('GET', '/session', { session })).status).toBe(200)
    await end(email, session)
    expect(await opened({ cookie: `${NAME}=${session}` })).toEqual([])
    await service.auth.background.tidy()
    service.clock.advance({ minutes: 6 })
    expect(await opened({ cookie: `${NAME}=${session}` })).toEqual([])
  })
})

describe.each(databases)('tokens of every purpose on $name', ({ fresh }) => {
  let service: HardenedService
  const EMAIL = 'purposes@example.com'

  beforeAll(async () => {
    service = await startHardened(fresh())
    await service.settle(EMAIL)
  })
  afterAll(async () => {
    await service.close()
  })

  /** One live token of each purpose, all of one person, whose account is on its way to be deleted in the end. */
  async function collect(): Promise<Readonly<Record<string, string>>> {
    const login = await service.send('POST', '/sessions', { form: { email: EMAIL, password: PHRASE } })
    const [session, device] = [sessionOf(login) ?? '', cookieOf(login, 'device') ?? '']
    await service.send('PUT', '/email', { session, form: { email: 'moved@example.com' } })
    const form = { token: await service.tokenFor('moved@example.com'), password: PHRASE }
    expect((await service.send('PUT', '/email_verification', { form })).status).toBe(200)
    const undo = await service.tokenFor(EMAIL, 2)
    await service.send('PUT', '/email', { session, form: { email: 'again@example.com' } })
    const confirm = await service.tokenFor('again@example.com')
    await service.send('POST', '/users', { form: { email: 'waits@example.com', password: PHRASE } })
    const verify = await service.tokenFor('waits@example.com')
    await service.send('POST', '/reset_password', { form: { email: 'moved@example.com' } })
    const reset = await service.tokenFor('moved@example.com', 3)
    return { session, device, undo, confirm, verify, reset }
  }

  /** What opens with a token, by the purpose that it should have. */
  const doors: Readonly<Record<string, (token: string) => Promise<boolean>>> = {
    session: async (token) => (await service.send('GET', '/session', { session: token })).status === 200,
    reset: async (token) => {
      const form = { email: 'moved@example.com', reset_token: token, new_password: OTHER_PHRASE }
      const page = await service.send('POST', '/reset', { form, headers: { cookie: `__Host-reset_link=${token}` } })
      return page.status === 200 || (await service.send('PUT', '/reset_password', { form })).status === 200
    },
    verify: async (token) => {
      const form = { token, password: PHRASE }
      const page = await service.send('POST', '/verify', { form, headers: { cookie: `__Host-verify_link=${token}` } })
      return page.status === 200 || (await service.send('PUT', '/email_verification', { form })).status === 200
    },
    undo: async (token) =>
      (await service.send('POST', '/undo-email', { form: {}, headers: { cookie: `__Host-undo_link=${token}` } }))
        .status === 200,
    keep: async (token) =>
      (await service.send('POST', '/keep-account', { form: {}, headers: { cookie: `__Host-keep_link=${token}` } }))
        .status === 200,
  }

  test('a token opens its own door and no other, whichever it is', async () => {
    const tokens = await collect()
    expect(new Set(Object.values(tokens)).size).toBe(6)
    for (const [purpose, token] of Object.entries(tokens))
      for (const [door, open] of Object.entries(doors)) {
        const isItsOwn = door === purpose || (door === 'verify' && purpose === 'confirm')
        if (!isItsOwn) expect([purpose, door, await open(token)]).toEqual([purpose, door, false])
      }
    expect(await doors['session']!(tokens['session']!)).toBe(true)
    expect(await doors['verify']!(tokens['verify']!)).toBe(true)
    expect(await doors['reset']!(tokens['reset']!)).toBe(true)
    expect(await doors['verify']!(tokens['confirm']!)).toBe(false) // the reset has killed it
    expect(await doors['undo']!(tokens['undo']!)).toBe(true)
    await service.setAnew(EMAIL, OTHER_PHRASE)
    const session = await service.logIn(EMAIL, OTHER_PHRASE)
    await service.send('DELETE', '/users/me', { session })
    await service.auth.background.send()
    const keep = await service.tokenFor(EMAIL, service.smtp.to(EMAIL).length)
    for (const door of ['session', 'reset', 'verify', 'undo']) expect(await doors[door]!(keep)).toBe(false)
    expect(await doors['keep']!(keep)).toBe(true)
  })

  test.each<[string, (email: string, id: never) => Promise<unknown>]>([
    ['disabling', async (_email, id) => service.auth.admin.disable('operator', id)],
    [
      'asking for deletion',
      async (email) => service.send('DELETE', '/users/me', { session: await service.logIn(email) }),
    ],
    ['removal', async (_email, id) => service.auth.users.remove(id)],
    [
      'a change of the password',
      async (email) => {
        const form = { password: PHRASE, new_password: OTHER_PHRASE }
        return service.send('PUT', '/password', { session: await service.logIn(email), form })
      },
    ],
    [
      'a move of the email',
      async (email) => {
        const to = `elsewhere.${email}`
        await service.send('PUT', '/email', { session: await service.logIn(email), form: { email: to } })
        return service.send('PUT', '/email_verification', {
          form: { token: await service.tokenFor(to), password: PHRASE },
        })
      },
    ],
  ])(
    'links that were asked for before %s are dead at their end, not only when they were asked for',
    async (how, end) => {
      const email = `${how.replaceAll(/\W/g, '')}@links.example.com`
      await service.settle(email)
      await service.send('POST', '/reset_password', { form: { email } })
      const reset = await service.tokenFor(email, 2)
      await service.send('PUT', '/email', { session: await service.logIn(email), form: { email: `next.${email}` } })
      const confirm = await service.tokenFor(`next.${email}`)
      const { id } = (await service.auth.users.findByEmail(email))!
      await end(email, id as never)
      for (const password of [PHRASE, OTHER_PHRASE]) {
        const form = { email, reset_token: reset, new_password: 'a third one that is long enough' }
        expect((await service.send('PUT', '/reset_password', { form })).status).toBe(403)
        expect((await service.send('PUT', '/email_verification', { form: { token: confirm, password } })).status).toBe(
          403,
        )
      }
      expect(await service.auth.users.findByEmail(`next.${email}`)).toBeNull()
    },
  )

  test('of eight requests with one link at the same moment one wins, whatever the link is for', async () => {
    const email = 'eight@example.com'
    await service.send('POST', '/users', { form: { email, password: PHRASE } })
    const eight = async (ask: () => Promise<Answer>) =>
      (await Promise.all(Array.from({ length: 8 }, ask))).filter(({ status }) => status === 200).length
    const follow = async (page: string, kind: string, token: string) =>
      eight(async () =>
        service.send('POST', `/${page}`, {
          form: { password: PHRASE },
          headers: { cookie: `__Host-${kind}_link=${token}` },
        }),
      )
    const verify = await service.tokenFor(email)
    const settled = [
      await eight(async () =>
        service.send('PUT', '/email_verification', { form: { token: verify, password: PHRASE } }),
      ),
    ]
    const session = await service.logIn(email)
    await service.send('PUT', '/email', { session, form: { email: 'nine@example.com' } })
    settled.push(await follow('verify', 'verify', await service.tokenFor('nine@example.com')))
    settled.push(await follow('undo-email', 'undo', await service.tokenFor(email, 2)))
    await service.setAnew(email, PHRASE)
    await service.send('DELETE', '/users/me', { session: await service.logIn(email) })
    await service.auth.background.send()
    const letters = service.smtp.to(email).length
    settled.push(await follow('keep-account', 'keep', await service.tokenFor(email, letters)))
    service.clock.advance({ minutes: 6 })
    await service.send('POST', '/reset_password', { form: { email } })
    const form = { email, reset_token: await service.tokenFor(email, letters + 1), new_password: OTHER_PHRASE }
    service.hasher.holdUntil = service.hasher.hashed + 8 // so that all eight have looked at the token
    settled.push(await eight(async () => service.send('PUT', '/reset_password', { form })))
    expect(settled).toEqual([1, 1, 1, 1, 1])
  })
})
