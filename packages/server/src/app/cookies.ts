/** The session cookie: read strictly, written plainly. */
import type { FastifyReply } from 'fastify'
import type { Token } from '../auth/sessions.ts'
import type { Settings } from '../settings.ts'

/** The session cookie under the name and with the flags that the settings ask for. [ASVS 3.3.1 to 3.3.4] */
export class SessionCookie {
  readonly #name: string
  readonly #flags: string
  readonly #rememberedSeconds: number

  /** Reads name, flags and lifetime from the settings. */
  constructor({ sessions }: Settings) {
    this.#name = sessions.secureCookie ? '__Host-session_id' : 'session_id'
    this.#flags = `; Path=/; HttpOnly; SameSite=Lax${sessions.secureCookie ? '; Secure' : ''}`
    this.#rememberedSeconds = sessions.rememberedDays * 24 * 60 * 60
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

  /** Hands out a session. It ends with the browser, unless the person asked to be remembered. */
  write(reply: FastifyReply, token: Token, remember: boolean): void {
    const lifetime = remember ? `; Max-Age=${String(this.#rememberedSeconds)}` : ''
    reply.header('set-cookie', `${this.#name}=${token}${this.#flags}${lifetime}`)
  }

  /** Takes the cookie back. */
  clear(reply: FastifyReply): void {
    reply.header('set-cookie', `${this.#name}=${this.#flags}; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT`)
  }
}
