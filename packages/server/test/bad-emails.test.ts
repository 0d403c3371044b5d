/** Emails: one canonical form for all ways to write one, look-alikes refused or somebody else, shown as given at registration. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canonicalEmail } from '../src/email.ts'
import { databases } from './support/databases.ts'
import { startTestService } from './support/service.ts'
import type { TestService } from './support/service.ts'

const LONG = 'x'.repeat(61)

/** Kind of text, text. */
const NO_EMAILS: readonly (readonly [string, string])[] = [
  ['empty', ''],
  ['only spaces', '   '],
  ['no sign @', 'bob.example.com'],
  ['two signs @', 'bob@evil.test@example.com'],
  ['no local part', '@example.com'],
  ['no domain', 'bob@'],
  ['a list', 'bob@example.com,eve@example.com'],
  ['a list by semicolon', 'bob@example.com;eve@example.com'],
  ['a name before it', 'Bob <bob@example.com>'],
  ['angle brackets', '<bob@example.com>'],
  ['quotes', '"bob"@example.com'],
  ['quotes that parsers read differently', '"evil@a.test x"@example.com'],
  ['a comment', 'bob(comment)@example.com'],
  ['a group', 'group:bob@example.com;'],
  ['an address literal', 'bob@[127.0.0.1]'],
  ['an address as the domain', 'bob@127.0.0.1'],
  ['an address in other digits', 'bob@0x7f000001'],
  ['a space inside', 'bo b@example.com'],
  ['a line end inside, as of a mail header', 'bob@example.com\r\nBcc: eve@example.com'],
  ['a line end after it', 'bob@example.com\n'],
  ['NUL', 'bob@example.com\0'],
  ['NUL before the sign @', 'bob\0@example.com'],
  ['a control sign', 'bo\u0007b@example.com'],
  ['an escape sign', 'bo\u001b[2Jb@example.com'],
  ['NBSP around it', '\u00a0bob@example.com'],
  ['a byte order mark before it', '\ufeffbob@example.com'],
  ['a zero-width space', 'bo\u200bb@example.com'],
  ['a direction sign', 'bo\u202eb@example.com'],
  ['a direction sign in the domain', 'bob@exam\u202eple.com'],
  ['a soft hyphen in the domain, which nobody sees', 'bob@exam\u00adple.com'],
  ['a zero-width space in the domain', 'bob@exam\u200bple.com'],
  ['KELVIN SIGN, a look-alike of k', '\u212abob@example.com'],
  ['LONG S, a look-alike of s', '\u017fbob@example.com'],
  ['a Cyrillic look-alike', 'b\u043eb@example.com'],
  ['a full-width sign @', 'bob\uff20example.com'],
  ['two dots in a row', 'bo..b@example.com'],
  ['a dot at the start', '.bob@example.com'],
  ['a dot at the end of the local part', 'bob.@example.com'],
  ['two dots in the domain', 'bob@example..com'],
  ['a dot at the end', 'bob@example.com.'],
  ['a hyphen before a label', 'bob@-example.com'],
  ['an underscore in the domain', 'bob@exa_mple.com'],
  ['a percent sign in the domain', 'bob@%65xample.com'],
  ['a path after the domain', 'bob@example.com/x'],
  ['a port after the domain', 'bob@example.com:25'],
  ['65 octets before the sign @', `${'x'.repeat(65)}@example.com`],
  ['a label of 64 octets', `bob@${'x'.repeat(64)}.com`],
  ['255 octets', `b${'x'.repeat(3)}@${LONG}.${LONG}.${LONG}.${LONG}.com`],
  [
    '254 signs that are more as A-labels',
    `bob@${'ü'.repeat(57)}.${'ü'.repeat(57)}.${'ü'.repeat(57)}.${'ü'.repeat(57)}.de`,
  ],
  ['300 signs that vanish in a domain', `bob@exam${'\u00ad'.repeat(300)}ple.com`],
  ['10,000 signs', `${'x'.repeat(10_000)}@example.com`],
]

