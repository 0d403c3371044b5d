/** Settings: where values come from, what stops a start, and what must be named. */
import { describe, expect, test } from 'vitest'
import { SettingsError } from '../src/errors.ts'
import { openService } from '../src/service.ts'
import { readSettings } from '../src/settings-reader.ts'
import { allSettings, settingsOf } from '../src/settings-list.ts'
import { isLoopback, refuseUnsafe } from '../src/settings-safety.ts'
import { readSecrets } from '../src/settings-secrets.ts'
import { describe as describeType, shape } from '../src/settings-words.ts'
import type { Settings, SomeSettings } from '../src/settings.ts'

/** Where a setting got its value from. */
function from(sources: Parameters<typeof readSettings>[0], path: string): readonly [unknown, string] {
  const { chosen } = readSettings(sources)
  const { value, from: origin } = chosen.find((entry) => entry.path === path) ?? expect.fail(path)
  return [value, origin]
}

describe('a value', () => {
  const rooms = { from: 'file x.json', values: { http: { port: 3 } } }

  test('comes from the flag, else from the environment, else from the file, else from the preset', () => {
    const [flags, env] = [{ '--port': '1' }, { PORT: '2' }]
    expect(from({ flags, env, rooms }, 'http.port')).toEqual([1, 'flag --port'])
    expect(from({ env, rooms }, 'http.port')).toEqual([2, 'environment PORT'])
    expect(from({ rooms }, 'http.port')).toEqual([3, 'file x.json'])
    expect(from({}, 'http.port')).toEqual([5000, 'preset classic'])
  })

  test('is read as the type that the setting has', () => {
    const env = {
      BIENVENUE_HOSTS: 'a.example, b.example',
      BIENVENUE_CLASSIC_ANYWHERE: 'yes',
      BIENVENUE_RESET_MINUTES: '30',
      PORT: '',
    }
    const { settings } = readSettings({ env })
    expect(settings.http.hosts).toEqual(['a.example', 'b.example'])
    expect(settings.http.classicAnywhere).toBe(true)
    expect(settings.reset.minutes).toBe(30)
    expect(settings.http.port).toBe(5000)
  })

  test('that nobody gave is the preset’s, and the preset can be named in each place', () => {
    expect(readSettings({ env: { BIENVENUE_PRESET: 'hardened' } }).settings.passwords.hash).toBe('argon2id')
    expect(readSettings({ rooms: { from: 'x', values: { preset: 'hardened' } } }).settings.preset).toBe('hardened')
    expect(
      readSettings({ flags: { '--preset': 'classic' }, env: { BIENVENUE_PRESET: 'hardened' } }).settings.preset,
    ).toBe('classic')
  })
})

