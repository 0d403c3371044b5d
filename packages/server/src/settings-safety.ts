/** What classic refuses to start with, though each value is in bounds: it must not get lost on the net. Hardened's part is settings-hardened.ts. */
import { SettingsError } from './errors.ts'
import type { Settings } from './settings.ts'

const LEAVE = 'classic is made for learning: it hands out reset tokens and tells which emails exist.'

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

/** Whether there is a page with the letters that would have been sent: where the glass box is, and no mail server is set. */
export function hasInbox(settings: Settings): boolean {
  return hasBackstage(settings) && settings.mail.smtpUrl === null
}

/**
 * Stops a start of classic that would put people at risk. `production` says whether NODE_ENV is that.
 * A redeploy that forgets one environment variable must not open classic to the world.
 * @throws {SettingsError} naming the setting and what to do.
 */
export function refuseUnsafe(settings: Settings, production: boolean): void {
  if (settings.preset === 'hardened') return
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