describe.each(databases)('emails on $name', ({ fresh }) => {
  let service: TestService

  beforeAll(async () => {
    service = await startTestService(fresh())
    await service.send('POST', '/users', { json: { email: 'bob@example.com', password: 'p' } })
  })
  afterAll(async () => {
    await service.close()
  })

  test.each(NO_EMAILS)('%s is no email, in registering, logging in and resetting', async (_kind, email) => {
    const { length } = await service.auth.users.list(0, 100)
    const registered = await service.send('POST', '/users', { json: { email, password: 'p' } })
    expect(registered.json).toMatchObject({ status: 400, code: 'users.invalid_email', field: 'email' })
    const loggedIn = await service.send('POST', '/sessions', { json: { email, password: 'p' } })
    expect([loggedIn.status, loggedIn.headers['set-cookie']]).toEqual([401, undefined])
    const asked = await service.send('POST', '/reset_password', { json: { email } })
    expect(asked.json).toMatchObject({ status: 403, code: 'reset.unknown_email', field: 'email' })
    expect(await service.auth.users.list(0, 100)).toHaveLength(length)
  })

  test.each([
    ['Ann@Example.COM', ['ann@example.com', 'ANN@EXAMPLE.COM', ' ann@example.com\t']],
    ['Zoë@example.com'.replace('ë', 'e'), ['zoe@example.com']],
    [
      'me@Bücher.Example',
      [
        'me@bücher.example',
        'ME@BÜCHER.EXAMPLE',
        'me@xn--bcher-kva.example',
        'me@bu\u0308cher.example',
        'me@bücher\u3002example',
      ],
    ],
    ['kit@\u212aelvin.example', ['kit@kelvin.example', 'KIT@KELVIN.EXAMPLE']],
  ])(
    '%s is one person, however it is written, and is shown as given at registration [ASVS 1.5.3]',
    async (given, spellings) => {
      const registered = await service.send('POST', '/users', { json: { email: `\t${given} `, password: 'p' } })
      expect(registered.json).toEqual({ email: given, message: 'user created' })
      for (const email of [given, ...spellings]) {
        expect((await service.send('POST', '/users', { json: { email, password: 'q' } })).json).toEqual({
          message: 'email already registered',
        })
        expect((await service.send('POST', '/sessions', { json: { email, password: 'p' } })).json).toEqual({
          email: given,
          message: 'logged in',
        })
        expect((await service.send('POST', '/reset_password', { json: { email } })).json).toMatchObject({
          email: given,
        })
      }
    },
  )

  test('dots and tags make different people', async () => {
    for (const email of ['b.ob@example.com', 'bob+tag@example.com', 'bob@sub.example.com', 'bob@xn--exmple-cua.com']) {
      expect((await service.send('POST', '/users', { json: { email, password: email } })).status).toBe(200)
      expect(
        (await service.send('POST', '/sessions', { json: { email: 'bob@example.com', password: email } })).status,
      ).toBe(401)
    }
  })

  test('64 octets before the sign @ and 254 in all are fine, with every sign that may stand there', async () => {
    const longest = `${'x'.repeat(64)}@${LONG}.${LONG}.${LONG}.com`
    for (const email of [
      longest,
      "!#$%&'*+-/=?^_`{|}~@example.com",
      '=cmd@example.com',
      '__proto__@example.com',
      'constructor@localhost',
    ]) {
      expect((await service.send('POST', '/users', { form: { email, password: 'p' } })).json).toEqual({
        email,
        message: 'user created',
      })
      expect((await service.send('POST', '/sessions', { form: { email, password: 'p' } })).status).toBe(200)
    }
  })

  test('of eight that register one email at the same moment, each spelt differently, one wins', async () => {
    const spellings = Array.from({ length: 8 }, (_, at) =>
      Array.from('race', (sign, index) => ((at >> index) & 1 ? sign.toUpperCase() : sign)).join(''),
    )
    const answers = await Promise.all(
      spellings.map(async (name) =>
        service.send('POST', '/users', { json: { email: `${name}@example.com`, password: name } }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array<number>(7).fill(400)])
  })
})

test('a quarter of a million spaces inside an email are refused at once: one request must not hold up all others [ASVS 1.3.12]', () => {
  const start = performance.now()
  expect(canonicalEmail(`a${' '.repeat(250_000)}b@example.com`)).toBeNull()
  expect(performance.now() - start).toBeLessThan(500)
})
