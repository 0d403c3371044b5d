/** Where people go on to after they logged in (`next=`): a path of ours, or an app on the operator's list, and nowhere else. */
import { SettingsError } from '../errors.ts'
import { isLoopback } from '../settings-safety.ts'
import type { Settings } from '../settings.ts'

const NAME = 'BIENVENUE_HTTP_NEXT_ORIGINS'
const MOST_LENGTH = 2048
const PATH = /^\/(?![/\\])[\w\-.~!$&'()*+,;=:@%/?#[\]]*$/ // printable ASCII as addresses have it: no backslash, space, control character
const ADDRESS = /^https?:\/\/[^\s\\@]+$/i
const ANY_BASE = 'https://this.invalid'

/** The places that `next` may name, by the settings of one service. [ASVS 3.7.2] */
export class Next {
  readonly #origins: ReadonlySet<string>
  readonly #home: string

  /**
   * Reads the list of the settings. `home` is what the paths of the service begin with.
   * @throws {SettingsError} for an entry that is not exactly one origin, over TLS where it is not this machine.
   */
  constructor({ http: { nextOrigins } }: Pick<Settings, 'http'>, home: string) {
    for (const entry of nextOrigins) refuseInexact(entry)
    this.#origins = new Set(nextOrigins)
    this.#home = home
  }

  /** The place as an address to redirect to, written anew from its parts; null for whatever is no place on the list. */
  allowed(given: unknown): string | null {
    if (typeof given !== 'string' || given.length > MOST_LENGTH) return null
    return PATH.test(given) ? this.ownPath(given) : this.#elsewhere(given)
  }

  /** A path of ours as browsers will understand it, or null. */
  ownPath(given: unknown): string | null {
    if (typeof given !== 'string' || given.length > MOST_LENGTH || !PATH.test(given)) return null
    if (!URL.canParse(given, ANY_BASE)) return null
    const { origin, pathname, search, hash } = new URL(given, ANY_BASE)
    const isOurs = origin === ANY_BASE && pathname.startsWith(this.#home) && !pathname.startsWith('//') // `/.//evil` has the path `//evil`
    return isOurs ? `${pathname}${search}${hash}` : null
  }

  /** An address of an app on the list, or null. The comparison is of whole origins: scheme, host and port. */
  #elsewhere(given: string): string | null {
    if (!ADDRESS.test(given) || !/^[\x21-\x7e]+$/.test(given) || !URL.canParse(given)) return null
    const { origin, href, username, password } = new URL(given)
    return username === '' && password === '' && this.#origins.has(origin) ? href : null
  }
}

/** Refuses what is not exactly the origin of one app as browsers write it. */
function refuseInexact(entry: string): void {
  const url = URL.canParse(entry) ? new URL(entry) : null
  const isWeb = url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))
  if (isWeb && url.origin === entry && !entry.includes('*')) return
  throw new SettingsError(
    `${NAME}: ${JSON.stringify(entry)} must be one origin, such as https://app.example.com: https, no path, no *`,
  )
}
