/** Cookies: read strictly, written plainly. */
import type { FastifyReply } from 'fastify'
import type { Settings } from '../settings.ts'

const DAY_SECONDS = 24 * 60 * 60

/** A cookie under one name, with flags that the settings ask for. [ASVS 3.3.1 to 3.3.4] */
export class Cookie {
  readonly #name: string
  readonly #flags: string

  /** Takes the plain name; over https the cookie bears the prefix `__Host-`, so that no other host can set or read it. */
  constructor(name: string, { sessions: { secureCookie } }: Pick<Settings, 'sessions'>) {
    this.#name = secureCookie ? `__Host-${name}` : name
    this.#flags = `; Path=/; HttpOnly; SameSite=Lax${secureCookie ? '; Secure' : ''}`
  }

  /**
   * The value of the one cookie of exactly this name, or null. Names are compared as they are: folding case or trimming more than
   * the separator's space is how `__Host-` is got around (CVE-2026-39410). Two of them are two truths, so neither counts.
   */
  read(header: string | undefined): string | null {
    if (header === undefined) return null
    const prefix = `${this.#name}=`
    const pairs = header.split(';').map((pair) => (pair.startsWith(' ') ? pair.slice(1) : pair))
    const values = pairs.filter((pair) => pair.startsWith(prefix))
    const [value] = values
    return value === undefined || values.length > 1 ? null : value.slice(prefix.length)
  }

  /** Hands out a value. It ends with the browser, unless it is to last for some seconds. */
  write(reply: FastifyReply, value: string, lastsSeconds: number | null): void {
    const lifetime = lastsSeconds === null ? '' : `; Max-Age=${lastsSeconds}`
    reply.header('set-cookie', `${this.#name}=${value}${this.#flags}${lifetime}`)
  }

  /** Takes the cookie back. */
  clear(reply: FastifyReply): void {
    reply.header('set-cookie', `${this.#name}=${this.#flags}; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT`)
  }
}

/** The cookies of a service. */
export interface Cookies {
  readonly session: Cookie
  /** For how long a browser keeps the session of somebody who asked to be remembered. */
  readonly rememberedSeconds: number
  /** By which an account knows a browser again. */
  readonly device: Cookie
  readonly deviceSeconds: number
}

/** The cookies as the settings ask for them. */
export function cookiesFrom(settings: Settings): Cookies {
  return {
    session: new Cookie('session_id', settings),
    rememberedSeconds: settings.sessions.rememberedDays * DAY_SECONDS,
    device: new Cookie('device', settings),
    deviceSeconds: settings.devices.days * DAY_SECONDS,
  }
}

/** Takes the session back, and with it what the browser holds of us. `"cookies"` would clear the whole domain, the known device too. [ASVS 14.3.1] */
export function clearBrowser(reply: FastifyReply, { session }: Cookies): void {
  session.clear(reply)
  reply.header('clear-site-data', '"cache", "storage"')
}
