/** The pages that anybody may open, over HTTP: registering, logging in and out, where people go on to, and what they are told when something goes wrong. */
import { createHash, randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../src/app/app.ts'
import { AuthError } from '../src/errors.ts'
import { openAuth } from '../src/service.ts'
import { settingsOf } from '../src/settings-list.ts'
import { CheapHasher } from './support/cheap-hasher.ts'
import { databases, SECRET, temporaryFolder } from './support/databases.ts'
import { OTHER_PHRASE, PHRASE, startHardened } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'
import { expectHeaders } from './support/headers.ts'
import { cookieOf, send, sessionOf } from './support/http.ts'
import type { Answer } from './support/http.ts'
import { Visitor } from './support/letters.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const APP = 'https://app.example.com'
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const EVIL = '"><img src=x onerror=alert(1)>@example.com'
const FORMS = ['/login', '/register', '/forgot', '/verify/again'] as const

function headersOf({ headers }: Answer): ReadonlyMap<string, string> {
  return new Map(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

function assetsOf({ text }: Answer): readonly string[] {
  return [...text.matchAll(/(?:href|src)="([^"]*\/assets\/[^"]+)"/g)].map(([, path = '']) => path)
}

describe.each(databases)('public pages of hardened on $name', ({ fresh }) => {
  let service: HardenedService
  let people = 0

  beforeAll(async () => {
    service = await startHardened(fresh(), { http: { nextOrigins: [APP] } })
  })
  afterAll(async () => {
    await service.close()
  })

  async function somebody(): Promise<string> {
    const email = `person-${String(++people)}@example.com`
    await service.settle(email)
    return email
  }

  async function logIn(email: string, query = '', more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return service.send('POST', `/login${query}`, { form: { email, password: PHRASE, ...more } })
  }

  test('from the first page to the account: register, look into the mailbox, verify, log in', async () => {
    const visitor = new Visitor(service)
    const first = await visitor.send('GET', '/', { headers: HTML })
    expect(first.text).toContain('href="/register"')
    expect(first.text).toContain('href="/login"')
    const email = `person-${String(++people)}@example.com`
    const sent = await visitor.post(await visitor.send('GET', '/register'), { email, password: PHRASE })
    expect([sent.status, sent.headers.location]).toEqual([303, '/mailbox?for=registration'])
    expect((await visitor.send('GET', '/mailbox?for=registration')).text).toContain('Look into your mailbox')
    const verify = await visitor.open(`/verify?token=${await service.tokenFor(email)}`)
    const done = await visitor.post(verify, { password: PHRASE })
    expect(done.text).toContain('<a class="button" href="/login">')
    const entered = await visitor.post(await visitor.send('GET', '/login'), { email, password: PHRASE })
    expect([entered.status, entered.headers.location]).toEqual([303, '/account'])
    const home = await visitor.send('GET', '/', { headers: HTML })
    expect(home.text).toContain(`You are logged in as ${email}.`)
    expect(home.text).toContain('href="/account"')
  })

  test('who verifies an email while logged in goes on to what they wished, and as somebody else to log in', async () => {
    const verify = async (email: string, visitor: Visitor) => {
      const session = sessionOf(await service.send('POST', '/sessions', { form: { email, password: PHRASE } })) ?? ''
      const moved = `moved-${String(++people)}@example.com`
      await service.send('PUT', '/email', { session, form: { email: moved } })
      await visitor.open(`/verify?token=${await service.tokenFor(moved)}`)
      const { text } = await visitor.send('POST', '/verify', { form: { password: PHRASE } })
      return [moved, /<p class="ways">(.*?)<\/p>/.exec(text)?.[1]] as const
    }
    const visitor = new Visitor(service)
    await visitor.send('POST', '/login', { form: { email: await somebody(), password: PHRASE } })
    const [moved, others] = await verify(await somebody(), visitor)
    expect(others).toBe('<a class="button" href="/login">Go on and log in</a>')
    const owner = new Visitor(service)
    await owner.send('POST', '/login', { form: { email: moved, password: PHRASE } })
    await owner.send('POST', '/verify/again?next=/account/sessions', { form: { email: moved } })
    expect((await verify(moved, owner))[1]).toBe('<a class="button" href="/login?next=%2Faccount%2Fsessions">Go on</a>')
  })

  test('who never got the letter finds the way to another on the page to log in, whatever was typed there', async () => {
    const link = '<a href="/verify/again">Get a letter</a>'
    const waiting = `person-${String(++people)}@example.com`
    await service.send('POST', '/users', { form: { email: waiting, password: PHRASE } })
    expect((await service.send('GET', '/login')).text).toContain(link)
    for (const email of [waiting, await somebody(), 'nobody@example.com'])
      expect((await service.send('POST', '/login', { form: { email, password: 'a wrong lantern' } })).text).toContain(
        link,
      )
    const next = await service.send('GET', '/login?next=/account/sessions')
    expect(next.text).toContain('<a href="/verify/again?next=%2Faccount%2Fsessions">')
  })

  test('a registration is answered alike, whether the email is taken or not', async () => {
    const taken = await somebody()
    for (const email of [taken, 'free@example.com']) {
      const { status, headers, text } = await service.send('POST', '/register', { form: { email, password: PHRASE } })
      expect([status, headers.location, headers['set-cookie'], text]).toEqual([
        303,
        '/mailbox?for=registration',
        undefined,
        '',
      ])
    }
  })

  test('a wrong password and an unknown email get one page, and the email is kept', async () => {
    const email = await somebody()
    const pages = await Promise.all(
      [email, 'nobody@example.com'].map(async (each) =>
        service.send('POST', '/login', { form: { email: each, password: 'a wrong lantern', remember: 'yes' } }),
      ),
    )
    expect(pages.map(({ status }) => status)).toEqual([401, 401])
    const [known, unknown] = pages.map(({ text }) => text.replaceAll(/nonce="[^"]+"/g, ''))
    expect(known?.replaceAll(email, 'nobody@example.com')).toBe(unknown)
    expect(known).toContain(`value="${email}"`)
    expect(known).toContain('<p id="refusal" class="refusal" role="alert">Email or password is wrong.</p>')
    expect(known).toMatch(/name="password"[^>]* aria-describedby="refusal" aria-invalid="true"/)
    expect(known).toMatch(/name="remember" value="yes" checked/)
    expect(known).toMatch(/<title>Not yet: Log in · /)
    expect(known).not.toContain('lantern')
  })

  test('the session outlives the browser only where that was asked for', async () => {
    const email = await somebody()
    const [plain, remembered] = [await logIn(email), await logIn(email, '', { remember: 'yes' })]
    expect(plain.headers['set-cookie']?.join()).toMatch(
      /__Host-session_id=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure(?:,|$)/,
    )
    expect(remembered.headers['set-cookie']?.join()).toMatch(/__Host-session_id=[^;]+;[^,]*Max-Age=2592000/)
    expect([cookieOf(plain, 'device'), sessionOf(plain)]).toEqual([expect.any(String), expect.any(String)])
  })

  test('of two presses of the button at once one logs in, and both get its session; two browsers behind one address get their own', async () => {
    const email = await somebody()
    const device = cookieOf(await logIn(email), 'device') ?? ''
    const form = { email, password: PHRASE }
    const press = async (cookie?: string) =>
      service.send('POST', '/login', { form, headers: { ...(cookie !== undefined && { cookie }) } })
    const same = await Promise.all([press(`__Host-device=${device}`), press(`__Host-device=${device}`)])
    expect(same.map(({ status, headers }) => [status, headers.location])).toEqual(Array(2).fill([303, '/account']))
    expect(sessionOf(same[0])).toEqual(expect.any(String))
    expect(sessionOf(same[1])).toBe(sessionOf(same[0]))
    const others = [
      ...(await Promise.all([press(), press()])),
      ...(await Promise.all(['en', 'en'].map(async (tag) => press(`__Host-language=${tag}`)))),
    ]
    expect(new Set([...same, ...others].map(sessionOf)).size).toBe(5)
  })

  test('of two presses at once a wrong password gets nobody in, nor does it beside the right one', async () => {
    const email = await somebody()
    const passwords = ['a wrong lantern', PHRASE, 'a wrong lantern']
    const answers = await Promise.all(passwords.map(async (password) => logIn(email, '', { password })))
    expect(answers.map((answer) => [answer.status, sessionOf(answer)])).toEqual([
      [401, undefined],
      [303, expect.any(String)],
      [401, undefined],
    ])
  })

  test('logging in replaces the session that the browser held before [ASVS 7.2.4]', async () => {
    const email = await somebody()
    const visitor = new Visitor(service)
    await visitor.send('POST', '/login', { form: { email, password: PHRASE } })
    const old = visitor.cookies.get('__Host-session_id')
    await visitor.send('POST', '/login', { form: { email, password: PHRASE } })
    expect((await service.send('GET', '/profile', { session: old })).status).toBe(403)
  })

  test('whoever is signed in is not asked again: the page to log in leads on', async () => {
    const session = sessionOf(await logIn(await somebody()))
    for (const [query, place] of [
      ['', '/account'],
      [`?next=${encodeURIComponent(`${APP}/a`)}`, `${APP}/a`],
      ['?next=https://evil.test', '/account'],
    ]) {
      const { status, headers } = await service.send('GET', `/login${query ?? ''}`, { session })
      expect([status, headers.location]).toEqual([303, place])
    }
  })

  test.each([
    [`${APP}/back?a=b`, `${APP}/back?a=b`],
    ['/account/sessions', '/account/sessions'],
    ['https://evil.test/', '/account'],
    ['//evil.test', '/account'],
    ['/\\evil.test', '/account'],
    ['/.//evil.test', '/account'],
    ['https://app.example.com@evil.test', '/account'],
    ['/a\r\nset-cookie: session_id=x', '/account'],
    ['javascript:alert(1)', '/account'],
  ])('after a login with next=%j people are at %s [ASVS 3.7.2]', async (next, place) => {
    const answer = await logIn(await somebody(), `?next=${encodeURIComponent(next)}`)
    expect([answer.status, answer.headers.location]).toEqual([303, place])
    expect(answer.headers['set-cookie']?.join()).not.toContain('session_id=x')
  })

  test('two places are none', async () => {
    const answer = await logIn(await somebody(), `?next=${APP}&next=https://evil.test`)
    expect(answer.headers.location).toBe('/account')
  })

  test('next is kept on every way to the login, and nothing else is', async () => {
    const query = `?next=${encodeURIComponent(`${APP}/back`)}`
    for (const path of FORMS) {
      const { text, headers } = await service.send('GET', `${path}${query}`)
      const own = [...text.matchAll(/(?:href|action)="(\/(?:login|register|forgot|verify\/again)[^"]*)"/g)]
      expect(own.length).toBeGreaterThan(1)
      for (const [, link] of own) expect(link).toContain(query)
      expect(headers['content-security-policy']).toContain(`form-action 'self' ${APP};`)
      const foreign = await service.send('GET', `${path}?next=https://evil.test`)
      expect(foreign.text.replace(/name="back" value="[^"]*"/, '')).not.toContain('evil')
      expect(foreign.headers['content-security-policy']).toContain(`form-action 'self';`)
    }
    const wrong = await service.send('POST', `/login${query}`, { form: { email: 'a@example.com', password: 'x' } })
    expect(wrong.text).toContain(`action="/login${query}"`)
  })

  test('next is kept while a person looks into the mailbox, and used up by the login', async () => {
    const email = `person-${String(++people)}@example.com`
    const visitor = new Visitor(service)
    const form = await visitor.send('GET', `/register?next=${encodeURIComponent(`${APP}/back`)}`)
    await visitor.post(form, { email, password: PHRASE })
    const verify = await visitor.open(`/verify?token=${await service.tokenFor(email)}`)
    const done = await visitor.post(verify, { password: PHRASE })
    const login = /<a class="button" href="(\/login[^"]*)"/.exec(done.text)?.[1] ?? ''
    const entered = await visitor.send('POST', login, { form: { email, password: PHRASE } })
    expect([entered.status, entered.headers.location]).toEqual([303, `${APP}/back`])
    expect(visitor.cookies.has('__Host-next')).toBe(false)
  })

  test('a kept place that somebody else wrote is checked like any other [ASVS 3.7.2]', async () => {
    for (const place of ['https%3A%2F%2Fevil.test', '%', '%2F%2Fevil.test']) {
      const email = `person-${String(++people)}@example.com`
      const visitor = new Visitor(service)
      await visitor.send('POST', '/register', { form: { email, password: PHRASE } })
      visitor.cookies.set('__Host-next', place)
      const verify = await visitor.open(`/verify?token=${await service.tokenFor(email)}`)
      expect((await visitor.post(verify, { password: PHRASE })).text).toContain('<a class="button" href="/login">')
    }
  })

  test('every page of somebody who is logged in has a button to log out, and it works without a script [ASVS 7.4.4]', async () => {
    const visitor = new Visitor(service)
    await visitor.send('POST', '/login', { form: { email: await somebody(), password: PHRASE } })
    const session = visitor.cookies.get('__Host-session_id')
    for (const path of ['/', '/register', '/forgot', '/verify/again', '/reset', '/mailbox', '/nowhere', '/account']) {
      const page = await visitor.send('GET', path, { headers: HTML })
      expect([path, page.text.includes('<form method="post" action="/logout">')]).toEqual([path, true])
    }
    const out = await visitor.send('POST', '/logout')
    expect([out.status, out.headers.location]).toEqual([303, '/login?notice=logged-out'])
    expect(out.headers['clear-site-data']).toBe('"cache", "storage"')
    expect(visitor.cookies.has('__Host-session_id')).toBe(false)
    expect(visitor.cookies.has('__Host-device')).toBe(true)
    expect((await service.send('GET', '/profile', { session })).status).toBe(403)
    const page = await visitor.send('GET', '/login?notice=logged-out')
    expect(page.text).toContain('<p class="notice" role="status">You are logged out on this device.</p>')
    expect((await visitor.send('POST', '/logout')).status).toBe(303) // once more does no harm
  })

  test('a notice comes out of a closed list', async () => {
    for (const notice of ['<b>x</b>', 'toString', '__proto__', 'constructor', 'x'])
      expect((await service.send('GET', `/login?notice=${encodeURIComponent(notice)}`)).text).not.toContain('notice"')
  })

  test('what people type comes back as text alone [ASVS 1.2.1]', async () => {
    for (const path of FORMS) {
      const answer = await service.send('POST', path, { form: { email: EVIL, password: 'x' } })
      expect([path, answer.status >= 400]).toEqual([path, true])
      expect(answer.text).toContain('value="&quot;>&lt;img src=x onerror=alert(1)>@example.com"')
      expect(answer.text).not.toContain('<img')
    }
    const path = `/nowhere/"><script>alert(1)</script>?a="><script>alert(1)</script>`
    const page = await service.send('GET', path, { headers: HTML })
    expect(page.text.match(/<script/g)).toHaveLength(1)
  })

  test('no other site logs people in or out, or registers them [ASVS 3.5.1]', async () => {
    const session = sessionOf(await logIn(await somebody()))
    for (const path of ['/login', '/register', '/logout', '/language'])
      for (const forged of [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'null' },
      ]) {
        const form = { email: 'a@example.com', password: PHRASE, language: 'fr' }
        const answer = await service.send('POST', path, {
          form,
          headers: { ...forged, ...HTML, cookie: `__Host-session_id=${session ?? ''}` },
        })
        expect([path, answer.status]).toEqual([path, 403])
        expect(answer.text).toContain('This came from another site')
        expect(answer.headers['set-cookie']).toBeUndefined()
      }
    expect((await service.send('GET', '/profile', { session })).status).toBe(200)
  })

  test('pages take forms alone', async () => {
    const json = { email: 'a@example.com', password: PHRASE, language: 'fr' }
    for (const path of ['/login', '/register', '/logout', '/language'])
      expect([path, (await service.send('POST', path, { json })).status]).toEqual([path, 415])
    for (const path of ['/login', '/register'])
      expect((await service.send('PUT', path)).headers.allow).toBe('GET, HEAD, POST')
    expect((await service.send('GET', '/logout')).headers.allow).toBe('POST')
  })

  test('password managers know every field [ASVS 6.2.7]', async () => {
    const fieldsOf = async (path: string) =>
      [
        ...(await service.send('GET', path)).text.matchAll(
          /<input (?!type="hidden")[^>]*name="(\w+)"(?: autocomplete="([\w-]+)")?/g,
        ),
      ].map(([, name, purpose]) => [name, purpose])
    expect(await fieldsOf('/login')).toEqual([
      ['email', 'username'],
      ['password', 'current-password'],
      ['remember', undefined],
    ])
    expect(await fieldsOf('/register')).toEqual([
      ['email', 'username'],
      ['password', 'new-password'],
    ])
    expect(await fieldsOf('/forgot')).toEqual([['email', 'username']])
  })

  test('every page bears all headers, and lets nothing run but the one script of ours [ASVS 3.4.3]', async () => {
    for (const path of [...FORMS, '/', '/mailbox', '/reset', '/nowhere']) {
      const page = await service.send('GET', path, { headers: HTML })
      expectHeaders(headersOf(page), true)
      const nonce = /script-src 'nonce-([^']{24})'/.exec(String(page.headers['content-security-policy']))?.[1] ?? ''
      expect(page.text.match(/<(?:script|style|link)[^>]*>/g)).toEqual([
        expect.stringContaining(`nonce="${nonce}"`),
        expect.stringContaining(`nonce="${nonce}"`),
      ])
      expect(page.text).not.toMatch(/ on\w+="| style="/)
    }
  })

  test('style and script are two files, named by their content and kept for ever', async () => {
    const paths = assetsOf(await service.send('GET', '/login'))
    expect(paths).toEqual(assetsOf(await service.send('GET', '/nowhere', { headers: HTML })))
    expect(paths).toHaveLength(2)
    for (const path of paths) {
      const file = await service.send('GET', path)
      const hash = createHash('sha256').update(file.text).digest('base64url').slice(0, 16)
      expect(path).toMatch(new RegExp(`^/assets/${hash}\\.(?:css|js)$`))
      expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable')
      expect(file.headers['content-type']).toMatch(path.endsWith('css') ? /^text\/css/ : /^text\/javascript/)
      expect(file.headers['x-content-type-options']).toBe('nosniff')
      expect(file.text).not.toMatch(/https?:\/\/|url\(|@import/)
    }
    for (const path of ['/assets/', '/assets/x.css', '/assets/..%2fapp.ts', '/assets/__proto__', '/assets/toString'])
      expect((await service.send('GET', path)).status).toBe(404)
  })

  test('a page with its style and script is under 30 kB', async () => {
    for (const path of [...FORMS, '/', '/nowhere']) {
      const page = await service.send('GET', path, { headers: HTML })
      const files = await Promise.all(assetsOf(page).map(async (file) => service.send('GET', file)))
      const bytes = [page, ...files].reduce(
        (sum, { text, headers }) => sum + Buffer.byteLength(text) + JSON.stringify(headers).length,
        0,
      )
      expect(bytes).toBeLessThan(30_000)
    }
  })
})

describe.each(databases)('a password that is no longer taken, on $name', ({ fresh }) => {
  test('is changed while logging in, and both are typed anew', async () => {
    const database = fresh()
    const before = await startTestService(database, { mail: { smtpUrl: null } })
    await before.send('POST', '/users', { form: { email: 'bob@example.com', password: 'short' } })
    await before.close()
    const service = await startTestService(database, { passwords: { minimumLength: 15 } })
    const visitor = new Visitor(service)
    const form = await visitor.send('GET', '/login?next=/account/sessions')
    const asked = await visitor.post(form, { email: 'bob@example.com', password: 'short', remember: 'yes' })
    expect([asked.status, asked.text]).toEqual([403, expect.stringContaining('no longer safe enough')])
    expect(asked.text).toMatch(/name="new_password"[^>]* autocomplete="new-password"/)
    expect(asked.text).toContain('value="bob@example.com"')
    expect(asked.text).not.toContain('value="short"')
    const weak = await visitor.post(asked, { email: 'bob@example.com', password: 'short', new_password: 'x' })
    expect([weak.status, weak.text]).toEqual([400, expect.stringContaining('id="new_password-refusal"')])
    const wrong = await visitor.post(weak, { email: 'bob@example.com', password: 'other', new_password: PHRASE })
    expect([wrong.status, wrong.text]).toEqual([401, expect.not.stringContaining('new_password')])
    const done = await visitor.post(weak, { email: 'bob@example.com', password: 'short', new_password: OTHER_PHRASE })
    expect([done.status, done.headers.location]).toEqual([303, '/account/sessions'])
    await service.close()
  })
})

describe.each(databases)('what people are told when something goes wrong, on $name', ({ fresh }) => {
  let service: TestService

  beforeAll(async () => {
    service = await startTestService(fresh(), { http: { bodyBytes: 2048 } })
  })
  afterAll(async () => {
    await service.close()
  })

  const wrong = [
    ['GET', '/nowhere', {}, 404, 'Nothing here'],
    ['GET', '/profile', {}, 403, 'Not allowed'],
    ['GET', '/session', {}, 401, 'Log in first'],
    ['GET', '/users', {}, 405, 'This is no page'],
    ['POST', '/login', { form: { email: 'a@example.com' } }, 400, 'That did not arrive well'],
    ['POST', '/login', { form: { email: 'a'.repeat(3000) } }, 413, 'Too much at once'],
    ['GET', '/', { headers: { host: 'evil.test' } }, 421, 'Wrong address'],
    ['GET', '/', { headers: { via: '1.1 x' } }, 403, 'Not allowed'],
  ] as const

  test('who is not logged in finds the way to log in, and who is finds none', async () => {
    const open = async (session?: string) =>
      service.send('GET', session === undefined ? '/session' : '/nowhere', {
        headers: HTML,
        ...(session !== undefined && { session }),
      })
    expect((await open()).text).toContain('<a class="button" href="/login">Log in</a>')
    const form = { email: 'who@example.com', password: 'p' }
    await service.send('POST', '/users', { form })
    const session = sessionOf(await service.send('POST', '/sessions', { form })) ?? ''
    expect((await open(session)).text).not.toContain('href="/login"')
  })

  test('password managers find the page that changes the password', async () => {
    const { status, headers } = await service.send('GET', '/.well-known/change-password')
    expect([status, headers.location]).toEqual([302, '/account/password'])
  })

  test.each(wrong)('%s %s %j: %i, as a page for browsers and as problem details for programs', async (...row) => {
    const [method, path, options, status, title] = row
    const headers = 'headers' in options ? options.headers : {}
    const page = await service.send(method, path, { ...options, headers: { ...headers, ...HTML } })
    expect([page.status, page.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8'])
    expect(page.text).toContain(`<h1>${title}</h1>`)
    expect(page.headers.vary?.split(', ')).toContain('accept')
    expectHeaders(headersOf(page), true)
    for (const accept of ['*/*', 'application/json', 'application/json, text/html;q=0.5', undefined]) {
      const given = { ...headers, ...(accept !== undefined && { accept }) }
      const { status: got, headers: told } = await service.send(method, path, { ...options, headers: given })
      expect([got, told['content-type'], told.vary]).toEqual([status, 'application/problem+json', 'accept'])
    }
  })

  test('in French for those who read it', async () => {
    const page = await service.send('GET', '/nowhere', { headers: { ...HTML, 'accept-language': 'fr-CH, en;q=0.5' } })
    expect(page.text).toContain('<html lang="fr">')
    expect(page.text).toContain('<h1>Rien ici</h1>')
  })

  test('a page under a name that is not ours loads nothing from there', async () => {
    const page = await service.send('GET', '/', { headers: { ...HTML, host: 'evil.test' } })
    expect(page.text).toMatch(/<style nonce="[^"]{24}">:root/)
    expect(page.text).not.toMatch(/<script|<link|<form/)
  })

  test('the one refusal whose body the contract fixes stays as it is, for anybody', async () => {
    const form = { email: 'taken@example.com', password: 'p' }
    await service.send('POST', '/users', { form })
    const { status, headers, text } = await service.send('POST', '/users', { form, headers: HTML })
    expect([status, headers['content-type'], text]).toEqual([
      400,
      'application/json',
      '{"message":"email already registered"}',
    ])
  })

  test('an outage is told with the wait and the number of the request, and with nothing internal [ASVS 16.5.1]', async () => {
    const { auth, close } = await openAuth(
      settingsOf('classic', { service: { secret: SECRET }, database: { url: fresh() } }),
    )
    const app = createApp(auth)
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    await close()
    for (const [method, path] of [
      ['GET', '/'],
      ['POST', '/login'],
      ['POST', '/register'],
      ['POST', '/logout'],
    ] as const) {
      const headers = { ...HTML, cookie: `session_id=${randomUUID()}.${'a'.repeat(43)}` }
      const form = { email: 'a@example.com', password: 'p' }
      const page = await send(port, method, path, { headers, ...(method === 'POST' && { form }) })
      expect([path, [500, 503].includes(page.status)]).toEqual([path, true])
      expect(page.text).toContain(page.headers['x-request-id'])
      expect(page.text).not.toMatch(/sqlite|kysely|node:|\.ts|stack|destroyed|Error:/)
      if (page.status !== 503) continue
      expect(page.text).toMatch(/You can try again in <b data-wait="5">5 seconds<\/b>/)
      expect(page.text).toMatch(/look first whether it was done/)
      expect(page.text).not.toMatch(/Nothing/) // nobody knows, where the connection was lost at a commit
    }
    expect((await send(port, 'GET', '/login', { headers: HTML })).status).toBe(200) // what needs no database still works
    await app.close()
  })

  test('whoever has to wait is told for how long, as page and as header', async () => {
    const { auth, close } = await openAuth(
      settingsOf('classic', { service: { secret: SECRET }, database: { url: fresh() } }),
    )
    const app = createApp(auth)
    app.get<{ Querystring: { for: string } }>('/limited', { schema: { hide: true } }, async ({ query }, reply) =>
      app.refusalPage(reply, { status: 429, code: 'limits.test', waitSeconds: Number(query.for) }),
    )
    const told = async (waitSeconds: number, language: string): Promise<string> => {
      const url = `/limited?for=${String(waitSeconds)}`
      const { statusCode, body } = await app.inject({
        url,
        headers: { host: 'localhost', ...HTML, 'accept-language': language },
      })
      expect(statusCode).toBe(429)
      return body
    }
    expect(await told(90, 'en')).toContain('<h1>Too many tries</h1>')
    expect(await told(90, 'en')).toContain('You can try again in <b data-wait="90">90 seconds</b>')
    expect(await told(90, 'fr')).toContain('<h1>Trop d’essais</h1>')
    expect(await told(1, 'fr')).toContain('Vous pourrez réessayer dans <b data-wait="1">1 seconde</b>')
    expect(await told(841, 'en')).toContain('<b data-wait="841">15 minutes</b>')
    expect(await told(841, 'fr')).toContain('<b data-wait="841">15 minutes</b>')
    expect(await told(7201, 'en')).toContain('<b data-wait="7201">3 hours</b>')
    expect(await told(7201, 'fr')).toContain('<b data-wait="7201">3 heures</b>')
    await app.close()
    await close()
  })

  test('any refusal that names a wait tells it, in whole seconds and never too early', async () => {
    const hasher = new CheapHasher()
    hasher.verify = async () => Promise.reject(new AuthError('login.invalid', { retryAfterSeconds: 6.2 }))
    const slowed = await startTestService(fresh(), {}, { hasher })
    const form = { email: 'a@example.com', password: 'p' }
    for (const path of ['/sessions', '/login']) {
      const { status, headers, text } = await slowed.send('POST', path, { form })
      expect([path, status, headers['retry-after']]).toEqual([path, 401, '7'])
      expect(text.includes('<b data-wait="7">7 seconds</b>')).toBe(path === '/login')
    }
    await slowed.close()
  })

  test('a login that found no room keeps the form, and tells the wait', async () => {
    const busy = new AuthError('passwords.busy', { retryAfterSeconds: 7 })
    const hasher = new CheapHasher()
    hasher.verify = async () => Promise.reject(busy)
    const crowded = await startTestService(fresh(), {}, { hasher })
    const answer = await crowded.send('POST', '/login', { form: { email: 'a@example.com', password: 'p' } })
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '7'])
    expect(answer.text).toContain('<b data-wait="7">7 seconds</b>')
    expect(answer.text).toContain('value="a@example.com"')
    expect(answer.text).toMatch(/<p id="refusal" class="refusal" role="alert">Too many/)
    expect(answer.text).not.toMatch(/aria-invalid|aria-describedby/) // nothing that was typed is wrong
    await crowded.close()
  })
})

describe.each(databases)('public pages of classic on $name', ({ fresh }) => {
  let service: TestService

  beforeAll(async () => {
    service = await startTestService(fresh())
  })
  afterAll(async () => {
    await service.close()
  })

  test('whoever registers is logged in at once, and goes on', async () => {
    const visitor = new Visitor(service)
    const form = await visitor.send('GET', '/register?next=/account/password')
    const done = await visitor.post(form, { email: 'ada@example.com', password: 'p' })
    expect([done.status, done.headers.location]).toEqual([303, '/account/password'])
    expect((await visitor.send('GET', '/profile')).json).toEqual({ email: 'ada@example.com' })
    const again = await new Visitor(service).post(form, { email: 'ada@example.com', password: 'q' })
    expect([again.status, again.text]).toEqual([400, expect.stringContaining('id="email-refusal"')])
  })

  test('programs get the greeting, browsers the page with the forms of the contract', async () => {
    expect((await service.send('GET', '/')).json).toEqual({ message: 'Bienvenue' })
    const page = await service.send('GET', '/', { headers: HTML })
    for (const id of ['register', 'login', 'profile', 'logout', 'forgot', 'reset'])
      expect(page.text).toContain(`<form id="${id}"`)
    expect(page.headers['content-security-policy']).toContain("connect-src 'self'")
  })

  test('the page in French says its name once, and the answers of its forms are spoken of in French', async () => {
    const { text } = await service.send('GET', '/', { headers: { ...HTML, 'accept-language': 'fr' } })
    expect(text).toContain('<title>Bienvenue</title>')
    expect(text).toContain('data-no-answer="Le service n’a pas répondu."')
    expect(text).toContain('data-redirected="après une redirection"')
  })

  test('where nobody waits for a letter, the page to log in names none', async () => {
    expect((await service.send('GET', '/login')).text).not.toContain('/verify/again')
  })
})

describe.each(databases)('the brand of the operator on $name', ({ fresh }) => {
  test('name, logo, colour and corners are on every page, and the logo runs nothing', async () => {
    const logoFile = join(temporaryFolder(), 'logo.svg')
    writeFileSync(logoFile, '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    const brand = { name: 'Ann & <b>Co</b>', logoFile, color: '#b00020', cornerPixels: 3 }
    const service = await startTestService(fresh(), { brand })
    const page = await service.send('GET', '/login')
    expect(page.text).toContain('<title>Log in · Ann &amp; &lt;b>Co&lt;/b></title>')
    const [logo = '', style = ''] = [
      /<img src="([^"]+)"/.exec(page.text)?.[1],
      assetsOf(page).find((path) => path.endsWith('css')),
    ]
    expect(page.headers['content-security-policy']).toContain("img-src 'self'")
    const picture = await service.send('GET', logo)
    expect([picture.headers['content-type'], picture.headers['content-security-policy']]).toEqual([
      'image/svg+xml',
      expect.stringMatching(/^default-src 'none';.*sandbox$/),
    ])
    expect((await service.send('GET', style)).text).toMatch(/--corner:3px;--accent:#b00020/)
    await service.close()
  })

  test.each([
    [{ color: 'red' }, /brand.color/],
    [{ color: '#123456;}' }, /brand.color/],
    [{ cornerPixels: 99 }, /brand.cornerPixels/],
    [{ name: '' }, /brand.name/],
    [{ name: 'a\nb' }, /brand.name/],
    [{ logoFile: '/nowhere/logo.svg' }, /BIENVENUE_BRAND_LOGO_FILE/],
    [{ logoFile: import.meta.filename }, /BIENVENUE_BRAND_LOGO_FILE/],
  ])('%j is refused at the start', async (brand, message) => {
    await expect(startTestService(fresh(), { brand })).rejects.toThrow(message)
  })
})
