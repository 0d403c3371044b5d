/** The pages of one's own account, as bytes: who may see them, what they refuse and how, and what they leave behind. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WORDS } from '../src/app/pages/words/language.ts'
import { OWN_EVENTS } from '../src/auth/audit-events.ts'
import { DB } from '../src/db/db.ts'
import { LANGUAGES } from '../src/language.ts'
import { databases } from './support/databases.ts'
import type { UserId } from '../src/user.ts'
import { expectHeaders } from './support/headers.ts'
import { hardenedSettings, OTHER_PHRASE, PHRASE, startHardened, URL_OF_SERVICE } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'
import type { Answer } from './support/http.ts'
import { Visitor } from './support/letters.ts'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const PAGES = ['', '/events', '/password', '/email', '/sessions', '/export', '/delete'] as const
const POSTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/account/password': { password: PHRASE, new_password: OTHER_PHRASE },
  '/account/email': { email: 'new@example.com' },
  '/account/sessions': { others: 'yes' },
  '/account/export': {},
  '/account/delete': { confirm: 'yes' },
  '/login/again': { password: PHRASE },
}
const FOREIGN: readonly Readonly<Record<string, string>>[] = [
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'none' },
  { origin: 'http://evil.test' },
  { origin: 'null' },
]

/** What stands in the place that people read first after they did something. */
const said = ({ text }: Answer, role: 'alert' | 'status'): string =>
  new RegExp(`role="${role}"[^>]*>(?:<[^>]+>)*([^<]*)`).exec(text)?.[1] ?? ''

