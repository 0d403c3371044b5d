/** Under which names the service may be asked, and the path that a target asks for. */
import type { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { isLoopback } from '../settings-safety.ts'
import type { Settings } from '../settings.ts'
import { HttpError } from './errors.ts'
import { plainAddress } from '../addresses.ts'

const HOST = /^(?<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i

/** The one spelling of a name or an address of a host. */
function spelled(name: string): string {
  return plainAddress(name.replace(/^\[|\]$/g, '')) ?? name.toLowerCase()
}

/** The names that the settings give the service, in one spelling. */
function ownNames({ service, http, preset }: Settings): ReadonlySet<string> {
  const names = service.url === null ? [] : [new URL(service.url).hostname]
  return new Set([...names, ...http.hosts, ...(preset === 'classic' ? ['0.0.0.0'] : [])].map(spelled))
}

/** Refuses requests that are for somebody else, by the names of one service. */
export class HostCheck {
  readonly #ours: ReadonlySet<string>
  /** The Host that was last found to be ours on a connection: most connections never bear another. */
  readonly #accepted = new WeakMap<Socket, string>()

  /** Reads the names of the service from the settings. */
  constructor(settings: Settings) {
    this.#ours = ownNames(settings)
  }

  /**
   * Refuses a request for another host. A page on any site can point its own name at 127.0.0.1 and read our answers: the Host then is
   * that name. Two Hosts, or a target that names another one, are two truths, and parsers differ on which they believe.
   */
  refuseOthers({ raw, originalUrl, socket }: FastifyRequest): void {
    const host = raw.headers.host ?? ''
    if (countHosts(raw.rawHeaders) !== 1) throw badHost('Send one Host header, with the name of this service.')
    const isPlain = originalUrl.startsWith('/') || originalUrl.startsWith('*')
    if (!isPlain && authorityOf(originalUrl) !== host.toLowerCase()) {
      throw badHost('The target of the request names another host than its Host header.')
    }
    if (this.#accepted.get(socket) === host) return
    this.#refuseOtherName(host, socket)
    this.#accepted.set(socket, host)
  }

  /** Refuses a Host that is none of our names, no loopback name, and not the address that the connection was made to. */
  #refuseOtherName(host: string, socket: Socket): void {
    const name = HOST.exec(host)?.groups?.['name']?.toLowerCase()
    if (name === undefined) throw badHost('Send one Host header, with the name of this service.')
    if (this.#ours.has(spelled(name)) || isLoopback(name)) return
    const reached = plainAddress(socket.localAddress ?? '')
    if (reached === null || spelled(name) !== reached) throw new HttpError('http.misdirected')
  }
}

/** The refusal of a Host that cannot be believed. */
function badHost(detail: string): HttpError {
  return new HttpError('http.invalid_request', { detail })
}

/** How many Host headers came: Node shows the first alone. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.length === 4 && rawHeaders[index]?.toLowerCase() === 'host') count++
  }
  return count
}

/** The authority of a target in absolute form, or null. */
function authorityOf(target: string): string | null {
  return /^https?:\/\/(?<authority>[^/?#]+)/i.exec(target)?.groups?.['authority']?.toLowerCase() ?? null
}

/**
 * The path and query of a target, also of one in absolute form, which HTTP/1.1 servers must take. No path of ours needs a percent
 * sign, so it stays one: the router would decode it, and `/%75sers` be a second name of `/users` that guards may not know.
 */
export function pathOf(target: string): string {
  if (target.startsWith('/') && !target.includes('%')) return target
  const [, path = '', rest = ''] = /^(?:https?:\/\/[^/?#]+)?([^?#]*)(.*)$/is.exec(target) ?? []
  return `${path.replaceAll('%', '%25') || '/'}${rest}`
}
