/** Keycloak's passwords: a secret and how it was made, each JSON within JSON, become one text in the PHC form. */
import { instantFrom, textFrom } from './fields.ts'
import type { Fields } from './left-behind.ts'
import { fieldsFrom } from './objects.ts'

const PBKDF2: ReadonlyMap<string | null, string> = new Map([
  ['pbkdf2', 'pbkdf2-sha1'],
  ['pbkdf2-sha256', 'pbkdf2-sha256'],
  ['pbkdf2-sha512', 'pbkdf2-sha512'],
])
const ARGON2_VERSIONS: ReadonlyMap<string | null, string> = new Map([
  ['1.0', '16'],
  ['1.3', '19'],
])

/** A password as a record has it. */
interface Password {
  readonly hash: string | null
  readonly passwordSetAt: Date | null
}

/** The newest password among somebody's credentials. @throws {BadRow} for one that cannot be read. */
export function passwordOf(credentials: readonly Fields[]): Password {
  const passwords = credentials
    .filter(({ type }) => type === 'password')
    .map((each) => ({ each, setAt: instantFrom('createdDate', each['createdDate'], 'ms') }))
    .sort((one, other) => (other.setAt?.getTime() ?? 0) - (one.setAt?.getTime() ?? 0))
  const [newest] = passwords
  return newest === undefined
    ? { hash: null, passwordSetAt: null }
    : { hash: hashOf(newest.each), passwordSetAt: newest.setAt }
}

/** The hash of a credential as text. What cannot be read, or is of an extension's algorithm, is a text that no reader of hashes takes. */
function hashOf(credential: Fields): string {
  const secret = jsonFrom(credential['secretData'])
  const data = jsonFrom(credential['credentialData'])
  const algorithm = textFrom('algorithm', data['algorithm'])
  const value = textFrom('value', secret['value']) ?? ''
  const rounds = textFrom('hashIterations', data['hashIterations']) ?? ''
  const end = `${unpadded(textFrom('salt', secret['salt']) ?? '')}$${unpadded(value)}`
  const digest = PBKDF2.get(algorithm)
  if (digest !== undefined) return `$${digest}$i=${rounds}$${end}`
  if (algorithm === 'argon2') return `${argon2From(data, rounds)}$${end}`
  return value.startsWith('$2') ? value : `$${algorithm ?? 'unknown'}$${end}` // bcrypt writes all of it into its value
}

/** What the text of an Argon2 hash begins with. */
function argon2From(data: Fields, passes: string): string {
  const parameters = fieldsFrom(data['additionalParameters']) ?? {}
  const [type, version, memory, lanes] = ['type', 'version', 'memory', 'parallelism'].map((name) => {
    const value = parameters[name]
    return textFrom(name, Array.isArray(value) ? value[0] : value)
  })
  return `$argon2${type ?? ''}$v=${ARGON2_VERSIONS.get(version ?? null) ?? ''}$m=${memory ?? ''},t=${passes},p=${lanes ?? ''}`
}

/** The object in a text of JSON; one without fields where there is none. */
function jsonFrom(value: unknown): Fields {
  try {
    return fieldsFrom(JSON.parse(String(value))) ?? {}
  } catch {
    return {}
  }
}

/** Base64 without its padding, as the PHC form has it. */
function unpadded(base64: string): string {
  return base64.replace(/=+$/, '')
}
