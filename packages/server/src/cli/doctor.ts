/** `bienvenue doctor URL`: asks a running service what it sees of us, and says whether that is as it should be. */
import { networkInterfaces } from 'node:os'
import { Command } from 'commander'
import { Doctor } from '../auth/doctor.ts'
import { KeyRing } from '../crypto/token.ts'
import { DatabaseUnavailable } from '../errors.ts'
import { readSecrets } from '../settings-secrets.ts'
import type { Settings } from '../settings.ts'
import { serviceAddress, askService } from './doctor-ask.ts'
import type { Seen } from './doctor-ask.ts'
import { warningsFor } from './doctor-findings.ts'
import { CouldNot } from './explain.ts'
import { jsonLine, printable } from './printable.ts'
import { onAuth } from './with-auth.ts'
import { settingsFor, withSettings } from './with-settings.ts'

const NEEDS =
  'doctor needs the secret of the service: BIENVENUE_SECRET or BIENVENUE_SECRET_FILE as the service has it, or, where the service made its own, DATABASE_URL'

/** The command. */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('Ask a running service what it sees of a request through the proxy, and warn where that is wrong.')
    .argument('<url>', 'the address under which people reach the service')
    .option('--json', 'As JSON, for programs.')
  command.action(async (url: string, { json = false }: { readonly json?: boolean }) => {
    const asked = serviceAddress(url)
    const seen = await askService(asked, await doctorFor(settingsFor(command).settings))
    const own = ownAddresses()
    const warnings = warningsFor(seen, asked, own)
    const said = warnings.map((warning) => `warning: ${printable(warning)}`)
    const lines = json ? [jsonLine({ ...seen, warnings })] : [...linesOf(seen, asked, own), ...said]
    process.stdout.write(`${lines.join('\n')}\n`)
    if (warnings.length > 0) throw new CouldNot(`not all is as it should be: ${warnings.length} to look at`)
  })
  return withSettings(command)
}

/** The doctor with the secret of the service: as it is set, or the one beside the database. */
async function doctorFor(settings: Settings): Promise<Doctor> {
  const [newest, ...older] = readSecrets(settings)
  if (newest !== undefined) return new Doctor(new KeyRing([newest, ...older]), () => new Date())
  try {
    return await onAuth(settings, async ({ doctor }) => Promise.resolve(doctor)) // it holds keys alone, and needs the storage no more
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error
    throw new CouldNot(`${NEEDS} (${error.message})`)
  }
}

/** The addresses of this machine. */
function ownAddresses(): ReadonlySet<string> {
  return new Set(Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address)))
}

/** What the service sees, line by line. */
function linesOf({ view }: Seen, asked: URL, own: ReadonlySet<string>): readonly string[] {
  const { client, clientIs, peer, peerIsTrusted, scheme, host, forwarding, url, preset } = view
  const whose = own.has(client) ? ', an address of this machine' : ''
  const belief = peerIsTrusted ? 'believed' : 'not believed'
  const rows: readonly (readonly [name: string, value: string])[] = [
    ['asked', asked.href.replace(/\/$/, '')],
    ['BIENVENUE_URL', url ?? '(none)'],
    ['preset', preset],
    ['client address', `${client} (${clientIs}${whose})`],
    ['through', peerIsTrusted ? `${peer} (a trusted proxy)` : peer === client ? 'nothing in between' : peer],
    ['scheme', scheme],
    ['host', host],
    ['forwarding', forwarding.length === 0 ? '(no headers)' : `${forwarding.join(', ')} (${belief})`],
  ]
  return rows.map(([name, value]) => `${name.padEnd(16)}${printable(value)}`)
}
