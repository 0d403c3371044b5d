/** The command, run as people run it: what it prints, where, and with which exit code. */
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from './support/databases.ts'

const PROGRAM = join(import.meta.dirname, '../bin/bienvenue.js')
const folder = temporaryFolder()

interface Run {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the command to its end, in a folder of its own, with nothing of ours in the environment but what the test says. */
function run(
  args: readonly string[],
  { input = '', env = {} }: { input?: string; env?: Readonly<Record<string, string>> } = {},
): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    input,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    encoding: 'utf8',
    timeout: 20_000,
  })
  return { code: status, out: stdout, err: stderr }
}

describe('help', () => {
  test.each([
    [[]],
    [['serve']],
    [['settings']],
    [['migrate']],
    [['secret']],
    [['users']],
    [['users', 'list']],
    [['users', 'add']],
    [['users', 'delete']],
    [['users', 'logout']],
    [['secret', 'rotate']],
    [['inbox']],
    [['outbox']],
    [['doctor']],
    [['audit']],
    [['audit', 'verify']],
    [['db']],
    [['db', 'copy']],
    [['db', 'backup']],
    [['db', 'check']],
    [['db', 'restore']],
  ])('is there for %j, and the version too', (command) => {
    expect(run([...command, '--help'])).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('Usage: bienvenue') as string,
    })
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
      version: string
    }
    expect(run([...command, '--version'])).toEqual({ code: 0, err: '', out: `${version}\n` })
  })

  test.each([
    [['srve'], 'Did you mean serve?'],
    [['serve', '--prot', '1'], 'Did you mean --port?'],
    [['users', 'add'], '--email'],
    [['users', 'show'], 'who'],
    [['users', 'logout'], 'name somebody, or say --all'],
    [['users', 'logout', '1', '--all'], 'name somebody, or say --all'],
    [['secret', 'rotat'], 'too many arguments'],
    [['doctor'], 'url'],
    [['doctor', 'id.example.com'], 'doctor takes the address of the service'],
    [['doctor', 'https://u:p@id.example.com'], 'doctor takes the address of the service'],
    [['inbox', 'x'], 'inbox takes the number of a letter'],
    [['serve', '--downgrade', '--preset', 'hardened'], '--downgrade is for a start with classic'],
    [[], 'Usage'],
  ])('follows %j, which means nothing: exit 2', (args, hint) => {
    const { code, err, out } = run(args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(hint)
  })
})

describe('settings', () => {
  test('prints each value and where it comes from, with secrets masked', () => {
    writeFileSync(join(folder, 'settings.json'), '{"reset": {"minutes": 10}}')
    const env = {
      PORT: '5001',
      BIENVENUE_SECRET: 'this-is-a-secret-of-32-bytes-or-more',
      DATABASE_URL: 'postgres://bob:hunter2@db/x',
      BIENVENUE_SMTP_URL: 'smtp://u:hunter2@127.0.0.1',
    }
    const { code, out } = run(['settings', '--settings-file', 'settings.json', '--log-level', 'warn'], { env })
    expect(code).toBe(0)
    expect(out).toMatch(/^http\.port +5001 +environment PORT$/m)
    expect(out).toMatch(/^reset\.minutes +10 +file settings\.json$/m)
    expect(out).toMatch(/^log\.level +warn +flag --log-level$/m)
    expect(out).toMatch(/^sessions\.hours +12 +preset classic$/m)
    expect(out).toMatch(/^service\.secret +\(secret\) +environment BIENVENUE_SECRET$/m)
    expect(out).not.toMatch(/this-is-a-secret|hunter2/)
    const odd = run(['settings'], { env: { DATABASE_URL: 'postgres://u:hun@ter2@h/d?password=hunter2' } })
    expect(odd.out).toContain('postgres://(secret)@h/d?password=(secret)')
  })

  test('names what is weaker than hardened', () => {
    const env = { BIENVENUE_PRESET: 'hardened', BIENVENUE_SESSIONS_HOURS: '24' }
    const { out } = run(['settings'], { env })
    expect(out).toMatch(/^sessions\.hours +24 +environment BIENVENUE_SESSIONS_HOURS +weaker than 12$/m)
    expect(out.match(/weaker/g)).toHaveLength(1)
    const rows = JSON.parse(run(['settings', '--json'], { env }).out) as { name: string; weakerThan?: string }[]
    expect(rows.filter(({ weakerThan }) => weakerThan !== undefined)).toEqual([
      { name: 'sessions.hours', value: '24', from: 'environment BIENVENUE_SESSIONS_HOURS', weakerThan: '12' },
    ])
  })

  test('that are wrong stop every command in one line: exit 2', () => {
    for (const command of [['serve'], ['settings'], ['migrate'], ['users', 'list']]) {
      const { code, err, out } = run(command, { env: { BIENVENUE_PROT: '1' } })
      expect([code, out]).toEqual([2, ''])
      expect(err).toMatch(/^bienvenue: BIENVENUE_PROT: there is no such setting; did you mean [A-Z_]+\?[^\n]*\n$/)
    }
  })
})