describe('a start is stopped, by name, by', () => {
  test.each<[string, Parameters<typeof readSettings>[0], string]>([
    [
      'a misspelt name',
      { env: { BIENVENUE_RESET_MINUTS: '5' } },
      'BIENVENUE_RESET_MINUTS: there is no such setting; did you mean BIENVENUE_RESET_MINUTES?',
    ],
    ['a misspelt preset name', { env: { BIENVENUE_PRESETS: 'hardened' } }, 'did you mean BIENVENUE_PRESET?'],
    [
      'a preset that does not exist',
      { env: { BIENVENUE_PRESET: 'Hardened' } },
      'BIENVENUE_PRESET: must be one of classic, hardened, not "Hardened"',
    ],
    ['a number out of bounds', { env: { PORT: '99999' } }, 'PORT: must be a whole number from 0 to 65535, not 99999'],
    ['a number that is none', { env: { PORT: '5e3' } }, 'PORT: must be a whole number from 0 to 65535, not "5e3"'],
    [
      'a yes that is none',
      { env: { BIENVENUE_CLASSIC_ANYWHERE: 'true' } },
      'BIENVENUE_CLASSIC_ANYWHERE: must be yes or no',
    ],
    [
      'an address that is none',
      { env: { BIENVENUE_URL: 'id.example.com' } },
      'BIENVENUE_URL: must be an http or https address',
    ],
    [
      'a colour by its name',
      { env: { BIENVENUE_BRAND_COLOR: 'red' } },
      'BIENVENUE_BRAND_COLOR: must be a colour as # and six hexadecimal digits, such as #3451b2, not "red"',
    ],
    [
      'a name that is too long',
      { env: { BIENVENUE_BRAND_NAME: 'n'.repeat(61) } },
      'BIENVENUE_BRAND_NAME: must be one line of 1 to 60 characters that can be seen, not "nn',
    ],
    [
      'a text that is too long',
      { env: { HOST: 'h'.repeat(4097) } },
      'HOST: must be text of 1 to 4096 characters, not "hh',
    ],
    ['an address with another scheme', { env: { BIENVENUE_URL: 'javascript:alert(1)' } }, 'BIENVENUE_URL: must be'],
    [
      'a cost too low',
      { flags: { '--passwords-bcrypt-cost': '4' } },
      '--passwords-bcrypt-cost: must be a whole number from 10 to 15, not 4',
    ],
    [
      'a misspelt name in a file',
      { rooms: { from: 'file x.json', values: { reset: { minuts: 5 } } } },
      'file x.json: reset.minuts: there is no such setting; did you mean reset.minutes?',
    ],
    [
      'a wrong type in a file',
      { rooms: { from: 'file x.json', values: { reset: { minutes: '5' } } } },
      'reset.minutes: must be a whole number from 5 to 1440, not "5"',
    ],
    [
      'a file that is no object',
      { rooms: { from: 'file x.json', values: { reset: 5 } } },
      'file x.json: must be an object of rooms',
    ],
  ])('%s', (_, sources, message) => {
    expect(() => readSettings(sources)).toThrow(SettingsError)
    expect(() => readSettings(sources)).toThrow(message)
  })

  test.each([
    ...['id.test:8443', 'https://id.test/', 'id.test/', '*.example.com', 'bücher.example', 'id test', '.test', 'a..b'],
    ...['[::1]:5000', '[::1', '[id.test]', '[10.0.0.7]', '10.0.0', '10.0.0.999', `${'a.'.repeat(127)}b`],
  ])('a name of a host that no Host could bear: %s', (name) => {
    const read = (): unknown => readSettings({ env: { BIENVENUE_HOSTS: `id.example.com,${name}` } })
    expect(read).toThrow(SettingsError)
    expect(read).toThrow(/^BIENVENUE_HOSTS: must be a list, .* bare host names or addresses .*: no scheme, port, path/)
  })

  test.each(['id.example.com', 'ID.lan', 'id.test.', 'my_app', 'xn--bcher-kva.example', '10.0.0.7', '::1', '[::1]'])(
    'nothing, where a name of a host is one: %s',
    (name) => {
      expect(readSettings({ env: { BIENVENUE_HOSTS: name } }).settings.http.hosts).toEqual([name])
    },
  )

  test.each<[string, SomeSettings, boolean, string]>([
    ['NODE_ENV=production', {}, true, 'NODE_ENV: is production'],
    ['a host beyond loopback', { http: { host: '0.0.0.0' } }, false, 'HOST: 0.0.0.0 can be reached from elsewhere'],
    ['an https address', { service: { url: 'https://id.example.com' } }, false, 'BIENVENUE_URL: is an https address'],
    [
      'a public address',
      { service: { url: 'http://id.example.com' } },
      false,
      'BIENVENUE_URL: is no address of this machine alone',
    ],
    [
      'an SMTP server elsewhere',
      { mail: { smtpUrl: 'smtp://bob:hunter2@mail.example.com' } },
      false,
      'BIENVENUE_SMTP_URL: is no server on this machine',
    ],
  ])('%s, for classic must not get lost on the net', (_, changes, production, message) => {
    const settings = settingsOf('classic', changes)
    expect(() => refuseUnsafe(settings, production)).toThrow(SettingsError)
    expect(() => refuseUnsafe(settings, production)).toThrow(message)
    expect(() => refuseUnsafe(settings, production)).not.toThrow('hunter2')
  })

  test('that, also where the service is opened by a program', async () => {
    const settings = { http: { host: '0.0.0.0', port: 0 } }
    const opened = openService({ database: 'sqlite::memory:', settings }).then(
      async ({ close }) => close(),
      (error: unknown) => error,
    )
    expect(await opened).toMatchObject({ name: 'SettingsError', message: expect.stringMatching(/^HOST: 0/) as string })
  })

  test('nothing, where classic stays on loopback, or was told to leave it in so many words', () => {
    const fine: readonly SomeSettings[] = [
      {},
      { http: { host: '::1' } },
      { service: { url: 'http://localhost:5000/auth' } },
      { mail: { smtpUrl: 'smtp://127.0.0.1:25' } },
      { http: { host: '0.0.0.0', classicAnywhere: true } },
    ]
    for (const changes of fine) expect(() => refuseUnsafe(settingsOf('classic', changes), false)).not.toThrow()
  })
})

