/** The address of PostgreSQL, as libpq and its providers write it, with several hosts if need be. */
import { SettingsError } from '../../errors.ts'

/** A server: a name, an address, or the folder of a unix socket. */
export interface Host {
  readonly host: string
  readonly port: number
}

/** What an address says. */
export interface PostgresAddress {
  readonly hosts: readonly Host[]
  readonly user: string | undefined
  readonly password: string | undefined
  readonly database: string | undefined
  /** Whether only a server that takes writes will do. */
  readonly mustWrite: boolean
  readonly parameters: ReadonlyMap<string, string>
}

const SHAPE =
  /^postgres(?:ql)?:\/\/(?:(?<login>[^/?#]*)@)?(?<hosts>[^/?#@]*)(?:\/(?<database>[^/?#]*))?(?:\?(?<query>[^#]*))?$/i
const ONE_HOST = /^(?:\[(?<six>[0-9a-fA-F:.]+)\]|(?<name>[^:[\]]*))(?::(?<port>\d{1,5}))?$/
const DEFAULT_PORT = 5432
const KNOWN: ReadonlySet<string> = new Set([
  'application_name',
  'channel_binding',
  'host',
  'port',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslrootcert',
  'target_session_attrs',
])

/**
 * Takes an address apart.
 * @throws {SettingsError} for one that means nothing, or asks for what we do not do. The address is not repeated: it holds a password.
 */
export function parsePostgresUrl(url: string): PostgresAddress {
  const { login, hosts = '', database = '', query = '' } = SHAPE.exec(url)?.groups ?? refuse('')
  const parameters = new Map(new URLSearchParams(query))
  const unknown = [...parameters.keys()].find((name) => !KNOWN.has(name))
  if (unknown !== undefined) refuse(`knows no parameter ${JSON.stringify(unknown)}`)
  const [user = '', ...password] = (login ?? '').split(':')
  const named = hostsFrom(hosts, parameters)
  return {
    hosts: named,
    user: user === '' ? undefined : decoded(user),
    password: password.length === 0 ? undefined : decoded(password.join(':')),
    database: database === '' ? undefined : decoded(database),
    mustWrite: mustWrite(parameters.get('target_session_attrs'), named),
    parameters,
  }
}

/** The hosts in their order. As in libpq, `host` and `port` of the query count for more than what stands before the database. */
function hostsFrom(text: string, parameters: ReadonlyMap<string, string>): readonly Host[] {
  const before = text === '' ? [] : text.split(',').map(oneHost)
  const names = parameters.get('host')?.split(',') ?? (text === '' ? ['localhost'] : before.map(({ name }) => name))
  const ports = parameters.get('port')?.split(',') ?? before.map(({ port }) => port)
  if (ports.length > 1 && ports.length !== names.length) refuse('names more ports than hosts, or fewer')
  const [first] = ports
  if (names.includes('')) refuse('')
  return names.map((host, index) => ({ host, port: portFrom((ports.length === 1 ? first : ports[index]) ?? '') }))
}

/** A host as it stands before the database, with its port where one is said. */
function oneHost(text: string): { readonly name: string; readonly port: string } {
  const { six, name = '', port = '' } = ONE_HOST.exec(text)?.groups ?? refuse('')
  return { name: six ?? decoded(name), port }
}

/** A port; the usual one where none is said. */
function portFrom(text: string): number {
  const port = Number(text === '' ? DEFAULT_PORT : text)
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : refuse('')
}

/** With several hosts one that takes writes is looked for, unless the address says otherwise. */
function mustWrite(attributes: string | undefined, { length }: readonly Host[]): boolean {
  if (attributes === undefined) return length > 1
  if (attributes === 'read-write' || attributes === 'primary') return true
  return attributes === 'any' ? false : refuse('has a target_session_attrs other than read-write, primary or any')
}

/** Text without its percent signs. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return refuse('')
  }
}

/** Refuses an address without a word of it. */
function refuse(why: string): never {
  const shape =
    'must be like postgres://USER:PASSWORD@HOST:5432/DATABASE; signs like @ : / ? in a password are written as %40 and so on'
  throw new SettingsError(`DATABASE_URL: ${why === '' ? shape : why}.`)
}