describe('serve', () => {
  test('on a port that is taken says so in one line: exit 1', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const { code, err } = run(['serve', '--port', String(port), '--log-level', 'fatal'])
    other.close()
    expect(code).toBe(1)
    expect(err).toBe(
      `bienvenue: port ${String(port)} of 127.0.0.1 is taken by another program; choose another port with --port or PORT\n`,
    )
  })

  test.each([
    [['--database-url', 'sqlite:/nowhere/x.db'], {}, 1, 'its directory does not exist'],
    [['--database-url', 'sqlite:/proc/x.db'], {}, 1, 'or nothing can be made in it'],
    [['--database-url', `sqlite:${PROGRAM}`], {}, 1, 'the database is not a database'],
    [['--database-url', 'mysql://x'], {}, 2, ' --database-url: must be sqlite:PATH'],
    [[], { DATABASE_URL: 'mysql://x' }, 2, ' DATABASE_URL: must be sqlite:PATH'],
    [['--preset', 'hard'], {}, 2, ' --preset: must be one of classic, hardened, not "hard"'],
    [[], { BIENVENUE_PRESET: 'hard' }, 2, ' BIENVENUE_PRESET: must be one of classic, hardened, not "hard"'],
    [['--database-url', 'postgres://bob:hunter2@db/x'], {}, 2, 'would show in the process list'],
    [['--host', '0.0.0.0'], {}, 2, ' --host: 0.0.0.0 can be reached from elsewhere'],
    [['--host=0.0.0.0'], {}, 2, ' --host: 0.0.0.0 can be reached from elsewhere'],
    [[], { HOST: '0.0.0.0' }, 2, ' HOST: 0.0.0.0 can be reached from elsewhere'],
    [
      ['--host', '192.0.2.1'],
      { BIENVENUE_CLASSIC_ANYWHERE: 'yes' },
      2,
      ' --host: this machine has no address 192.0.2.1',
    ],
    [[], { NODE_ENV: 'production' }, 2, 'NODE_ENV: is production'],
    [[], { DATABASE_URL: 'postgres://bob:hunter2@db/x' }, 2, 'BIENVENUE_SECRET: is needed with PostgreSQL'],
    [
      [],
      { DATABASE_URL: 'postgres://bob:hunter2@db.example/x?sslmode=disable', BIENVENUE_SECRET: 'x'.repeat(32) },
      2,
      'DATABASE_URL: sslmode="disable" would let the network read',
    ],
    [
      [],
      { DATABASE_URL: 'postgres://bob:hunter2@127.0.0.1:1/x', BIENVENUE_SECRET: 'x'.repeat(32) },
      1,
      'the database cannot be reached: nothing listens there',
    ],
    [
      [],
      { BIENVENUE_TRUSTED_PROXIES: '10.0.0.0/33' },
      2,
      'BIENVENUE_TRUSTED_PROXIES: "10.0.0.0/33" is neither an address nor a network',
    ],
    [['--settings-file', 'nowhere.json'], {}, 2, 'nowhere.json cannot be read'],
  ])('%j with %j stops in one line: exit %i', (args, env, code, message) => {
    const result = run(['serve', '--port', '0', '--log-level', 'fatal', ...args], {
      env: env,
    })
    expect(result.code).toBe(code)
    expect(result.err).toContain(message)
    expect(result.err.trimEnd().split('\n')).toHaveLength(1)
    expect(result.err).not.toContain('hunter2')
  })
})

