/** Hardened: what it does not start without or with, line by line, and what it takes though it is weaker. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeSecret } from '../src/crypto/token.ts'
import { SettingsError } from '../src/errors.ts'
import { refuseHollow } from '../src/settings-hardened.ts'
import { allSettings, settingsOf } from '../src/settings-list.ts'
import { readSecrets } from '../src/settings-secrets.ts'
import { weakerIn } from '../src/settings-weaker.ts'
import type { Settings, SomeSettings } from '../src/settings.ts'
import { temporaryFolder } from './support/databases.ts'

const ROOT = join(import.meta.dirname, '../../..')
const folder = temporaryFolder()
const secret = makeSecret()
const service = { url: 'https://id.example.test', secret }
const mail = { smtpUrl: 'smtps://bob:hunter2@mail.example.test', from: 'Example <accounts@example.test>' }
const fine = { service, mail }

/** Hardened with all that it needs, and these changes. */
function hardened({ service: own = {}, mail: post = {}, ...rest }: SomeSettings = {}): Settings {
  return settingsOf('hardened', { ...rest, service: { ...service, ...own }, mail: { ...mail, ...post } })
}

/** The lines with which hardened refuses these settings. */
function refusals(settings: Settings): readonly string[] {
  try {
    refuseHollow(settings)
    return []
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split('\n')
    throw error
  }
}

test('hardened starts with an address, a secret, a mail server and a sender', () => {
  expect(refusals(hardened())).toEqual([])
})

