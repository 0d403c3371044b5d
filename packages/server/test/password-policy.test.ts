/** Which passwords hardened takes: long ones of any kind, unless common, made of the words around them, or breached. */
import { expect, test } from 'vitest'
import { PasswordPolicy } from '../src/auth/password-policy.ts'
import type { BreachList } from '../src/breaches.ts'
import { AuthError } from '../src/errors.ts'
import { settingsOf } from '../src/settings-list.ts'
import type { Settings } from '../src/settings.ts'

const EMAIL = 'anna.mueller85+news@post.example-gmbh.de'
const GOOD = 'turnip lantern overgrown 🦊'

/** The policy of hardened, at a host and with words of an organisation. */
function policy(passwords: Partial<Settings['passwords']> = {}, breaches: BreachList | null = null): PasswordPolicy {
  const { service, passwords: preset } = settingsOf('hardened')
  return new PasswordPolicy(
    {
      service: { ...service, url: 'https://konto.waldläufer.example/auth' },
      passwords: { ...preset, contextWords: ['Acme Rockets', 'X-15'], ...passwords },
    },
    breaches,
  )
}

/** The code of the refusal, or null. */
function codeOf(password: string, passwords: Partial<Settings['passwords']> = {}): string | null {
  return policy(passwords).refusalOf(password, 'password', EMAIL)?.code ?? null
}

test.each([
  ['the product with a year and signs', 'bienvenue2026!!'],
  ['the product in another case, with signs for letters', 'B1€NVENUE-81env3nue'.replace('€', '3')],
  ['the product, doubled', 'BienvenueBienvenue'],
  ['the product, cut in the middle of the second time', 'bienvenuebienven'],
  ['the product, backwards', '!!!eunevneib!!!2026'],
  ['the product, spaced by digits', 'bienvenue 2025 bienvenue 2026'],
  ['the product and a common word', 'bienvenue-password'],
  ['a common word and the product', 'Sunshine.Bienvenue1'],
  ['the host', 'konto.waldläufer.example'],
  ['a label of the host', 'Waldlaufer123456'],
  ['two labels of the host', 'waldläufer_konto_1'],
  ['the organisation', 'AcmeRockets2026!'],
  ['a part of its name', '$$$R0ck3ts$$$2026'],
  ['a word with a digit in it', 'x15x15x15x15x15'],
  ['the organisation and the product', 'acme+bienvenue=2026'],
  ['the email', EMAIL],
  ['the local part', 'annamueller85anna'],
  ['a part of the local part', '1985-Mueller-1985-'],
  ['the local part without its digits', 'mueller!!!!!!!!!!!'],
  ['the tag', 'newsnewsnewsnews!'],
  ['a label of the domain', 'Example-GmbH 2026'],
])('refused for its words: %s [ASVS 6.2.11]', (_kind, password) => {
  expect(codeOf(password)).toBe('passwords.contextual')
})

test.each([
  ['the product among other words', 'my-favourite-bienvenue-mat-is-red'],
  ['the product first', 'bienvenue turnip lantern'],
  ['the product last', 'turnip lantern bienvenue'],
  ['the local part among other words', 'anna turnip lantern mueller overgrown'],
  ['a word that holds one of them', 'reacmement-turnip-lantern'],
  ['digits and letters that are none of them', 'n7vq2-bienv-8xk1p'],
])('taken: %s [ASVS 6.2.11]', (_kind, password) => {
  expect(codeOf(password)).toBeNull()
})

test('the words of one person are not those of another, and an unknown person has none', () => {
  const password = 'Mueller-1985-Mueller'
  expect(policy().refusalOf(password, 'password', EMAIL)?.code).toBe('passwords.contextual')
  expect(policy().refusalOf(password, 'password', 'bob@example.org')?.code).not.toBe('passwords.contextual')
  expect(policy().refusalOf('lantern-overgrown-1985', 'password', null)).toBeNull()
})

test('a password has 15 characters at the least, counted as people count: an emoji is one, spaces count [ASVS 6.2.1]', () => {
  expect(codeOf('kqjvmwhzrtpbnd')).toBe('passwords.too_short')
  expect(codeOf('kqjvmwhzrtpbndx')).toBeNull()
  expect(codeOf('🦊🐢🌵🎲🧭🪁🫖🧵🪜🧲🪴🥁🎻🪗')).toBe('passwords.too_short')
  expect(codeOf('🦊🐢🌵🎲🧭🪁🫖🧵🪜🧲🪴🥁🎻🪗🛶')).toBeNull()
  expect(codeOf('  kqj vmw hzr  ')).toBeNull()
})