describe('where there is no database', () => {
  test.each([
    [['users', 'list']],
    [['users', 'add', '--email', 'bob@example.com']],
    [['users', 'logout', '--all', '--yes']],
    [['inbox']],
    [['outbox']],
    [['secret', 'rotate']],
    [['doctor', 'http://127.0.0.1:1']],
  ])('%j says so and makes none: exit 1', (args) => {
    const { code, out, err } = run([...args, '--database-url', 'sqlite:nowhere.db'], { input: 'MyPwdOfBob\n' })
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(`there is no database ${join(realpathSync(folder), 'nowhere.db')}`)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
    expect(readdirSync(folder).filter((name) => name.startsWith('nowhere'))).toEqual([])
  })
})

describe('users', () => {
  const database = ['--database-url', 'sqlite:users.db']
  beforeAll(() => {
    run(['migrate', ...database])
  })

  test('are added with a password from a pipe, listed, shown and deleted', () => {
    const added = run(['users', 'add', '--email', 'Bob@example.com', '--json', ...database], { input: 'MyPwdOfBob\n' })
    expect(added).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(added.out)).toMatchObject({ id: 1, email: 'Bob@example.com', emailVerified: false })
    expect(JSON.parse(added.out)).toMatchObject({ disabledAt: null, isAdmin: false, deleteAt: null })
    expect(run(['users', 'list', ...database]).out).toMatch(
      /^ +1 {2}\d{4}-\d\d-\d\d {2}unverified {2}Bob@example\.com\n$/,
    )
    expect(JSON.parse(run(['users', 'show', 'bob@EXAMPLE.com', '--json', ...database]).out)).toMatchObject({ id: 1 })
    expect(run(['users', 'show', '1', ...database]).out).toContain('Bob@example.com')
    expect(run(['users', 'delete', '1', ...database])).toMatchObject({
      code: 2,
      err: 'bienvenue: nobody is there to confirm; say --yes\n',
    })
    expect(run(['users', 'delete', '1', '--yes', ...database]).code).toBe(0)
    expect(run(['users', 'list', ...database])).toEqual({ code: 0, out: '', err: '' })
  })

  test('are disabled, enabled, made admins and logged out, and each line tells their state', () => {
    const act = (...args: readonly string[]): string => run(['users', ...args, ...database]).out.trim()
    run(['users', 'add', '--email', 'ann@example.com', ...database], { input: 'MyPwdOfAnn\n' })
    expect(act('admin', 'ann@example.com')).toMatch(/ann@example\.com {2}admin$/)
    expect(act('disable', 'ann@example.com')).toMatch(/ann@example\.com {2}admin, disabled$/)
    expect(act('list')).toMatch(/ann@example\.com {2}admin, disabled$/)
    expect(JSON.parse(act('show', 'ann@example.com', '--json'))).toMatchObject({
      isAdmin: true,
      disabledAt: expect.stringMatching(/^\d{4}-/) as string,
    })
    expect(run(['users', 'reset', 'ann@example.com', ...database])).toMatchObject({
      code: 1,
      err: 'bienvenue: ann@example.com is disabled and gets no letters; enable the account first\n',
    })
    expect(act('admin', 'ann@example.com', '--revoke')).toMatch(/ann@example\.com {2}disabled$/)
    expect(act('enable', 'ann@example.com')).toMatch(/ann@example\.com$/)
    expect(act('logout', 'ann@example.com')).toBe('sessions of ann@example.com that ended: 0')
    expect(run(['users', 'logout', '--all', ...database])).toMatchObject({ code: 2, out: '' })
    expect(JSON.parse(act('logout', '--all', '--yes', '--json'))).toEqual({ ended: 0 })
  })

  test('get a letter with which to choose a password, and the outbox tells of it without their address', () => {
    run(['users', 'add', '--email', 'cy@example.com', ...database], { input: 'MyPwdOfCy\n' })
    const { out } = run(['users', 'reset', 'cy@example.com', ...database])
    expect(out).toMatch(
      /^a letter with a link goes to cy@example\.com, unless one is on its way already; the running service sends it\n$/,
    )
    expect(run(['users', 'reset', 'cy@example.com', ...database]).code).toBe(0) // and no second letter
    const waiting = run(['outbox', ...database])
    expect(waiting).toMatchObject({ code: 0, err: '' })
    expect(waiting.out).toMatch(/^\S+Z {2}reset_password +person \d+ {2}0 tries {2}next \S+Z\n$/)
    expect(waiting.out).not.toContain('cy@')
    const { kind, tries, reason } = JSON.parse(run(['outbox', '--json', ...database]).out) as Record<string, unknown>
    expect([kind, tries, reason]).toEqual(['reset_password', 0, null])
  })

  test.each([
    [['users', 'disable', 'eve@example.com'], 1, 'nobody is registered as eve@example.com'],
    [['users', 'reset', '999999999999999999999'], 1, 'nobody is registered as 999999999999999999999'],
    [['users', 'show', '\u001b]0;x\u0007\u202e'], 1, 'nobody is registered as \\u001b]0;x\\u0007\\u202e'],
    [['users', 'show', 'eve@example.com'], 1, 'nobody is registered as eve@example.com'],
    [['users', 'add', '--email', 'no email'], 1, 'That is no email address that we can take.'],
    [['users', 'add', '--email', 'eve@example.com', '--password', 'x'], 2, "unknown option '--password'"],
  ])('%j is refused in one line: exit %i', (args, code, message) => {
    const result = run([...args, ...database], { input: 'x\n' })
    expect(result.code).toBe(code)
    expect(result.err).toContain(message)
  })

  test('are listed to a reader that stops reading, without a word', () => {
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', 'set -o pipefail; "$0" "$@" | true', process.execPath, PROGRAM, 'users', 'list', ...database],
      { cwd: folder, encoding: 'utf8' },
    )
    expect([status, stderr]).toEqual([0, ''])
  })

  test('are not added with a password that is not UTF-8', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [PROGRAM, 'users', 'add', '--email', 'eve@example.com', ...database],
      { cwd: folder, input: Buffer.from('p\xffw\n', 'latin1'), encoding: 'utf8' },
    )
    expect([status, stderr]).toEqual([2, 'bienvenue: the password on standard input is not UTF-8\n'])
  })

  test('without a password on the pipe nobody is added', () => {
    expect(run(['users', 'add', '--email', 'eve@example.com', ...database])).toMatchObject({
      code: 2,
      err: 'bienvenue: no password came on standard input\n',
    })
  })
})

test('migrate says what it ran, and then that there is nothing to do', () => {
  const database = ['--database-url', 'sqlite:migrate.db']
  expect(run(['migrate', ...database]).out).toMatch(/^ran 0001-users\nran 0002-passwords\n(?:ran \d{4}-[a-z-]+\n)+$/)
  expect(run(['migrate', ...database])).toEqual({ code: 0, out: 'nothing to do\n', err: '' })
  expect(statSync(join(folder, 'migrate.db')).mode & 0o777).toBe(0o600)
})

test('secret prints a fresh one each time, good enough for the service', () => {
  const [one, other] = [run(['secret']).out, run(['secret']).out]
  expect(one).toMatch(/^[A-Za-z0-9_-]{43}\n$/)
  expect(one).not.toBe(other)
  expect(run(['migrate', '--database-url', 'sqlite:s.db'], { env: { BIENVENUE_SECRET: one.trim() } }).code).toBe(0)
})