describe('hardened refuses, in one line that says what to do,', () => {
  test.each<[string, SomeSettings, RegExp]>([
    ['no address', { service: { url: null } }, /^BIENVENUE_URL: is needed, such as https:\/\//],
    [
      'an address in the clear',
      { service: { url: 'http://id.example.test' } },
      /^BIENVENUE_URL: must begin with https/,
    ],
    [
      'an address in the clear on loopback',
      { service: { url: 'http://127.0.0.1:5000' } },
      /^BIENVENUE_URL: must begin/,
    ],
    ['an address with a password', { service: { url: 'https://u:hunter2@id.test' } }, /^BIENVENUE_URL: must be scheme/],
    ['an address with a query', { service: { url: 'https://id.test/?a=b' } }, /^BIENVENUE_URL: must be scheme, host/],
    ['no secret', { service: { secret: null } }, /^BIENVENUE_SECRET: is needed; `bienvenue secret` prints a fresh one/],
    ['a short secret', { service: { secret: 'hunter2' } }, /^BIENVENUE_SECRET: must hold 32 bytes at the least;/],
    ['a secret of one letter', { service: { secret: 'a'.repeat(64) } }, /^BIENVENUE_SECRET: repeats few letters/],
    ['a secret of few letters', { service: { secret: 'abcd'.repeat(16) } }, /^BIENVENUE_SECRET: repeats few letters/],
    [
      'a secret that is an example',
      { service: { secret: 'change-me-to-a-secret-of-32-bytes-or-more' } },
      /^BIENVENUE_SECRET: is the example of some text/,
    ],
    [
      'an older secret that is weak',
      { service: { secret: `${secret},${'a'.repeat(64)}` } },
      /^BIENVENUE_SECRET: repeats/,
    ],
    ['a comma without an older secret', { service: { secret: `${secret},` } }, /^BIENVENUE_SECRET: must hold 32 bytes/],
    [
      'a secret in two places',
      { service: { secretFile: '/x' } },
      /^BIENVENUE_SECRET: is set, and BIENVENUE_SECRET_FILE too/,
    ],
    [
      'a file of the secret that is not there',
      { service: { secret: null, secretFile: '/nowhere/s' } },
      /^BIENVENUE_SECRET_FILE: \/nowhere\/s cannot be read/,
    ],
    ['no mail server', { mail: { smtpUrl: null } }, /^BIENVENUE_SMTP_URL: is needed to send letters, such as smtps:/],
    ['no address of a mail server', { mail: { smtpUrl: 'mail hunter2' } }, /^BIENVENUE_SMTP_URL: is no address/],
    [
      'another kind of server',
      { mail: { smtpUrl: 'http://hunter2.test' } },
      /^BIENVENUE_SMTP_URL: must begin with smtp/,
    ],
    ['no authority where one is named', { mail: { caFile: '/nowhere/ca' } }, /^BIENVENUE_MAIL_CA_FILE: \/nowhere\/ca/],
    ['no sender', { mail: { from: null } }, /^BIENVENUE_MAIL_FROM: is needed to send letters, such as/],
    ['a sender that is none', { mail: { from: 'hunter2' } }, /^BIENVENUE_MAIL_FROM: must be an address/],
    ['a reset token in the response', { reset: { inResponse: true } }, /^BIENVENUE_RESET_IN_RESPONSE: is yes, and/],
    ['telling who is registered', { users: { tellExistence: true } }, /^BIENVENUE_USERS_TELL_EXISTENCE: is yes/],
    ['accounts that nobody verified', { users: { verifyFirst: false } }, /^BIENVENUE_USERS_VERIFY_FIRST: is no/],
    [
      'a cookie without its flags',
      { sessions: { secureCookie: false } },
      /^BIENVENUE_SESSIONS_SECURE_COOKIE: is no, and/,
    ],
    ['common passwords', { passwords: { refuseCommon: false } }, /^BIENVENUE_PASSWORDS_REFUSE_COMMON: is no/],
    [
      'short passwords',
      { passwords: { minimumLength: 14 } },
      /^BIENVENUE_PASSWORDS_MINIMUM_LENGTH: is 14, and hardened does not start below 15; leave it out, or raise it$/,
    ],
    [
      'refused logins that tell by their time',
      { login: { refusedAfterMilliseconds: 0 } },
      /^BIENVENUE_LOGIN_REFUSED_AFTER_MILLISECONDS: is 0, and hardened does not start below 1000/,
    ],
  ])('%s', (_, changes, line) => {
    expect(refusals(hardened(changes))).toEqual([expect.stringMatching(line)])
    expect(refusals(hardened(changes)).join()).not.toContain('hunter2')
  })

  test('every floor that is lowered, and no floor that is raised', () => {
    const floors = allSettings().filter(({ setting }) => setting.floor === true)
    expect(floors.map(({ path }) => path)).toEqual([
      'users.tellExistence',
      'users.verifyFirst',
      'passwords.minimumLength',
      'passwords.hashingLanes',
      'passwords.refuseCommon',
      'login.refusedAfterMilliseconds',
      'limits.on',
      'sessions.secureCookie',
      'reset.inResponse',
    ])
    for (const { path, env, setting } of floors) {
      const [room = '', name = ''] = path.split('.')
      const { hardened: own, classic } = setting
      expect(own).not.toBe(classic)
      expect(
        refusals(
          settingsOf('hardened', { ...fine, [room]: { ...settingsOf('hardened')[room as 'users'], [name]: classic } }),
        ),
      ).toEqual([expect.stringContaining(`${env}: is `)])
    }
    expect(refusals(hardened({ passwords: { minimumLength: 20 }, login: { refusedAfterMilliseconds: 2000 } }))).toEqual(
      [],
    )
  })

  test('all of it at once, one line each', () => {
    const lines = refusals(settingsOf('hardened', { reset: { inResponse: true }, passwords: { minimumLength: 1 } }))
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'BIENVENUE_PASSWORDS_MINIMUM_LENGTH',
      'BIENVENUE_RESET_IN_RESPONSE',
      'BIENVENUE_URL',
      'BIENVENUE_SECRET',
      'BIENVENUE_SMTP_URL',
      'BIENVENUE_MAIL_FROM',
    ])
  })

  test('nothing for what means nothing there, or is nobody’s danger', () => {
    expect(
      refusals(hardened({ http: { classicAnywhere: true, host: '0.0.0.0', trustedProxies: ['10.0.0.0/8'] } })),
    ).toEqual([])
    expect(refusals(hardened({ mail: { smtpUrl: 'smtp://127.0.0.1:25' } }))).toEqual([])
  })
})