describe('the secret', () => {
  const service = (changes: Partial<Settings['service']>): Settings => settingsOf('classic', { service: changes })

  test('may be several, newest first, while one replaces the other', () => {
    expect(readSecrets(service({}))).toEqual([])
    expect(readSecrets(service({ secret: `${'n'.repeat(32)},${'o'.repeat(40)}` }))).toEqual([
      'n'.repeat(32),
      'o'.repeat(40),
    ])
  })

  test.each([
    ['too short', { secret: 'short' }, 'BIENVENUE_SECRET: must hold 32 bytes'],
    ['partly too short', { secret: `${'n'.repeat(32)},old` }, 'BIENVENUE_SECRET: must hold 32 bytes'],
    ['given twice', { secret: 'n'.repeat(32), secretFile: '/x' }, 'keep one of them'],
    [
      'in a file that is not there',
      { secretFile: '/nowhere/secret' },
      'BIENVENUE_SECRET_FILE: /nowhere/secret cannot be read',
    ],
  ])('that is %s is refused, and not repeated', (_, changes, message) => {
    expect(() => readSecrets(service(changes))).toThrow(message)
    expect(() => readSecrets(service(changes))).not.toThrow('nnnn')
  })

  test('is needed in hardened: exit 2 without one', () => {
    expect(() => readSecrets(settingsOf('hardened'))).toThrow('BIENVENUE_SECRET: is needed')
  })

  test('has no flag, because flags show in the process list [ASVS 13.3.1]', () => {
    const secrets = allSettings().filter(({ setting }) => setting.secret === true)
    expect(secrets.map(({ env }) => env)).toEqual(['BIENVENUE_SECRET', 'BIENVENUE_SMTP_URL'])
    expect(secrets.every(({ flag }) => flag === null)).toBe(true)
  })
})

test('the names and numbers that the contract fixes are these', () => {
  const names = allSettings().map(({ env }) => env)
  for (const name of [
    'HOST',
    'PORT',
    'DATABASE_URL',
    'BIENVENUE_URL',
    'BIENVENUE_SECRET',
    'BIENVENUE_SECRET_FILE',
    'BIENVENUE_SMTP_URL',
    'BIENVENUE_MAIL_FROM',
    'BIENVENUE_TRUSTED_PROXIES',
    'BIENVENUE_HOSTS',
    'BIENVENUE_CLASSIC_ANYWHERE',
  ]) {
    expect(names).toContain(name)
  }
  expect(new Set(names).size).toBe(names.length)
  const { http, sessions, reset, database, passwords } = settingsOf('classic')
  expect([http.host, http.port, database.url]).toEqual(['127.0.0.1', 5000, 'sqlite:bienvenue.db'])
  expect([
    sessions.hours,
    sessions.idleMinutes,
    sessions.rememberedDays,
    sessions.rememberedIdleDays,
    sessions.noteUseMinutes,
  ]).toEqual([12, 60, 30, 7, 5])
  expect([reset.minutes, settingsOf('hardened').reset.minutes, passwords.bcryptCost, passwords.minimumLength]).toEqual([
    60, 30, 12, 1,
  ])
})

test.each(['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]'])('%s is loopback', (host) => {
  expect(isLoopback(host)).toBe(true)
})

test.each(['0.0.0.0', '10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com', '::', '1.127.0.0', ''])(
  '%j is not loopback',
  (host) => {
    expect(isLoopback(host)).toBe(false)
  },
)

test('what a setting must look like is said in words, and not only that it is text', () => {
  for (const { path, setting } of allSettings()) {
    expect([path, describeType(setting.schema)]).not.toEqual([path, 'text'])
    if ('pattern' in shape(setting.schema))
      expect([path, shape(setting.schema).description]).not.toEqual([path, undefined])
  }
})
