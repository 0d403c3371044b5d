/** The pages that links in letters lead to, over HTTP: from each letter to its end, and whatever may come between. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentsOf } from './support/contents.ts'
import { databases } from './support/databases.ts'
import { expectHeaders } from './support/headers.ts'
import { sessionOf } from './support/http.ts'
import type { Answer } from './support/http.ts'
import { linkTo, MAILED, settle, tokenOf, Visitor } from './support/letters.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const OLD = 'old lantern by the sea'
const NEW = 'new lantern by the lake'
const DEAD = 'This link does not work'
const PAGES = ['reset', 'verify', 'undo-email', 'keep-account'] as const
const FIELD_OF = { reset: 'new_password', verify: 'password' } as Readonly<Record<string, string>>

function headersOf({ headers }: Answer): ReadonlyMap<string, string> {
  return new Map(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

describe.each(databases)('the pages of mailed links on $name', ({ fresh }) => {
  let service: TestService
  let people = 0
  const database = fresh()
  const tokens = new Set<string>()
  const pages: Answer[] = []

  beforeAll(async () => {
    service = await startTestService(database, { ...MAILED, passwords: { minimumLength: 15 } })
  })
  afterAll(async () => {
    await service.close()
  })

  /** Somebody new who has an account. */
  async function somebody(): Promise<string> {
    const email = `person-${String(++people)}@example.com`
    await settle(service, email, OLD)
    return email
  }

  async function logIn(email: string, password = OLD): Promise<Answer> {
    return service.send('POST', '/sessions', { form: { email, password } })
  }

  /** A link of each kind, freshly mailed. */
  const mailed: Readonly<Record<(typeof PAGES)[number], () => Promise<{ email: string; link: string }>>> = {
    reset: async () => {
      const email = await somebody()
      await service.send('POST', '/forgot', { form: { email } })
      return { email, link: await linkTo(service, email, 'reset') }
    },
    verify: async () => {
      const email = `person-${String(++people)}@example.com`
      await service.send('POST', '/users', { form: { email, password: OLD } })
      return { email, link: await linkTo(service, email, 'verify') }
    },
    'undo-email': async () => {
      const email = await somebody()
      const session = sessionOf(await logIn(email)) ?? ''
      const moved = `moved-${email}`
      await service.send('PUT', '/email', { form: { email: moved }, session })
      const visitor = new Visitor(service)
      const page = await visitor.open(await linkTo(service, moved, 'verify'))
      expect((await visitor.post(page, { password: OLD })).status).toBe(200)
      return { email, link: await linkTo(service, email, 'undo-email') }
    },
    'keep-account': async () => {
      const email = await somebody()
      const session = sessionOf(await logIn(email)) ?? ''
      expect((await service.send('DELETE', '/users/me', { session })).status).toBe(200)
      return { email, link: await linkTo(service, email, 'keep-account') }
    },
  }

  async function newLink(page: (typeof PAGES)[number]): Promise<{ email: string; link: string }> {
    const found = await mailed[page]()
    tokens.add(tokenOf(found.link))
    return found
  }

  function fieldsFor(page: string): Readonly<Record<string, string>> {
    const field = FIELD_OF[page]
    return field === undefined ? {} : { [field]: page === 'reset' ? NEW : OLD }
  }

  test.each(PAGES)('/%s: the link moves its token into a cookie for ten minutes, and the page posts', async (page) => {
    const { email, link } = await newLink(page)
    const visitor = new Visitor(service)
    const moved = await visitor.send('GET', link)
    expect([moved.status, moved.headers.location, moved.text]).toEqual([303, `/${page}`, ''])
    expect(moved.headers['set-cookie']).toEqual([
      expect.stringMatching(/^(?:reset|verify|undo|keep)_link=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/),
    ])
    const form = await visitor.send('GET', `/${page}`)
    const done = await visitor.post(form, fieldsFor(page))
    expect([form.status, done.status]).toEqual([200, 200])
    expect(done.text).toContain(email)
    expect(visitor.cookies.size).toBe(0) // neither the link nor a session
    pages.push(moved, form, done)
    const isIn = page !== 'undo-email' // whoever moved the account away knew its password, which has ended
    expect((await logIn(email, page === 'reset' ? NEW : OLD)).status).toBe(isIn ? 200 : 401)
  })

  test('a reset ends the sessions and the old password, and offers to log in', async () => {
    const { email, link } = await newLink('reset')
    const session = sessionOf(await logIn(email)) ?? ''
    const visitor = new Visitor(service)
    const done = await visitor.post(await visitor.open(link), { new_password: NEW })
    expect(done.text).toContain('<a class="button" href="/login">Go on and log in</a>')
    expect((await service.send('GET', '/profile', { session })).status).toBe(403)
    expect((await logIn(email)).status).toBe(401)
  })

  test('taking an account back leads on to a reset of the password', async () => {
    const { email, link } = await newLink('undo-email')
    const visitor = new Visitor(service)
    const done = await visitor.post(await visitor.open(link))
    expect(done.text).toContain('<a class="button" href="/forgot">Reset the password</a>')
    expect((await logIn(`moved-${email}`)).status).toBe(401)
  })

  test.each(PAGES)('/%s: programs that open links spend nothing and change nothing [ASVS 3.5.3]', async (page) => {
    const { link } = await newLink(page)
    await service.auth.background.send()
    expect((await contentsOf(database))['outbox']).toEqual([])
    const before = await contentsOf(database)
    for (let round = 0; round < 5; round++) {
      const scanner = new Visitor(service)
      await scanner.open(link)
      await scanner.send('HEAD', link)
      expect((await scanner.send('HEAD', `/${page}`)).status).toBe(200)
    }
    expect(await contentsOf(database)).toEqual(before)
    const visitor = new Visitor(service)
    await visitor.open(link)
    expect((await visitor.post(await visitor.open(link), fieldsFor(page))).status).toBe(200)
  })

  test.each(PAGES)('/%s: a link works once, and says so', async (page) => {
    const { link } = await newLink(page)
    const [first, second] = [new Visitor(service), new Visitor(service)]
    const form = await second.open(link)
    await first.post(await first.open(link), fieldsFor(page))
    const again = await second.post(form, fieldsFor(page))
    expect([again.status, again.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8'])
    expect(again.text).toContain(DEAD)
    expect(second.cookies.size).toBe(0)
    pages.push(again)
    const later = await second.post(form, fieldsFor(page)) // reloaded: the cookie is gone
    expect([later.status, later.text]).toEqual([403, expect.stringContaining('Open the link in your letter')])
  })

  test.each([
    ['reset', { minutes: 61 }],
    ['verify', { hours: 25 }],
    ['undo-email', { days: 8 }],
    ['keep-account', { days: 8 }],
  ] as const)('/%s: a link expires', async (page, time) => {
    const { link } = await newLink(page)
    service.clock.advance(time)
    const visitor = new Visitor(service)
    const answer = await visitor.post(await visitor.open(link), fieldsFor(page))
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining(DEAD)])
  })

  test('the token of one link is none on the page of another', async () => {
    for (const page of PAGES) {
      const { link } = await newLink(page)
      for (const other of PAGES.filter((name) => name !== page)) {
        const visitor = new Visitor(service)
        const form = await visitor.open(link.replace(`/${page}?`, `/${other}?`))
        expect((await visitor.post(form, fieldsFor(other))).status).toBe(403)
      }
      const visitor = new Visitor(service)
      expect((await visitor.post(await visitor.open(link), fieldsFor(page))).status).toBe(200)
    }
  })

  test.each([
    '',
    'x',
    '%00',
    '%0d%0aset-cookie:%20a=b',
    '"><script>alert(1)</script>',
    `${'a'.repeat(36)}.${'b'.repeat(42)}`,
    `${'a'.repeat(36)}.${'b'.repeat(43)}&token=${'a'.repeat(36)}.${'b'.repeat(43)}`,
    'x'.repeat(5000),
  ])(
    'a token that is none, such as %j, leads to a page that asks for the whole link, and is not repeated',
    async (token) => {
      for (const page of PAGES) {
        const visitor = new Visitor(service)
        const moved = await visitor.send('GET', `/${page}?token=${token}`)
        expect([moved.status, moved.headers.location, moved.text]).toEqual([303, `/${page}`, ''])
        expect(visitor.cookies.size).toBe(0)
        expect(moved.headers['set-cookie']?.join()).toContain('Max-Age=0') // nor is an older link followed in its place
        const lost = await visitor.send('GET', `/${page}`)
        expect([lost.status, lost.text]).toEqual([200, expect.stringContaining('the whole of it')])
        expect(lost.text).not.toContain(`action="/${page}"`)
      }
    },
  )

  test('of cookies, one of exactly this name counts', async () => {
    const { link } = await newLink('reset')
    const token = tokenOf(link)
    for (const cookie of [
      `reset_link=${token}; reset_link=${token}`,
      `Reset_link=${token}`,
      `__Host-reset_link=${token}`,
      `verify_link=${token}`,
      `reset_link="${token}"`,
      `reset_link=${token}x`,
      'reset_link=',
    ]) {
      const got = await service.send('GET', '/reset', { headers: { cookie } })
      expect([cookie, got.text.includes('type="password"')]).toEqual([cookie, false])
      const posted = await service.send('POST', '/reset', { form: { new_password: NEW }, headers: { cookie } })
      expect([cookie, posted.status]).toEqual([cookie, 403])
    }
    const headers = { cookie: `a=b; reset_link=${token}` }
    expect((await service.send('POST', '/reset', { form: { new_password: NEW }, headers })).status).toBe(200)
  })

  test('a wrong password is refused beside its field, spends nothing, and is not repeated', async () => {
    const { link } = await newLink('verify')
    const visitor = new Visitor(service)
    const form = await visitor.open(link)
    const wrong = await visitor.post(form, { password: 'a wrong <lantern>' })
    expect(wrong.status).toBe(403)
    expect(wrong.text).toMatch(/<p id="password-refusal" class="refusal" role="alert">This is not the password/)
    expect(wrong.text).toMatch(/<input [^>]*id="password"[^>]* aria-describedby="password-refusal" aria-invalid="true"/)
    expect(wrong.text).not.toMatch(/lantern|type="password"[^>]* value=/)
    pages.push(wrong)
    expect((await visitor.post(wrong, { password: OLD })).status).toBe(200)
  })

  test('a weak password is refused with what would do, spends nothing, and is not repeated', async () => {
    const { link, email } = await newLink('reset')
    const visitor = new Visitor(service)
    const form = await visitor.open(link)
    expect(form.text).toContain('At least 15 characters.')
    for (const password of ['', 'too short', 'x'.repeat(73)]) {
      const weak = await visitor.post(form, { new_password: password })
      expect([weak.status, weak.text]).toEqual([
        400,
        expect.stringMatching(/role="alert">(?:Choose a longer|This password is too long)/),
      ])
      expect(weak.text).toContain('aria-describedby="new_password-hint new_password-refusal"')
      expect(weak.text).not.toMatch(/too short|x{73}|type="password"[^>]* value=/)
      pages.push(weak)
    }
    expect((await visitor.post(form, { new_password: NEW })).status).toBe(200)
    expect((await logIn(email, NEW)).status).toBe(200)
  })

  test('passwords are masked [ASVS 6.2.6]', async () => {
    for (const page of ['reset', 'verify'] as const) {
      const form = await new Visitor(service).open((await newLink(page)).link)
      expect(form.text.match(/<input(?! type="hidden")[^>]*>/g)).toEqual([expect.stringContaining('type="password"')])
    }
  })

  test('password managers know what to fill in, and nothing is cut [ASVS 6.2.7]', async () => {
    const reset = await new Visitor(service).open((await newLink('reset')).link)
    const verify = await new Visitor(service).open((await newLink('verify')).link)
    expect(reset.text).toMatch(/name="new_password"[^>]* autocomplete="new-password"/)
    expect(verify.text).toMatch(/name="password"[^>]* autocomplete="current-password"/)
    expect((await service.send('GET', '/forgot')).text).toMatch(/name="email"[^>]* autocomplete="username"/)
    for (const { text } of [reset, verify]) expect(text).not.toMatch(/maxlength|minlength|onpaste|pattern=/)
  })

  test('no other site posts these forms [ASVS 3.5.1]', async () => {
    for (const page of PAGES) {
      const { link } = await newLink(page)
      const visitor = new Visitor(service)
      await visitor.open(link)
      for (const headers of [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { 'sec-fetch-site': 'none' },
        { origin: 'http://evil.test' },
        { origin: 'null' },
      ]) {
        const forged = await visitor.send('POST', `/${page}`, { form: fieldsFor(page), headers })
        expect([forged.status, forged.json]).toMatchObject([403, { code: 'http.foreign_request' }])
      }
      const headers = { 'sec-fetch-site': 'same-origin' }
      expect((await visitor.send('POST', `/${page}`, { form: fieldsFor(page), headers })).status).toBe(200)
    }
  })

  test('pages take forms alone, by POST alone', async () => {
    for (const page of [...PAGES, 'forgot', 'verify/again']) {
      const path = `/${page}`
      for (const options of [
        { json: { email: 'a@example.com', password: OLD, new_password: NEW } },
        { body: 'email=a', headers: { 'content-type': 'text/plain' } },
        { body: 'email=a', headers: { 'content-type': 'multipart/form-data; boundary=a' } },
      ])
        expect((await service.send('POST', path, options)).status).toBe(415)
      for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        const answer = await service.send(method, path)
        expect([method, answer.status, answer.headers.allow]).toEqual([method, 405, 'GET, HEAD, POST'])
      }
    }
    const { link } = await newLink('reset')
    const visitor = new Visitor(service)
    await visitor.open(link)
    const headers = { 'x-http-method-override': 'POST' }
    await visitor.send('GET', `/reset?_method=POST&new_password=${encodeURIComponent(NEW)}`, { headers })
    expect((await visitor.send('POST', '/reset', { form: { new_password: NEW } })).status).toBe(200)
  })

  test('asking for a letter gets one answer, known or not', async () => {
    const email = await somebody()
    const unverified = `person-${String(++people)}@example.com`
    await service.send('POST', '/users', { form: { email: unverified, password: OLD } })
    for (const path of ['/forgot', '/verify/again']) {
      const form = await service.send('GET', path)
      const visitor = new Visitor(service)
      const texts = new Set<string>()
      for (const each of [email, unverified, 'nobody@example.com']) {
        const answer = await visitor.post(form, { email: each })
        expect([answer.status, answer.text]).toEqual([303, ''])
        expect(answer.headers['set-cookie']).toBeUndefined()
        texts.add(answer.headers.location ?? '')
      }
      expect(texts.size).toBe(1)
      const told = await visitor.send('GET', [...texts].join())
      expect([told.status, told.text]).toEqual([200, expect.stringContaining('If ')])
      expect(told.text).not.toContain('@')
      const refused = await visitor.post(form, { email: 'no <email>' })
      expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('aria-describedby="email-refusal"')])
      expect(refused.text).toContain('value="no &lt;email>"') // what was typed is kept, as text
      pages.push(form, told, refused)
    }
    expect(await linkTo(service, email, 'reset')).toMatch(/^\/reset\?/)
  })

  test('another verification letter is sent after five minutes, and its link works', async () => {
    const { email, link } = await newLink('verify')
    service.clock.advance({ minutes: 6 })
    await service.send('POST', '/verify/again', { form: { email } })
    await expect.poll(async () => linkTo(service, email, 'verify')).not.toBe(link)
    const visitor = new Visitor(service)
    const done = await visitor.post(await visitor.open(await linkTo(service, email, 'verify')), { password: OLD })
    expect(done.status).toBe(200)
  })

  /** Answers of each status: those of a link, its page, and its form. */
  async function samples(): Promise<Answer[]> {
    const { link } = await mailed.reset()
    const visitor = new Visitor(service)
    const moved = await visitor.send('GET', link)
    const form = await visitor.send('GET', moved.headers.location ?? '')
    const weak = await visitor.post(form, { new_password: 'short' })
    const done = await visitor.post(form, { new_password: 'nine grey pebbles in a row' })
    const dead = await visitor.post(await visitor.open(link), { new_password: 'nine grey pebbles in a row' })
    return [moved, form, weak, done, dead]
  }

  test('every answer bears all headers, and a page runs our own script alone [ASVS 3.4.3]', async () => {
    pages.push(...(await samples()))
    expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([200, 303, 400, 403]))
    for (const answer of pages) {
      const isPage = answer.status !== 303
      expectHeaders(headersOf(answer), isPage)
      if (!isPage) continue
      const policy = answer.headers['content-security-policy'] ?? ''
      expect(policy).toMatch(
        /^default-src 'none'; script-src 'nonce-([^']{24})'; style-src 'nonce-\1'; base-uri 'none'; form-action 'self'; frame-/,
      )
      expect(answer.text).not.toMatch(/<script>|<style| style=| on\w+=/)
      expect(answer.text.match(/<script/g)).toHaveLength(1)
    }
  })

  test('every page stands alone in its window [ASVS 3.4.8]', async () => {
    pages.push(...(await samples()))
    for (const { status, headers } of pages)
      if (status !== 303) expect(headers['cross-origin-opener-policy']).toBe('same-origin')
  })

  test('no token is on a page or in the log, nor is a password', () => {
    const everything = [...service.logged, ...pages.map(({ text }) => text)].join('\n')
    expect(tokens.size).toBeGreaterThan(20)
    for (const token of tokens) {
      expect(everything).not.toContain(token)
      expect(everything).not.toContain(token.slice(37))
    }
    for (const password of [OLD, NEW]) expect(everything).not.toContain(password)
    expect(everything).toContain('"path":"/reset"')
    expect(everything).toContain('"code":"verification.wrong_password"')
  })
})

