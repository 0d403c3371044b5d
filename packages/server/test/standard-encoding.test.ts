/** Rows of the security standard about text that becomes something else: HTML, JSON, a header, a letter, a statement, a hash. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentsOf } from './support/contents.ts'
import { databases } from './support/databases.ts'
import { startHardened } from './support/hardened.ts'
import type { HardenedService } from './support/hardened.ts'
import { sessionOf } from './support/http.ts'
import { MAILED, settle } from './support/letters.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const EMAIL = "o'neil&amp@example.com"
const ESCAPED = /o(?:'|&#x27;|&#39;)neil&amp;amp@example\.com/
const PASSWORD = 'violet ladder hums at noon'
const AS_BROWSER = { accept: 'text/html' }

/** What would end a text, an element, an object or a line, if it were put into one as it is. */
const BREAKERS = [
  '"},"admin":true,"x":{"',
  '</script><script>alert(1)</script>',
  "'-alert(1)-'",
  '${alert(1)}`',
  '\\"\\u0022\\',
  '\u2028alert(1)\u2029',
  '<!--<script>',
]

describe.each(databases)('text on its way on $name', ({ fresh }) => {
  const database = fresh()
  let service: TestService
  let hardened: HardenedService
  let session = ''

  beforeAll(async () => {
    service = await startTestService(database, MAILED)
    hardened = await startHardened(fresh())
    await settle(service, EMAIL, PASSWORD)
    session = sessionOf(await service.send('POST', '/sessions', { form: { email: EMAIL, password: PASSWORD } })) ?? ''
  })
  afterAll(async () => {
    await service.close()
    await hardened.close()
  })

  test('is kept as it was given, and escaped at the output, once, for where it lands [ASVS 1.1.2]', async () => {
    const [stored] = (await contentsOf(database))['users'] as { email: string }[]
    expect(stored?.email).toBe(EMAIL)
    expect((await service.send('GET', '/profile', { session })).json).toEqual({ email: EMAIL })
    for (const path of ['/', '/account']) {
      const { text } = await service.send('GET', path, { session, headers: AS_BROWSER })
      expect(text).toMatch(ESCAPED)
      expect(text).not.toContain(EMAIL)
    }
    const { text: refused } = await service.send('POST', '/forgot', {
      form: { email: `${EMAIL}<` },
      headers: AS_BROWSER,
    })
    expect(refused).toMatch(/value="o'neil&amp;amp@example\.com(?:<|&lt;)"/) // in a value `<` is a sign like any other
    const [letter] = await service.auth.inbox()
    expect(letter?.to).toBe(EMAIL)
    expect(`${letter?.subject ?? ''}${letter?.text ?? ''}`).not.toMatch(/&amp;|&#/)
  })

  test('never ends the script or the JSON that it stands in: whatever it is, both say what they said before [ASVS 1.2.3]', async () => {
    const scripts = async (email: string) => {
      const { text } = await service.send('POST', '/login', { form: { email, password: 'x' }, headers: AS_BROWSER })
      return {
        text,
        found: text.match(/<script[^]*?<\/script>/gi)?.map((one) => one.replace(/nonce="[^"]+"/, '')) ?? [],
      }
    }
    const { found: usual } = await scripts('somebody@example.com')
    expect(usual).toEqual([expect.stringMatching(/^<script type="module" src="\/assets\/[\w-]+\.js" ><\/script>$/)])
    for (const breaker of BREAKERS) {
      const { text, found } = await scripts(breaker)
      expect(found).toEqual(usual)
      expect(text).toMatch(/alert|admin|u0022|!--/) // it is shown all the same
      const agent = `Mozilla/5.0 ${breaker.replace(/[\u2028\u2029]/g, '')}`
      const headers = { 'user-agent': agent, 'x-request-id': agent }
      const login = await service.send('POST', '/sessions', { form: { email: EMAIL, password: PASSWORD }, headers })
      for (const path of ['/profile', '/sessions', '/events', '/export', '/session']) {
        const { json, text: answer } = await service.send('GET', path, { session: sessionOf(login), headers })
        expect(JSON.stringify(json)).toBe(answer) // one object, in the shortest form, of our members alone
        expect(answer).not.toMatch(/"x":|alert|"admin":true/)
      }
      await service.send('POST', '/users', { json: { email: breaker, password: breaker } })
    }
    for (const line of service.logged) expect(() => JSON.parse(line) as unknown).not.toThrow()
    expect(service.logged.join('')).not.toContain('alert')
  })

  test('comes back out of JSON as it went in, whatever it means to a script [ASVS 1.2.3]', async () => {
    for (const name of ["'-alert-'", '${alert}', '{{alert}}', '`alert`', '{x}', "o'};alert".replace(';', '|')]) {
      const email = `${name}@example.com`
      const { status, json, text } = await hardened.send('POST', '/users', { json: { email, password: PASSWORD } })
      expect([status, json]).toEqual([200, { email, message: 'user created' }])
      expect(text).toBe(JSON.stringify({ email, message: 'user created' }))
    }
  })

  test('is bounded before anything costly is done with it: too long, and it is neither hashed nor looked up nor kept [ASVS 1.3.3]', async () => {
    const before = { ...(await contentsOf(database)), hashed: service.hasher.hashed, verified: service.hasher.verified }
    const long = 'x'.repeat(5000)
    const form = { email: EMAIL, password: long }
    expect((await service.send('POST', '/users', { form: { ...form, email: 'new@example.com' } })).status).toBe(400)
    for (const email of [
      `${'x'.repeat(65)}@example.com`,
      `x@${'a.'.repeat(130)}com`,
      'a\0b@example.com',
      'a\nb@example.com',
    ])
      expect((await service.send('POST', '/users', { form: { email, password: PASSWORD } })).status).toBe(400)
    const { hasher } = service
    expect({ ...(await contentsOf(database)), hashed: hasher.hashed, verified: hasher.verified }).toEqual(before)
  })

  test('of a stranger that is kept is cut, and holds no sign that does not belong there [ASVS 1.3.3]', async () => {
    const headers = { 'user-agent': `Mozilla/5.0 ${'x '.repeat(2000)}`, 'x-request-id': 'y'.repeat(3000) }
    await service.send('POST', '/sessions', { form: { email: 'x'.repeat(9000), password: 'x' }, headers })
    await service.send('POST', '/sessions', { form: { email: EMAIL, password: 'x' }, headers })
    for (const entry of (await contentsOf(database))['audit'] as Record<string, unknown>[])
      for (const value of Object.values(entry)) {
        expect(String(value).length).toBeLessThanOrEqual(300)
        expect(String(value)).toMatch(/^[^\p{Cc}]*$/u)
      }
    const devices = (await contentsOf(database))['sessions'] as { device: string; place: string }[]
    for (const { device, place } of devices) expect(`${device}${place}`).toMatch(/^[\w ./:]{1,80}$/)
  })

  test('names no file: the one that is handed out has a fixed name, in signs that need no encoding, and letters have none [ASVS 5.4.2]', async () => {
    const headers = { 'content-disposition': 'attachment; filename="evil.exe"', 'x-filename': 'evil.exe' }
    for (const query of ['', '?filename=evil.exe', '?download=%22%0d%0aX-A:%201']) {
      const answer = await service.send('GET', `/export${query}`, { session, headers })
      expect(answer.status).toBe(200)
      const given = String(answer.headers['content-disposition'])
      expect(given).toMatch(/^attachment; filename="[a-z-]+\.json"$/) // a quoted-string without anything to quote (RFC 6266)
      expect(answer.headers['x-a']).toBeUndefined()
    }
    const others = [
      await service.send('GET', '/sessions', { session }),
      await service.send('GET', '/events', { session }),
    ]
    for (const { headers: each } of others) expect(each['content-disposition']).toBeUndefined()
    await hardened.settle("file'name@example.com")
    expect(hardened.smtp.letters.length).toBeGreaterThan(0)
    for (const { mail, raw } of hardened.smtp.letters) {
      expect(mail.attachments).toEqual([])
      expect(raw).not.toMatch(/^content-disposition:|filename/im)
      expect(raw.match(/^content-type: [^;\r]+;/gim)).toHaveLength(3) // the letter, and its two texts
    }
  })
})
