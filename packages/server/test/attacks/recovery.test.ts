/** Recovery as a way in: past the mailed token, with tokens that are none, by an address that reads in two ways, by steps that are skipped. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { startHardened } from '../support/hardened.ts'
import type { HardenedService } from '../support/hardened.ts'
import { cookieOf } from '../support/http.ts'
import { lookOf, OTHER_PHRASE, PHRASE, worlds } from './worlds.ts'
import type { World } from './worlds.ts'

const BOB = 'bob@example.com'
const EVE = 'eve@example.com'
const NEVER = '00000000-0000-4000-8000-000000000000'

/** What is no token, however a program may read it. */
const NO_TOKENS: readonly unknown[] = [
  ...['', ' ', 'null', 'undefined', 'true', '0', '.', `${NEVER}.`, NEVER, '%', '%%', '\0', "' or 1=1 --", '__proto__'],
  ...[null, true, false, 0, 1, [], [''], [null], {}, { $ne: '' }, { $gt: '' }, { $regex: '.*' }, { length: 80 }],
]

describe.each(worlds)('recovery, $name', ({ start, preset }) => {
  let service: World

  beforeAll(async () => {
    service = await start()
    await service.settle(BOB)
    await service.settle(EVE)
  })
  afterAll(async () => {
    await service.close()
  })

  const isStill = async (password = PHRASE) =>
    expect(await service.auth.validLogin(BOB, password), 'the password is still what it was').toBe(true)

  test('what is no token resets and verifies nothing, of nobody, also while tokens are there', async () => {
    const real = await service.resetTokenOf(BOB)
    const [name = ''] = real.split('.')
    for (const token of [...NO_TOKENS, name, `${name}.`, [real], { 0: real }, real.split('')]) {
      const reset = { email: BOB, reset_token: token, new_password: OTHER_PHRASE }
      expect([400, 403]).toContain((await service.send('PUT', '/reset_password', { json: reset })).status)
      const verify = { token, password: PHRASE }
      expect([400, 403]).toContain((await service.send('PUT', '/email_verification', { json: verify })).status)
    }
    for (const field of ['reset_token[$ne]', 'reset_token[]', 'reset_token.length', 'Reset_Token', 'token']) {
      const form = { email: BOB, [field]: real, new_password: OTHER_PHRASE }
      expect((await service.send('PUT', '/reset_password', { form })).status).toBe(400)
    }
    await isStill()
  })

  test('a reset is driven by its token alone: no cookie, header, session or earlier step stands in for it', async () => {
    const [bobs, own] = [await service.resetTokenOf(BOB), await service.resetTokenOf(EVE)]
    const eves = await service.logIn(EVE)
    const followed = await service.send('GET', `/reset?token=${own}`)
    const cookie = `reset_link=${cookieOf(followed, 'reset_link') ?? ''}; __Host-reset_link=${cookieOf(followed, 'reset_link') ?? ''}`
    const headers = { cookie, authorization: `Bearer ${own}`, 'x-reset-token': own }
    const form = { email: BOB, new_password: OTHER_PHRASE }
    for (const reset_token of [own, eves, bobs.split('.')[0] ?? '', NEVER]) {
      const answer = await service.send('PUT', `/reset_password?reset_token=${own}`, {
        form: { ...form, reset_token },
        headers,
      })
      expect(answer.json).toMatchObject({ status: 403, code: 'reset.invalid_token' })
    }
    expect((await service.send('PUT', '/reset_password', { form, headers })).status).toBe(400)
    const onThePage = { ...form, reset_token: bobs, token: bobs, user_id: '1' }
    await service.send('POST', '/reset', { form: onThePage, headers: { cookie } }) // it is Eve's link that is followed
    await isStill()
    expect(await service.auth.validLogin(EVE, OTHER_PHRASE)).toBe(true)
    await service.send('PUT', '/reset_password', { form: { email: BOB, reset_token: bobs, new_password: PHRASE } })
  })

  test('a page of a link does nothing without its link, whatever else the browser holds', async () => {
    const token = await service.resetTokenOf(BOB)
    const [name = ''] = token.split('.')
    for (const page of ['reset', 'verify', 'undo-email', 'keep-account'])
      for (const value of ['', name, NEVER, `${NEVER}.${'A'.repeat(43)}`]) {
        const cookie = ['reset_link', 'verify_link', 'undo_link', 'keep_link', 'session_id']
          .flatMap((kind) => [`${kind}=${value}`, `__Host-${kind}=${value}`])
          .join('; ')
        const form = { token, password: PHRASE, new_password: OTHER_PHRASE }
        const answer = await service.send('POST', `/${page}?token=${token}`, { form, headers: { cookie } })
        expect([page, answer.status]).toEqual([page, 403])
      }
    await isStill()
  })

  test('a further field skips no step: the password, the fresh login and the current password are still asked for', async () => {
    const token = await service.resetTokenOf(BOB)
    const more = {
      ...{ code: '123456', otp: '123456', totp: '', backup_code: 'x', reset_token: token, token, verified: 'yes' },
      ...{ provider: 'x', method: 'email', step: '2', force: 'true', confirmed: 'yes', skip: 'password' },
    }
    for (const fields of [
      { password: 'a wrong one of some length' },
      { password: 'wrong', new_password: OTHER_PHRASE },
    ]) {
      const login = await service.send('POST', '/sessions', { form: { ...more, email: BOB, ...fields } })
      expect([login.status, login.headers['set-cookie']]).toEqual([401, undefined])
    }
    expect((await service.send('POST', '/sessions', { form: { ...more, email: BOB } })).status).toBe(400)
    const session = await service.logIn(BOB)
    for (const fields of [{}, { password: 'wrong' }, { password: token }]) {
      const form = { ...more, ...fields, new_password: OTHER_PHRASE }
      expect([400, 403]).toContain((await service.send('PUT', '/password', { form, session })).status)
    }
    service.clock.advance({ minutes: 20 })
    const stale = { ...more, password: PHRASE, fresh: 'yes', email: 'other@example.com' }
    for (const [method, path] of [
      ['PUT', '/email'],
      ['DELETE', '/users/me'],
      ['DELETE', '/sessions?others=yes'],
    ] as const)
      expect((await service.send(method, path, { form: stale, session })).json).toMatchObject({
        code: 'sessions.not_fresh',
      })
    await isStill()
  })

  test('nobody registers somebody’s identifier as their own, however it is written, nor shuts them out of it', async () => {
    const bob = await service.auth.users.findByEmail(BOB)
    const spellings = [
      'BOB@EXAMPLE.COM',
      ' bob@example.com\t',
      'Bob@ｅｘａｍｐｌｅ.com',
      'bob@EXAMPLE。com',
      'bob@example.com',
    ]
    const others = [
      String(bob?.id),
      'bob@example.com.',
      'bob@example.com\u200b',
      'bоb@example.com',
      'bob%40example.com',
      '"bob"@example.com',
    ]
    for (const email of [...spellings, ...others])
      await service.send('POST', '/users', { form: { email, password: OTHER_PHRASE } })
    const eves = await service.logIn(
      EVE,
      preset === 'classic' || !(await service.auth.validLogin(EVE, PHRASE)) ? OTHER_PHRASE : PHRASE,
    )
    for (const email of spellings) await service.send('PUT', '/email', { form: { email }, session: eves })
    for (const email of spellings) expect((await service.auth.users.findByEmail(email))?.id).toBe(bob?.id)
    await isStill()
    expect(await service.auth.validLogin(BOB, OTHER_PHRASE)).toBe(false)
    await service.logIn(BOB)
  })

  test('an email that is a list, an object or two of them is none: nobody gets a letter or a token', async () => {
    const token = await service.resetTokenOf(BOB)
    const letters = await service.countLetters()
    const two = [BOB, EVE]
    const values = [
      two,
      [BOB],
      [[BOB]],
      { 0: BOB },
      { address: BOB },
      `${BOB},${EVE}`,
      `${BOB};${EVE}`,
      `${BOB} ${EVE}`,
    ]
    for (const email of [
      ...values,
      `${BOB}\n${EVE}`,
      `${BOB}%0acc:${EVE}`,
      `${BOB}\r\nBcc: ${EVE}`,
      `${EVE}\0${BOB}`,
    ]) {
      for (const path of ['/reset_password', '/email_verification', '/users', '/sessions']) {
        const { status } = await service.send('POST', path, { json: { email, password: PHRASE } })
        expect([400, 401, 403]).toContain(status)
      }
      const json = { email, reset_token: token, new_password: OTHER_PHRASE }
      expect([400, 403]).toContain((await service.send('PUT', '/reset_password', { json })).status)
    }
    const body = `email=${BOB}&email=${EVE}&email[]=${EVE}`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await service.send('POST', '/reset_password', { body, headers })).status).toBe(400)
    const twice = { body: `{"email":"${BOB}","email":"${EVE}"}`, headers: { 'content-type': 'application/json' } }
    expect((await service.send('POST', '/reset_password', twice)).status).toBe(400)
    expect(await service.countLetters()).toBe(letters)
    await isStill()
  })
})

