/** The address of PostgreSQL: what it may say, what is refused, and that TLS is spoken and verified wherever the network could listen. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { DB } from '../src/db/db.ts'
import { parsePostgresUrl } from '../src/db/dialects/postgres-url.ts'
import { tlsFor } from '../src/db/dialects/postgres-tls.ts'
import { openEngine } from '../src/db/open.ts'
import { DatabaseUnavailable, SettingsError } from '../src/errors.ts'
import { SECRET } from './support/databases.ts'
import { PostgresServer } from './support/postgres-server.ts'

const PEM = join(import.meta.dirname, 'support/mail')
const PASSWORD = 'p@ss:w/rd?'
const secrets = [SECRET]

describe('an address of PostgreSQL', () => {
  test.each([
    ['postgres://bob@db.example/auth', [{ host: 'db.example', port: 5432 }], false],
    ['postgresql://bob:pw@db.example:6543/auth?sslmode=require', [{ host: 'db.example', port: 6543 }], false],
    ['postgres://[::1]:5433/auth', [{ host: '::1', port: 5433 }], false],
    ['postgres:///auth?host=/var/run/postgresql&port=5433', [{ host: '/var/run/postgresql', port: 5433 }], false],
    ['postgres://bob@localhost/auth?host=/cloudsql/a:b:c', [{ host: '/cloudsql/a:b:c', port: 5432 }], false],
    ['postgres://bob@localhost:1/auth?host=%2Frun%2Fpg&port=5433', [{ host: '/run/pg', port: 5433 }], false],
    ['postgres://db.example:5433/auth?host=::1', [{ host: '::1', port: 5433 }], false],
    ['postgres://db.example:1/auth?port=5433', [{ host: 'db.example', port: 5433 }], false],
    [
      'postgres:///auth?host=one,two&port=5433,5434',
      [
        { host: 'one', port: 5433 },
        { host: 'two', port: 5434 },
      ],
      true,
    ],
    ['postgres://%2Frun%2Fpg/auth', [{ host: '/run/pg', port: 5432 }], false],
    [
      'postgres://one,two:5433/auth',
      [
        { host: 'one', port: 5432 },
        { host: 'two', port: 5433 },
      ],
      true,
    ],
    [
      'postgres://one,two/auth?target_session_attrs=any',
      [
        { host: 'one', port: 5432 },
        { host: 'two', port: 5432 },
      ],
      false,
    ],
    ['postgres://one/auth?target_session_attrs=read-write', [{ host: 'one', port: 5432 }], true],
  ])('%s is understood', (url, hosts, mustWrite) => {
    expect(parsePostgresUrl(url)).toMatchObject({ hosts, mustWrite, database: 'auth' })
  })

  test('holds names and passwords with signs in them', () => {
    const url = `postgres://b%40b:${encodeURIComponent(PASSWORD)}@db.example/my%20base`
    expect(parsePostgresUrl(url)).toMatchObject({ user: 'b@b', password: PASSWORD, database: 'my base' })
  })

  test.each([
    'postgres:/db',
    'postgres://bob:hunter2@db:0/x',
    'postgres://bob:hunter2@db:99999/x',
    'postgres://bob:hun/ter2@db/x',
    'postgres://bob:hunter2%@db/x',
    'postgres://bob:hunter2@db/x#y',
    'postgres://bob:hunter2@/x?host=',
    'postgres://bob:hunter2@one,two/x?port=1,2,3',
    'postgres://bob:hunter2@one:1,two:2/x?host=three',
    'postgres://bob:hunter2@db/x?port=0',
    'postgres://bob:hunter2@db/x?password=hunter2',
    'postgres://bob:hunter2@db/x?target_session_attrs=standby',
  ])('%s is refused, and not repeated', (url) => {
    const refusal = (): unknown => parsePostgresUrl(url)
    expect(refusal).toThrow(SettingsError)
    expect(refusal).toThrow(/^DATABASE_URL: (?!.*(?:hunter2|ter2))/)
  })
})

describe('TLS to PostgreSQL [ASVS 12.3.1]', () => {
  const parameters = (mode?: string): ReadonlyMap<string, string> =>
    new Map(mode === undefined ? [] : [['sslmode', mode]])

  test('is spoken with every host that is not this machine, whatever the address says', () => {
    for (const mode of [undefined, 'require', 'verify-full'])
      expect(tlsFor('db.example', parameters(mode))).toMatchObject({ rejectUnauthorized: true })
    for (const mode of ['disable', 'allow', 'prefer', 'no-verify'])
      expect(() => tlsFor('db.example', parameters(mode))).toThrow('would let the network read')
    expect(() => tlsFor('db.example', parameters('verify-ca'))).toThrow('needs an sslrootcert')
    expect(() => tlsFor('db.example', new Map([['sslrootcert', '/nowhere.pem']]))).toThrow(
      '/nowhere.pem, cannot be read',
    )
    for (const host of ['localhost', '127.0.0.1', '::1', '/run/postgresql'])
      expect(tlsFor(host, parameters())).toBe(false)
    expect(tlsFor('localhost', parameters('require'))).not.toBe(false)
  })
})

describe('a server with TLS and a password', () => {
  let here: PostgresServer
  let elsewhere: PostgresServer
  const ca = `sslrootcert=${encodeURIComponent(join(PEM, 'ca.pem'))}`
  const address = ({ port }: PostgresServer, query: string, password = PASSWORD): string =>
    `postgres://postgres:${encodeURIComponent(password)}@localhost:${String(port)}/postgres?${query}`

  beforeAll(async () => {
    const key = join(PEM, 'key.pem')
    const make = async (name: string): Promise<PostgresServer> =>
      PostgresServer.make({ password: PASSWORD, tls: { cert: join(PEM, `${name}.pem`), key } })
    ;[here, elsewhere] = await Promise.all([make('here'), make('elsewhere')])
  })
  afterAll(async () => Promise.all([here.remove(), elsewhere.remove()]))

  test('is used over TLS once its certificate is verified [ASVS 12.3.2]', async () => {
    const { engine } = await openEngine(address(here, `sslmode=verify-full&${ca}`), { secrets })
    const { rows } = await sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(engine.kysely)
    expect(rows).toEqual([{ ssl: true }])
    await engine.close()
  })

  test('gets no password before its certificate is verified [ASVS 12.3.2]', async () => {
    const refusal = async (server: PostgresServer, query: string): Promise<string> => {
      const error: unknown = await DB.open(address(server, query), { secrets }).catch((error: unknown) => error)
      expect(error).toBeInstanceOf(DatabaseUnavailable)
      return String(error)
    }
    expect(await refusal(here, 'sslmode=require')).toContain('vouches for its certificate')
    expect(await refusal(elsewhere, `sslmode=verify-full&${ca}`)).toContain('its certificate is for another name')
    const byAuthority = await DB.open(address(elsewhere, `sslmode=verify-ca&${ca}`), { secrets })
    await byAuthority.close()
  })

  test('is found by its socket, whatever host stands before the database', async () => {
    const login = `postgres:${encodeURIComponent(PASSWORD)}`
    const socket = `host=${here.folder}&port=${String(here.port)}`
    const { engine } = await openEngine(`postgres://${login}@localhost:1/postgres?${socket}`, { secrets })
    const { rows } = await sql`select inet_server_addr() as address`.execute(engine.kysely)
    expect(rows).toEqual([{ address: null }])
    await engine.close()
  })

  test('with a wrong password is refused in plain words, without the password', async () => {
    const error: unknown = await DB.open(address(here, '', 'hunter2'), { secrets }).catch((error: unknown) => error)
    expect(String(error)).toBe('DatabaseUnavailable: the database refuses our user or password')
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2')
  })
})