describe.each(databases)('mailed links of other services on $name', ({ fresh }) => {
  test('below a path prefix, all addresses begin with it, and over TLS the cookie is bound to the host', async () => {
    const settings = { ...MAILED, service: { url: 'http://localhost:8080/auth/' }, sessions: { secureCookie: true } }
    const service = await startTestService(fresh(), settings)
    await service.send('POST', '/users', { form: { email: 'bob@example.com', password: OLD } })
    const link = await linkTo(service, 'bob@example.com', 'verify')
    expect(link).toMatch(/^\/auth\/verify\?token=/)
    const moved = await service.send('GET', link.slice('/auth'.length)) // as the proxy passes it on
    expect([moved.status, moved.headers.location]).toEqual([303, '/auth/verify'])
    const [cookie = ''] = moved.headers['set-cookie'] ?? []
    expect(cookie).toMatch(/^__Host-verify_link=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=600$/)
    const form = await service.send('GET', '/verify/', { headers: { cookie: cookie.replace(/;.*/, '') } })
    expect(form.text).toContain('<form method="post" action="/auth/verify"')
    const plain = { cookie: cookie.replace(/;.*/, '').replace('__Host-', '') }
    expect((await service.send('GET', '/verify', { headers: plain })).text).toContain('href="/auth/verify/again"')
    await service.close()
  })

  test('where the settings hand out resets, no letter is needed, and the page holds no token', async () => {
    const service = await startTestService(fresh())
    await service.send('POST', '/users', { form: { email: 'bob@example.com', password: 'p' } })
    const visitor = new Visitor(service)
    const answer = await visitor.send('POST', '/forgot', { form: { email: 'bob@example.com' } })
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('<a class="button" href="/reset">')])
    expect(answer.text).not.toContain(visitor.cookies.get('reset_link'))
    const done = await visitor.post(await visitor.send('GET', '/reset'), { new_password: 'q' })
    expect(done.status).toBe(200)
    const login = await service.send('POST', '/sessions', { form: { email: 'bob@example.com', password: 'q' } })
    expect(login.status).toBe(200)
    const unknown = await visitor.send('POST', '/forgot', { form: { email: 'eve@example.com' } })
    expect([unknown.status, unknown.text]).toEqual([403, expect.stringContaining('Nobody is registered')])
    await service.close()
  })
})
