/** TLS to PostgreSQL: required and verified before anything is said, but on the way to this machine itself. */
import { readFileSync } from 'node:fs'
import { checkServerIdentity } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'
import { SettingsError } from '../../errors.ts'
import { isLoopback } from '../../settings-safety.ts'

const VERIFIED: ReadonlySet<string> = new Set(['require', 'verify-ca', 'verify-full'])

/**
 * How to speak TLS with a host; false for speaking without, on this machine alone. What libpq would only encrypt (`require`) is verified
 * as well; `verify-ca`, which takes any name, needs an authority of one's own. [ASVS 12.3.1, 12.3.2]
 * @throws {SettingsError} for a remote host without TLS, and for files that cannot be read.
 */
export function tlsFor(host: string, parameters: ReadonlyMap<string, string>): ConnectionOptions | false {
  const mode = parameters.get('sslmode')
  if (host.startsWith('/')) return false
  if (mode === undefined || !VERIFIED.has(mode)) {
    if (isLoopback(host)) return false
    if (mode !== undefined)
      throw new SettingsError(
        `DATABASE_URL: sslmode=${JSON.stringify(mode)} would let the network read and change what is stored; leave it out, or say verify-full.`,
      )
  }
  const ca = contentOf(parameters, 'sslrootcert')
  if (mode === 'verify-ca' && ca === undefined)
    throw new SettingsError(
      'DATABASE_URL: sslmode=verify-ca needs an sslrootcert: else any certificate of anybody would do.',
    )
  const cert = contentOf(parameters, 'sslcert')
  const key = contentOf(parameters, 'sslkey')
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    checkServerIdentity: (_, certificate) =>
      // by the host that we mean: of an address the driver tells the TLS layer nothing
      mode === 'verify-ca' ? undefined : checkServerIdentity(host, certificate),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  }
}

/** The content of the file that a parameter names; undefined where there is none, and for the authorities that everybody trusts. */
function contentOf(parameters: ReadonlyMap<string, string>, name: string): string | undefined {
  const path = parameters.get(name)
  if (path === undefined || path === 'system') return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new SettingsError(`DATABASE_URL: the file of ${name}, ${path}, cannot be read.`)
  }
}