describe.each(databases)('the pages of my account on $name', ({ fresh }) => {
  let service: HardenedService
  let people = 0
  const database = fresh()
  const settings = hardenedSettings('').service

  beforeAll(async () => {
    service = await startHardened(database, { service: settings ?? {} })
  })
  afterAll(async () => {
    await service.close()
  })

  /** Somebody new, with an account. */
  async function somebody(): Promise<string> {
    const email = `person-${String(++people)}@example.com`
    await service.settle(email)
    return email
  }

  /** A browser in which somebody has just logged in. */
  async function signIn(email: string, password = PHRASE, headers: Record<string, string> = {}): Promise<Visitor> {
    const visitor = new Visitor(service)
    const answer = await visitor.send('POST', '/sessions', { form: { email, password }, headers })
    expect(answer.status).toBe(200)
    return visitor
  }

  /** Sessions of a person, as if logged in from elsewhere. */
  async function addSessions(id: UserId, count: number): Promise<void> {
    const db = await DB.open(database, { secrets: [settings?.secret ?? ''] })
    const now = service.clock.now()
    const times = { createdAt: now, idleMs: 1e9, expiresAt: new Date(now.getTime() + 1e9) }
    const seen = { device: 'an unknown browser on an unknown system', place: '2001:db8:1111:2222::/48' }
    for (let each = 0; each < count; each++) await db.sessions.add(id, db.keys.make('session', id).stored, times, seen)
    await db.close()
  }

  /** The bytes of a page with all that it loads. */
  async function weightOf(page: Answer): Promise<number> {
    const paths = [...page.text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path)
    const answers = [page, ...(await Promise.all(paths.map(async (path) => service.send('GET', path))))]
    return answers.reduce((sum, { text, headers }) => sum + Buffer.byteLength(text) + JSON.stringify(headers).length, 0)
  }

  const isIn = async (visitor: Visitor) => (await visitor.send('GET', '/profile')).status === 200
  const locationOf = ({ status, headers }: Answer) => [status, headers.location]

  test('who is not signed in is sent to log in, and comes back to the form [ASVS 8.2.1]', async () => {
    const visitor = new Visitor(service)
    for (const page of PAGES) {
      const next = `/login?next=${encodeURIComponent(`/account${page}`)}`
      expect(locationOf(await visitor.send('GET', `/account${page}`))).toEqual([303, next])
    }
    for (const [path, form] of Object.entries(POSTS)) {
      const answer = await visitor.send('POST', path, { form })
      expect([path, answer.status, answer.headers.location]).toEqual([
        path,
        303,
        expect.stringMatching(/^\/login\?next=/),
      ])
      expect(answer.headers.location).not.toContain('example.com')
    }
  })

  test('the overview names the email, whether it is verified, and since when, and leads to every page', async () => {
    const email = await somebody()
    const visitor = await signIn(email)
    const page = await visitor.send('GET', '/account')
    expect(page.status).toBe(200)
    for (const text of [email, 'Verified', '1 March 2026']) expect(page.text).toContain(text)
    for (const path of PAGES.slice(1)) expect(page.text).toContain(`href="/account${path}"`)
  })

  test('every page has a way to log out, may not be kept, and bears all headers [ASVS 7.4.4] [ASVS 14.3.2]', async () => {
    const visitor = await signIn(await somebody())
    for (const path of [...PAGES.map((page) => `/account${page}`)]) {
      const page = await visitor.send('GET', path)
      expect([path, page.status]).toEqual([path, 200])
      expect(page.text).toMatch(/<form[^>]* action="\/logout"/)
      expectHeaders(new Map(Object.entries(page.headers).map(([name, value]) => [name, String(value)])), true)
    }
  })

  test('in French, every page is in French, times too', async () => {
    const visitor = await signIn(await somebody())
    visitor.cookies.set('language', 'fr')
    const get = async (path: string) =>
      (await visitor.send('GET', path, { headers: { 'accept-language': 'fr-CA, en;q=0.5' } })).text
    expect(await get('/account')).toMatch(/<html lang="fr"[^]*1er mars 2026/)
    expect(await get('/account/password')).toContain('Mot de passe actuel')
    expect(await get('/account/email')).toContain('Nouvelle adresse e-mail')
    expect(await get('/account/sessions')).toMatch(/un programme[^]*cet ordinateur[^]*maintenant/i)
    expect(await get('/account/export')).toContain('Télécharger mes données')
    expect(await get('/account/delete')).toContain('Supprimer mon compte')
  })

  describe('changing the password', () => {
    test('the form is one: the way out for who forgot it stands beside its field, and the length is counted', async () => {
      const page = await (await signIn(await somebody())).send('GET', '/account/password')
      expect(page.text).toMatch(/<p class="beside"><a href="\/forgot">/)
      expect(/action="\/account\/password"[^]*?<\/form>/.exec(page.text)?.[0]).not.toContain('class="aside"')
      expect(page.text).toMatch(/<input(?=[^>]* name="new_password")[^>]* data-minimum="15"/)
    })

    test('the current one is asked for, a refusal stands at its field, and nothing typed comes back [ASVS 6.2.3]', async () => {
      const visitor = await signIn(await somebody())
      const post = async (form: Record<string, string>) => visitor.send('POST', '/account/password', { form })
      const wrong = await post({ password: 'a wrong <lantern>', new_password: OTHER_PHRASE, end_others: 'yes' })
      expect(wrong.status).toBe(403)
      expect(wrong.text).toMatch(
        /<input(?=[^>]* id="password")(?=[^>]* aria-invalid="true")[^>]* aria-describedby="[^"]*password-refusal/,
      )
      expect(wrong.text).toMatch(/id="password-refusal"[^>]* role="alert"/)
      expect(wrong.text).not.toMatch(/lantern|harbours/)
      expect(wrong.text).toMatch(/<input(?=[^>]* name="end_others")[^>]* checked/)
      const weak = await post({ password: PHRASE, new_password: 'short' })
      expect([weak.status, weak.text]).toEqual([
        400,
        expect.stringMatching(/id="new_password-refusal"[^>]* role="alert"/),
      ])
      expect((await post({})).status).toBe(403)
      expect(await isIn(visitor)).toBe(true)
    })

    test('it is changed, other sessions end where it is wished, and the next page says so once [ASVS 7.4.3]', async () => {
      const email = await somebody()
      const [visitor, other] = [await signIn(email), await signIn(email)]
      const change = async (form: Record<string, string>) => visitor.send('POST', '/account/password', { form })
      const kept = await change({ password: PHRASE, new_password: OTHER_PHRASE })
      expect(locationOf(kept)).toEqual([303, '/account?notice=password-changed'])
      expect([await isIn(visitor), await isIn(other)]).toEqual([true, true])
      expect(said(await visitor.send('GET', kept.headers.location ?? ''), 'status')).toBe('Your password is changed.')
      expect(said(await visitor.send('GET', '/account'), 'status')).toBe('')
      const ended = await change({ password: OTHER_PHRASE, new_password: PHRASE, end_others: 'yes' })
      expect([await isIn(visitor), await isIn(other)]).toEqual([true, false])
      expect(said(await visitor.send('GET', ended.headers.location ?? ''), 'status')).toContain(
        'logged out everywhere else',
      )
      await service.auth.background.send()
      await service.smtp.waitFor(3, email)
    })
  })

  describe('changing the email', () => {
    test('a link goes to the new address, the page says what is pending, and the link makes the change', async () => {
      const email = await somebody()
      const visitor = await signIn(email)
      const posted = await visitor.send('POST', '/account/email', { form: { email: `new-${email}` } })
      expect(locationOf(posted)).toEqual([303, '/account/email'])
      const page = await visitor.send('GET', '/account/email')
      expect(page.text).toContain(`A link went to new-${email}. It works for 24 hours.`)
      expect((await visitor.send('GET', '/profile')).json).toMatchObject({ email })
      const token = await service.tokenFor(`new-${email}`)
      const form = await visitor.open(`/verify?token=${token}`)
      expect(form.text).toContain('type="password"')
      const done = await visitor.send('POST', '/verify', { form: { password: PHRASE } })
      expect(done.status).toBe(200)
      expect(done.text).toContain('<a class="button" href="/account">Go to my account</a>')
      expect(done.text).not.toMatch(/log in/i)
      expect((await visitor.send('GET', '/account')).text).toContain(`new-${email}`)
      expect((await visitor.send('GET', '/account/email')).text).not.toContain('A link went to')
    })

    test('the page tells nothing of who else is here: a taken email is answered like a free one [ASVS 6.3.8]', async () => {
      const [email, taken] = [await somebody(), await somebody()]
      const visitor = await signIn(email)
      const texts = []
      for (const wanted of [taken, taken.replace('person', 'nobody')]) {
        const posted = await visitor.send('POST', '/account/email', { form: { email: wanted } })
        await service.auth.background.send()
        const page = await visitor.send('GET', '/account/email')
        texts.push([
          posted.status,
          posted.headers.location,
          page.text.replaceAll(wanted, 'WANTED').replace(/nonce="[^"]+"/g, ''),
        ])
      }
      expect(texts[0]).toEqual(texts[1])
    })

    test('what is pending is told to nobody else in the same browser', async () => {
      const [email, other] = [await somebody(), await somebody()]
      const visitor = await signIn(email)
      await visitor.send('POST', '/account/email', { form: { email: `new-${email}` } })
      await visitor.send('POST', '/logout', { form: {} })
      await visitor.send('POST', '/sessions', { form: { email: other, password: PHRASE } })
      expect((await visitor.send('GET', '/account/email')).text).not.toContain(`new-${email}`)
    })

    test('an email that is none is refused at its field, and stands there escaped [ASVS 1.2.1]', async () => {
      const visitor = await signIn(await somebody())
      const email = `"><img src=x onerror=alert(1)>@example.com`
      const refused = await visitor.send('POST', '/account/email', { form: { email } })
      expect(refused.status).toBe(400)
      expect(refused.text).toMatch(
        /<input(?=[^>]* name="email")(?=[^>]* aria-invalid="true")[^>]* value="&quot;>?(&gt;)?&lt;img/,
      )
      expect(refused.text).not.toContain('<img')
      for (const value of [email, '<b>', `x.${Buffer.from('<b>boo').toString('base64url')}`]) {
        visitor.cookies.set('__Host-new_email', value.replaceAll(/[\s";]/g, ''))
        expect((await visitor.send('GET', '/account/email')).text).not.toMatch(/<b>|<img/)
      }
    })
  })

  test('whoever asks for a letter from their account finds the email there, and the way back', async () => {
    const email = await somebody()
    const visitor = await signIn(email)
    for (const path of ['/verify/again', '/forgot']) {
      const page = await visitor.send('GET', path)
      expect(page.text).toMatch(new RegExp(`<input(?=[^>]* name="email")[^>]* value="${email}"`))
      expect(page.text).toContain('<a href="/account">Back to your account</a>')
      expect(page.text).not.toContain('Back to the login')
      const refused = await visitor.send('POST', path, { form: { email: 'bob' } })
      expect(refused.text).toMatch(/<input(?=[^>]* name="email")[^>]* value="bob"/)
      const stranger = await service.send('GET', path)
      expect(stranger.text).toMatch(/<input(?=[^>]* name="email")[^>]* value(?:=""|[ />])/)
      expect(stranger.text).toContain('<a href="/login">Back to the login</a>')
    }
  })

  describe('sessions', () => {
    const rowsOf = ({ text }: Answer) => text.match(/<button[^>]* name="session"[^>]* value="[^"]+"/g) ?? []
    const idsOf = (page: Answer) => rowsOf(page).map((row) => /value="([^"]+)"/.exec(row)?.[1] ?? '')

    test('each is named by device, place and times, and this one is marked [ASVS 7.5.2]', async () => {
      const email = await somebody()
      await signIn(email, PHRASE, { 'user-agent': FIREFOX })
      service.clock.advance({ minutes: 40 })
      const visitor = await signIn(email)
      const page = await visitor.send('GET', '/account/sessions')
      expect(page.text).toMatch(/This device/)
      for (const text of ['Firefox on Linux', 'A program', 'This computer', '40 minutes ago', 'Now', 'In 12 hours'])
        expect(page.text).toContain(text)
      expect(page.text).toContain('A session that is not used ends sooner.')
      expect(page.text.match(/This device/g)).toHaveLength(1)
      expect(rowsOf(page)).toHaveLength(1)
    })

    test('one is ended, at once; pressing twice is pressing once, and later it is said that it has ended', async () => {
      const email = await somebody()
      const [visitor, other] = [await signIn(email), await signIn(email)]
      const [session = ''] = idsOf(await visitor.send('GET', '/account/sessions'))
      const end = async () => visitor.send('POST', '/account/sessions', { form: { session } })
      const done = [303, '/account/sessions?notice=session-ended']
      expect([locationOf(await end()), locationOf(await end())]).toEqual([done, done])
      expect([await isIn(visitor), await isIn(other)]).toEqual([true, false])
      expect(said(await visitor.send('GET', '/account/sessions?notice=session-ended'), 'status')).toBe(
        'That session has ended.',
      )
      await pause(1100)
      const again = await end()
      expect([again.status, said(again, 'alert')]).toEqual([404, 'This session has ended already.'])
    })

    test('nobody ends the session of another by its id [ASVS 8.2.2]', async () => {
      const [email, victim] = [await somebody(), await somebody()]
      const theirs = await signIn(victim)
      await signIn(victim)
      const [session = ''] = idsOf(await theirs.send('GET', '/account/sessions'))
      const visitor = await signIn(email)
      const refused = await visitor.send('POST', '/account/sessions', { form: { session } })
      expect(refused.status).toBe(404)
      expect(idsOf(await theirs.send('GET', '/account/sessions'))).toEqual([session])
      expect((await visitor.send('POST', '/account/sessions', { form: { others: 'yes' } })).status).toBe(303)
      expect(await isIn(theirs)).toBe(true)
    })

    test('all others are ended at once; a form that says nothing ends nothing', async () => {
      const email = await somebody()
      const others = [await signIn(email), await signIn(email)]
      const visitor = await signIn(email)
      const wish = async (form: Record<string, string>) =>
        (await visitor.send('POST', '/account/sessions', { form })).status
      expect(await wish({})).toBe(400)
      expect(await wish({ session: '' })).toBe(404)
      expect(await wish({ others: 'no' })).toBe(400)
      expect(await wish({ others: 'yes', session: 'x' })).toBe(400)
      expect(await Promise.all(others.map(isIn))).toEqual([true, true])
      expect(locationOf(await visitor.send('POST', '/account/sessions', { form: { others: 'yes' } }))).toEqual([
        303,
        '/account/sessions?notice=others-ended',
      ])
      expect([await isIn(visitor), ...(await Promise.all(others.map(isIn)))]).toEqual([true, false, false])
      expect(rowsOf(await visitor.send('GET', '/account/sessions'))).toEqual([])
    })

    test.each(LANGUAGES)(
      'many of them: some are shown, and first of all the end of all others: in %s',
      async (language) => {
        const email = await somebody()
        const visitor = await signIn(email)
        const { id } = (await service.auth.users.findByEmail(email))!
        const open = async () => visitor.send('GET', '/account/sessions', { headers: { 'accept-language': language } })
        await addSessions(id, 5)
        const few = await open()
        expect([rowsOf(few).length, few.text.indexOf('name="others"') > few.text.indexOf('name="session"')]).toEqual([
          5,
          true,
        ])
        await addSessions(id, 45)
        const many = await open()
        expect(rowsOf(many)).toHaveLength(14)
        expect(many.text.indexOf('name="others"')).toBeLessThan(many.text.indexOf('name="session"'))
        expect(many.text).toContain(WORDS[language].sessions.more(36))
        expect(await weightOf(many)).toBeLessThan(30_000)
      },
    )

    test('a device that stands in the database as HTML is shown as text [ASVS 1.2.1]', async () => {
      const email = await somebody()
      const visitor = await signIn(email)
      const { id } = (await service.auth.users.findByEmail(email))!
      const db = await DB.open(database, { secrets: [settings?.secret ?? ''] })
      const now = service.clock.now()
      const { stored } = db.keys.make('session', id)
      await db.sessions.add(
        id,
        stored,
        { createdAt: now, idleMs: 1e9, expiresAt: new Date(now.getTime() + 1e9) },
        { device: '<img src=x onerror=alert(1)>', place: '"><script>alert(1)</script>' },
      )
      await db.close()
      const { text } = await visitor.send('GET', '/account/sessions')
      expect(text).toContain('&lt;img src=x')
      expect(text).not.toMatch(/<img|<script>/)
    })
  })

  test.each(LANGUAGES)('of very many events each kind is told, and the page stays light: in %s', async (language) => {
    const email = await somebody()
    const visitor = await signIn(email)
    const { id } = (await service.auth.users.findByEmail(email))!
    const db = await DB.open(database, { secrets: [settings?.secret ?? ''] })
    const at = service.clock.now()
    const nobody = { subject: null, agent: null, requestId: null, sessionId: null, method: null, times: 1, facts: {} }
    for (const event of OWN_EVENTS)
      for (let each = 0; each < 8; each++) {
        const seen = { source: `2001:db8:${String(each)}::1`, device: 'an unknown browser on an unknown system' }
        await db.audit.add({ ...nobody, ...seen, uid: randomUUID(), at, event, userId: id, mac: '', keyId: '' })
      }
    await db.close()
    const page = await visitor.send('GET', '/account/events', { headers: { 'accept-language': language } })
    for (const event of OWN_EVENTS) expect(page.text).toContain(WORDS[language].events.what[event])
    expect(await weightOf(page)).toBeLessThan(30_000)
  })

  test('the export is a download under a fixed name, to whoever logged in a short while ago [ASVS 5.4.1] [ASVS 7.5.3]', async () => {
    const email = await somebody()
    const visitor = await signIn(email)
    const answer = await visitor.send('POST', '/account/export', { form: { filename: 'evil.html' } })
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="bienvenue-export.json"',
    })
    const again = (await visitor.send('GET', '/export')).json as { readonly events: readonly unknown[] }
    expect(answer.json).toEqual({ ...again, events: again.events.slice(1) }) // which has the second export too
    expect(answer.text).not.toMatch(/\$argon2|[A-Za-z0-9_-]{43}/)
  })

  test.each(LANGUAGES)('what the page says of the export is what the file holds: in %s', async (language) => {
    const visitor = await signIn(await somebody())
    const page = await visitor.send('GET', '/account/export', { headers: { 'accept-language': language } })
    const file = (await visitor.send('POST', '/account/export', { form: {} })).json as object
    const members = Object.keys(file).filter((name) => name !== 'exported_at')
    const { contents } = WORDS[language].account.download
    expect(Object.keys(contents).sort()).toEqual(members.sort())
    expect([...page.text.matchAll(/<li>([^<]*)</g)].map(([, line]) => line)).toEqual(Object.values(contents))
  })

  describe('logging in once more', () => {
    const STALE = ['/account/email', '/account/export', '/account/delete']

    test('what a borrowed browser must not do asks for the password, then comes back to the form and repeats nothing [ASVS 7.5.1]', async () => {
      const email = await somebody()
      const visitor = await signIn(email)
      const other = await signIn(email)
      service.clock.advance({ minutes: 16 })
      for (const path of STALE)
        expect(locationOf(await visitor.send('GET', path))).toEqual([
          303,
          `/login/again?next=${encodeURIComponent(path)}`,
        ])
      for (const path of [...STALE, '/account/sessions'])
        expect(locationOf(await visitor.send('POST', path, { form: POSTS[path] ?? {} }))).toEqual([
          303,
          `/login/again?next=${encodeURIComponent(path)}`,
        ])
      expect((await visitor.send('GET', '/account/password')).status).toBe(200)
      const form = await visitor.send('GET', '/login/again?next=%2Faccount%2Fdelete')
      expect(form.text).toContain(email)
      const old = new Map(visitor.cookies)
      const done = await visitor.send('POST', '/login/again?next=/account/delete', { form: { password: PHRASE } })
      expect(locationOf(done)).toEqual([303, '/account/delete'])
      expect((await visitor.send('GET', '/account/delete')).status).toBe(200)
      expect([await isIn(visitor), await isIn(other)]).toEqual([true, true])
      visitor.cookies.set('__Host-session_id', old.get('__Host-session_id') ?? '')
      expect(await isIn(visitor)).toBe(false)
    })

    test('a wrong password is refused at its field, and the way on is kept', async () => {
      const visitor = await signIn(await somebody())
      service.clock.advance({ minutes: 16 })
      const form = { password: OTHER_PHRASE }
      const refused = await visitor.send('POST', '/login/again?next=/account/email', { form })
      expect(refused.status).toBe(401)
      expect(refused.text).toMatch(/id="password-refusal"[^>]* role="alert"/)
      expect(refused.text).toContain('action="/login/again?next=%2Faccount%2Femail"')
      expect(refused.text).not.toContain('harbours')
      expect(locationOf(await visitor.send('GET', '/account/email'))[0]).toBe(303)
    })

    test('a session that was to last still lasts, and one that was not does not', async () => {
      const email = await somebody()
      for (const [remember, lasts] of [
        ['yes', true],
        ['no', false],
      ] as const) {
        const visitor = new Visitor(service)
        await visitor.send('POST', '/sessions', { form: { email, password: PHRASE, remember } })
        const done = await visitor.send('POST', '/login/again', { form: { password: PHRASE } })
        const cookie = done.headers['set-cookie']?.find((line) => line.startsWith('__Host-session_id'))
        expect(cookie?.includes('Max-Age=')).toBe(lasts)
      }
    })

    test.each(['https://evil.test/', '//evil.test', '/\\evil.test', 'javascript:alert(1)', '/account\r\nx: y', ''])(
      'the way on leads nowhere else: %j',
      async (next) => {
        const visitor = await signIn(await somebody())
        service.clock.advance({ minutes: 16 })
        const page = await visitor.send('GET', `/login/again?next=${encodeURIComponent(next)}`)
        expect(page.text).toContain('action="/login/again"')
        const path = `/login/again?next=${encodeURIComponent(next)}`
        const done = await visitor.send('POST', path, { form: { password: PHRASE } })
        expect(locationOf(done)).toEqual([303, '/account'])
      },
    )
  })

  test('an account is deleted after a tick, is out at once, and the last page says how to come back [ASVS 7.4.2]', async () => {
    const email = await somebody()
    const [visitor, other] = [await signIn(email), await signIn(email)]
    for (const form of [{}, { confirm: 'no' }] as Record<string, string>[]) {
      const refused = await visitor.send('POST', '/account/delete', { form })
      expect([refused.status, refused.text]).toEqual([
        400,
        expect.stringMatching(/id="confirm-refusal"[^>]* role="alert"/),
      ])
    }
    expect(await isIn(visitor)).toBe(true)
    expect(locationOf(await visitor.send('GET', '/account/deleted'))).toEqual([303, '/account'])
    const done = await visitor.send('POST', '/account/delete', { form: { confirm: 'yes' } })
    expect(locationOf(done)).toEqual([303, '/account/deleted'])
    expect(done.headers['clear-site-data']).toBe('"cache", "storage"')
    expect(visitor.cookies.has('__Host-session_id')).toBe(false)
    expect([await isIn(visitor), await isIn(other)]).toEqual([false, false])
    const last = await visitor.send('GET', '/account/deleted')
    expect(last.text).toMatch(/7 days[^]*letter/)
    expect(last.text).not.toContain('example.com')
    expect(last.text).not.toContain('/logout')
    await service.auth.background.send()
    const letters = await service.smtp.waitFor(3, email) // the others: to verify, and of a new device
    const link = /\/keep-account\?token=\S+/.exec(letters.map(({ text }) => text).join('\n'))?.[0] ?? ''
    await visitor.open(link)
    expect((await visitor.send('POST', '/keep-account', { form: {} })).status).toBeLessThan(400)
    await signIn(email)
  })

  test('of two presses at once one acts, and both get its answer; with anything else typed they are two', async () => {
    const email = await somebody()
    const visitor = await signIn(email)
    const { cookies } = visitor
    const press = async (path: string, form: Record<string, string>) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      return service.send('POST', path, { form, headers: { cookie } })
    }
    const twice = async (path: string, form: Record<string, string>) =>
      Promise.all([press(path, form), press(path, form)])
    const change = { password: PHRASE, new_password: OTHER_PHRASE }
    for (const answer of await twice('/account/password', change))
      expect(locationOf(answer)).toEqual([303, '/account?notice=password-changed'])
    expect((await press('/account/password', { ...change, new_password: PHRASE })).status).toBe(403)
    const [first, second] = await twice('/login/again', { password: OTHER_PHRASE })
    expect(second.headers['set-cookie']).toEqual(first.headers['set-cookie'])
    const session = /__Host-session_id=([^;]+)/.exec(first.headers['set-cookie']?.join() ?? '')?.[1] ?? ''
    cookies.set('__Host-session_id', session)
    for (const answer of await twice('/account/delete', { confirm: 'yes' })) {
      expect(locationOf(answer)).toEqual([303, '/account/deleted'])
      expect(answer.headers['clear-site-data']).toBe('"cache", "storage"')
    }
    await service.auth.background.send()
    const subjects = (await service.smtp.waitFor(3, email)).map(({ subject }) => subject)
    expect([subjects.length, new Set(subjects).size]).toEqual([3, 3]) // to verify, of the password, of the deletion
  })

  test('no other site posts these forms [ASVS 3.5.1]', async () => {
    const email = await somebody()
    const [visitor, other] = [await signIn(email), await signIn(email)]
    for (const [path, form] of Object.entries(POSTS)) {
      for (const headers of FOREIGN) {
        const forged = await visitor.send('POST', path, { form, headers })
        expect([path, forged.status, forged.headers['set-cookie']]).toEqual([path, 403, undefined])
      }
    }
    expect([await isIn(visitor), await isIn(other)]).toEqual([true, true])
    await signIn(email)
    const headers = { 'sec-fetch-site': 'same-origin', origin: URL_OF_SERVICE }
    const own = await visitor.send('POST', '/account/sessions', { form: { others: 'yes' }, headers })
    expect([own.status, await isIn(other)]).toEqual([303, false])
  })

  test('pages take forms alone, by POST alone, each field once', async () => {
    const visitor = await signIn(await somebody())
    for (const [path, form] of Object.entries(POSTS)) {
      expect([path, (await visitor.send('POST', path, { json: form })).status]).toEqual([path, 415])
      for (const method of ['PUT', 'DELETE', 'PATCH'])
        expect([path, method, (await visitor.send(method, path)).status]).toEqual([path, method, 405])
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      expect((await visitor.send('POST', path, { body: 'a=1&a=2', headers })).status).toBe(400)
      await visitor.send('GET', `${path}?_method=POST&${new URLSearchParams(form).toString()}`)
    }
    expect(await isIn(visitor)).toBe(true)
  })
})