describe.each(databases)('the mailed way on $name', ({ fresh }) => {
  let service: HardenedService

  beforeAll(async () => {
    service = await startHardened(fresh())
    await service.settle(BOB)
  })
  afterAll(async () => {
    await service.close()
  })

  test('an address that parsers read differently is refused, and a look-alike never gets the letter of another', async () => {
    await service.auth.background.send()
    const before = service.smtp.letters.length
    const odd = [
      ...['"evil@evil.test x"@example.com', '"bob@example.com"@evil.test', 'bob@example.com <evil@evil.test>'],
      ...[
        '<evil@evil.test>bob@example.com',
        'evil@evil.test(bob@example.com)',
        'bob(c)@example.com',
        'g: bob@example.com;',
      ],
      ...[
        `${'g:'.repeat(30)}evil@evil.test${';'.repeat(30)}`,
        'evil@evil.test, bob@example.com',
        '@evil.test:bob@example.com',
      ],
      ...['bob@evil.test@example.com', 'bob@example.com@evil.test', 'bob@[127.0.0.1]', 'bob!evil.test@example.com@'],
      ...['=?utf-8?q?evil=40evil.test?=@example.com@', 'xn--bob@xn--', 'bob@example.com\u2028evil@evil.test'],
      ...['b\u0131b@example.com', 'bo\u212a@example.com', 'ｂob@example.com', 'bob\u200d@example.com', 'ß@example.com'],
    ]
    for (const email of odd)
      for (const path of ['/users', '/reset_password', '/email_verification'])
        expect([email, (await service.send('POST', path, { json: { email, password: PHRASE } })).status]).toEqual([
          email,
          400,
        ])
    const alike = ['bob@example.c\u043em', 'bob@ex\u0430mple.com', 'bob@example.com.evil.test', 'bob@examp1e.com']
    for (const email of alike) await service.send('POST', '/reset_password', { form: { email } })
    await service.auth.background.send()
    expect(service.smtp.letters).toHaveLength(before)
    await service.send('POST', '/reset_password', { form: { email: 'BOB@ＥＸＡＭＰＬＥ．com' } })
    await service.tokenFor(BOB)
    expect(service.smtp.letters.slice(before).map(({ to }) => to)).toEqual([[BOB]]) // as stored, whatever was typed
  })

  test('no second answer tells who is here, whatever a stranger asks next', async () => {
    await service.settle('taken1@example.com')
    const looks = []
    for (const email of ['taken1@example.com', 'unheard@example.com']) {
      const look = []
      for (const [method, path, form] of [
        ['POST', '/users', { email, password: OTHER_PHRASE }],
        ['POST', '/users', { email, password: OTHER_PHRASE }],
        ['POST', '/sessions', { email, password: OTHER_PHRASE }],
        ['POST', '/sessions', { email, password: OTHER_PHRASE, new_password: PHRASE }],
        ['POST', '/email_verification', { email }],
        ['PUT', '/email_verification', { token: NEVER, password: OTHER_PHRASE }],
        ['POST', '/reset_password', { email }],
        ['POST', '/reset_password', { email }],
        ['PUT', '/reset_password', { email, reset_token: NEVER, new_password: OTHER_PHRASE }],
        ['POST', '/register', { email, password: OTHER_PHRASE }],
        ['POST', '/login', { email, password: OTHER_PHRASE }],
        ['POST', '/forgot', { email }],
        ['GET', '/mailbox', {}],
      ] as const)
        look.push(lookOf(await service.send(method, path, { form })))
      looks.push(JSON.stringify(look).replaceAll(email, 'EMAIL').replaceAll(encodeURIComponent(email), 'EMAIL'))
    }
    const [taken, free] = looks.map((look) =>
      look.replaceAll(/nonce(?:-|=\\")[^'\\]+/g, 'NONCE').replaceAll(/\d+/g, '0'),
    )
    expect(taken === free, 'the two rows of answers are the same').toBe(true)
  })

  test('of two that take one address at the same moment, by registering and by moving there, one has it', async () => {
    await service.settle('mover@example.com')
    const session = await service.logIn('mover@example.com')
    await service.send('PUT', '/email', { form: { email: 'wanted@example.com' }, session })
    const confirm = await service.tokenFor('wanted@example.com')
    await service.send('POST', '/users', { form: { email: 'wanted@example.com', password: OTHER_PHRASE } })
    const verify = await service.tokenFor('wanted@example.com', 2)
    const answers = await Promise.all([
      service.send('PUT', '/email_verification', { form: { token: confirm, password: PHRASE } }),
      service.send('PUT', '/email_verification', { form: { token: verify, password: OTHER_PHRASE } }),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403])
    const moved = answers[0].status === 200
    expect(await service.auth.validLogin('wanted@example.com', PHRASE)).toBe(moved)
    expect(await service.auth.validLogin('wanted@example.com', OTHER_PHRASE)).toBe(!moved)
    expect(await service.auth.validLogin('mover@example.com', PHRASE)).toBe(!moved)
  })
})