describe('a secret', () => {
  test('is read from a file as well, with its line end, and several at a time', () => {
    const path = join(folder, 'secret')
    const old = makeSecret()
    writeFileSync(path, `${secret},${old}\n`)
    expect(readSecrets(hardened({ service: { secret: null, secretFile: path } }))).toEqual([secret, old])
  })

  test('as `bienvenue secret` prints it, or as 32 random bytes in hexadecimal, is never taken for a typed one', () => {
    for (let times = 0; times < 2000; times++) {
      const own = makeSecret()
      expect(readSecrets(hardened({ service: { secret: own } }))).toEqual([own])
      const hexadecimal = Buffer.from(own, 'base64url').toString('hex')
      expect(readSecrets(hardened({ service: { secret: hexadecimal } }))).toEqual([hexadecimal])
    }
  })

  test('that stands in the README, the docs or an example is refused', () => {
    const files = [
      'README.md',
      ...['docs', 'docs/deploy', 'examples', 'walkthrough'].flatMap((name) =>
        readdirSync(join(ROOT, name))
          .filter((file) => /\.(?:md|ts|sh|py|ya?ml|service|conf|env)$/.test(file))
          .map((file) => join(name, file)),
      ),
    ]
    const written = files.flatMap((file) =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(/BIENVENUE_SECRET[=:]\s*["']?([^\s"'`$(<]{32,})/g)].map(
        ([, text = '']) => text,
      ),
    )
    for (const text of written) expect(refusals(hardened({ service: { secret: text } }))).toHaveLength(1)
    expect(files.length).toBeGreaterThan(10)
  })
})

describe('weaker than hardened, and allowed,', () => {
  test.each<[SomeSettings, string, string, string]>([
    [{ sessions: { hours: 24 } }, 'sessions.hours', '24', '12'],
    [{ sessions: { freshMinutes: 60 } }, 'sessions.freshMinutes', '60', '15'],
    [{ passwords: { hash: 'bcrypt' } }, 'passwords.hash', 'bcrypt', 'argon2id'],
    [{ passwords: { argon2Passes: 2 } }, 'passwords.argon2Passes', '2', '3'],
    [{ passwords: { bcryptCost: 10 } }, 'passwords.bcryptCost', '10', '12'],
    [{ reset: { minutes: 60 } }, 'reset.minutes', '60', '30'],
    [{ login: { warnAfterTries: 0 } }, 'login.warnAfterTries', '0', '10'],
    [{ login: { warnAfterTries: 50 } }, 'login.warnAfterTries', '50', '10'],
    [{ devices: { known: false } }, 'devices.known', 'no', 'yes'],
    [{ email: { undoDays: 1 } }, 'email.undoDays', '1', '7'],
    [{ http: { allowedOrigins: ['https://app.test'] } }, 'http.allowedOrigins', 'https://app.test', '(none)'],
    [{ log: { level: 'error' } }, 'log.level', 'error', 'info'],
  ])('%j is listed', (changes, path, value, own) => {
    const settings = hardened(changes)
    expect(refusals(settings)).toEqual([])
    expect(weakerIn(settings)).toEqual([{ path, value, own }])
  })

  test('is nothing in hardened itself, nothing that is stronger, and nothing in classic, which is weak as a whole', () => {
    expect(weakerIn(hardened())).toEqual([])
    const stronger: SomeSettings = {
      sessions: { hours: 1 },
      passwords: { argon2Passes: 4, breachUrl: 'https://breaches.test/' },
      login: { warnAfterTries: 3 },
      log: { level: 'debug' },
    }
    expect(weakerIn(hardened(stronger))).toEqual([])
    expect(weakerIn(settingsOf('classic', { sessions: { hours: 24 } }))).toEqual([])
  })
})
