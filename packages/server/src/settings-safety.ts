/** What a service refuses to start with, though each value is in bounds: the preset cannot get lost, and secrets are secrets. */
import { readFileSync } from 'node:fs'
import { SettingsError } from './errors.ts'
import type { Settings } from './settings.ts'

const LEAVE = 'classic is made for learning: it hands out reset tokens and tells which emails exist.'
const LEAST_SECRET_BYTES = 32

/** True for the names and addresses by which a machine reaches only itself. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

/**
 * Whether learners may look behind the scenes: only in classic, and only where nobody else can look over their shoulder.
 * Anywhere else there is no such page.
 */
export function hasBackstage({ preset, http, service: { url } }: Settings): boolean {
  const isHere = isLoopback(http.host) && (url === null || isLoopback(new URL(url).hostname))
  return preset === 'classic' && isHere && !http.classicAnywhere && http.trustedProxies.length === 0
}

/**
 * Stops a start that would put people at risk. `production` says whether NODE_ENV is that.
 * A redeploy that forgets one environment variable must not open classic to the world.
 * @throws {SettingsError} naming the setting and what to do.
 */
export function refuseUnsafe(settings: Settings, production: boolean): void {
  if (settings.preset === 'hardened') {
    throw new SettingsError(
      'BIENVENUE_PRESET: hardened is not complete in this release, so it does not start; classic runs on loopback meanwhile.',
    )
  }
  const { http, service, mail } = settings
  if (production) throw new SettingsError(`NODE_ENV: is production, and ${LEAVE} Unset NODE_ENV to learn with it.`)
  if (!isLoopback(http.host) && !http.classicAnywhere) {
    throw new SettingsError(
      `HOST: ${http.host} can be reached from elsewhere, and ${LEAVE} Listen on 127.0.0.1, or say BIENVENUE_CLASSIC_ANYWHERE=yes if that is what you want.`,
    )
  }
  refusePublicUrl(service.url, http.classicAnywhere)
  if (mail.smtpUrl !== null && !isLoopback(hostOf(mail.smtpUrl, 'BIENVENUE_SMTP_URL'))) {
    throw new SettingsError(`BIENVENUE_SMTP_URL: is no server on this machine, and ${LEAVE}`)
  }
}

/** A public address means a deployment, and a deployment is never classic. */
function refusePublicUrl(url: string | null, anywhere: boolean): void {
  if (url === null) return
  if (new URL(url).protocol === 'https:')
    throw new SettingsError(`BIENVENUE_URL: is an https address, so this is a deployment, and ${LEAVE}`)
  if (anywhere || isLoopback(hostOf(url, 'BIENVENUE_URL'))) return
  throw new SettingsError(
    `BIENVENUE_URL: is no address of this machine alone, and ${LEAVE} BIENVENUE_CLASSIC_ANYWHERE=yes allows it all the same.`,
  )
}

/** The host of an address, which is not repeated in the refusal: it may hold a password. */
function hostOf(url: string, name: string): string {
  try {
    return new URL(url).hostname
  } catch {
    throw new SettingsError(`${name}: is no address`)
  }
}

/**
 * The secrets as set, newest first; empty when none is set. Several stand there while one replaces the other.
 * @throws {SettingsError} for a secret that is too short, cannot be read, or is needed and not there.
 */
export function readSecrets({
  service: { secret, secretFile },
  preset,
}: Pick<Settings, 'service' | 'preset'>): readonly string[] {
  if (secret !== null && secretFile !== null)
    throw new SettingsError('BIENVENUE_SECRET: is set, and BIENVENUE_SECRET_FILE too; keep one of them.')
  const name = secretFile === null ? 'BIENVENUE_SECRET' : 'BIENVENUE_SECRET_FILE'
  const text = secretFile === null ? secret : readSecretFile(secretFile)
  if (text === null && preset === 'hardened')
    throw new SettingsError(`${name}: is needed; \`bienvenue secret\` prints a fresh one.`)
  const secrets = text === null ? [] : text.split(',').map((part) => part.trim())
  if (secrets.some((part) => Buffer.byteLength(part) < LEAST_SECRET_BYTES)) {
    throw new SettingsError(
      `${name}: must hold ${LEAST_SECRET_BYTES} bytes at the least; \`bienvenue secret\` prints a fresh one.`,
    )
  }
  return secrets
}

/** The content of the secret's file. */
function readSecretFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new SettingsError(`BIENVENUE_SECRET_FILE: ${path} cannot be read`)
  }
}