test.each([
  ['lower case only', 'turnip lantern overgrown'],
  ['digits only', '839201746583920'],
  ['signs only', '~#{}^;:,<>%&*=?/'],
  ['spaces at the ends', '   turnip lantern overgrown   '],
  ['letters of any script', '黄色的茶壶在想着遥远的大海和群山'],
  ['a NUL and control characters', 'turnip\0lantern\u0001\u007fover\n\t'],
])('any characters do, without a rule on kinds: %s [ASVS 6.2.5]', (_kind, password) => {
  expect(codeOf(password)).toBeNull()
})

test('64 characters, and 1,024 bytes, are fine, and one byte more is not cut but refused [ASVS 6.2.9] [ASVS 6.2.8]', () => {
  const long = Array.from({ length: 256 }, (_, at) => String.fromCodePoint(0x1f300 + at)).join('')
  expect(Buffer.byteLength(long)).toBe(1024)
  expect(codeOf(long.slice(0, 128))).toBeNull()
  expect(codeOf(long)).toBeNull()
  expect(codeOf(`${long}x`)).toBe('passwords.too_long')
})

test('under bcrypt 72 bytes are the most and NUL is refused, and half a surrogate pair is refused always [ASVS 6.2.8]', () => {
  const bcrypt = { hash: 'bcrypt' } as const
  const most = 'turnip lantern overgrown '.repeat(3).slice(0, 72)
  expect(codeOf(most, bcrypt)).toBeNull()
  expect(codeOf(`${most}x`, bcrypt)).toBe('passwords.too_long')
  expect(codeOf(`${most}x`)).toBeNull()
  expect(codeOf('turnip lantern\0overgrown', bcrypt)).toBe('passwords.unusable')
  expect(codeOf('turnip lantern \ud83e overgrown')).toBe('passwords.unusable')
})

test('common passwords are refused where the settings say so, and only there [ASVS 6.2.4]', () => {
  expect(codeOf('Password1234567!')).toBe('passwords.common')
  expect(codeOf('Password1234567!', { refuseCommon: false })).toBeNull()
  expect(codeOf('princess', { minimumLength: 8 })).toBe('passwords.common')
})

test('each refusal names the field and says in a sentence why, and what would do', async () => {
  const breached: BreachList = { contains: async () => true }
  const cases = [
    ['Password1234567!', 'passwords.common'],
    ['bienvenue2026!!', 'passwords.contextual'],
    [GOOD, 'passwords.breached'],
  ] as const
  for (const [password, code] of cases) {
    const refusal: unknown = await policy({}, breached)
      .check(password, 'new_password', EMAIL)
      .catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(AuthError)
    expect(refusal).toMatchObject({
      code,
      field: 'new_password',
      message: expect.stringMatching(/^The password must not be .+\. Three or four words .+ do\.$/),
    })
    expect(String(refusal)).not.toContain(password)
  }
})

test('breaches are asked about last, with the password as typed; what they cannot tell does not keep anyone out [ASVS 6.2.12]', async () => {
  const asked: string[] = []
  const answers = [false, null]
  const breaches: BreachList = {
    contains: async (password) => {
      asked.push(password)
      return answers.shift() ?? null
    },
  }
  const guarded = policy({}, breaches)
  await expect(guarded.check('Password1234567!', 'password', EMAIL)).rejects.toThrow(AuthError)
  expect(asked).toEqual([])
  await guarded.check(` ${GOOD} `, 'password', EMAIL)
  await guarded.check(GOOD, 'password', null)
  expect(asked).toEqual([` ${GOOD} `, GOOD])
})

test('judging takes next to no time, whatever the password: nobody can stop the service with one', () => {
  const judged = policy({ contextWords: Array.from({ length: 10 }, (_, at) => 'a'.repeat(11 + at)) })
  const worst = [
    'a'.repeat(1024),
    `${'a'.repeat(1023)}b`,
    'a'.repeat(20).padEnd(1024, 'turnip lantern'),
    `${'a'.repeat(20)}${Array.from({ length: 1004 }, (_, at) => String.fromCharCode(98 + ((at * at * 7 + at) % 23))).join('')}`,
    `x${'1'.repeat(1022)}x`,
    'aab'.repeat(341),
    '12345 '.repeat(170),
    'ﷺ'.repeat(341), // each becomes 18 letters
    '🦊'.repeat(256),
    Array.from({ length: 1024 }, (_, at) => String.fromCharCode(33 + ((at * at * 7 + at) % 94))).join(''),
  ]
  const email = `${[3, 4, 5, 6, 7, 8, 9, 10].map((length) => 'a'.repeat(length)).join('.')}@example.com`
  for (const password of worst) {
    judged.refusalOf(password, 'password', email)
    const milliseconds = Array.from({ length: 20 }, () => {
      const start = performance.now()
      judged.refusalOf(password, 'password', email)
      return performance.now() - start
    })
    expect(Math.min(...milliseconds)).toBeLessThan(3) // under 1 on a quiet machine; an estimator takes hundreds
  }
})
