/** What every request passes before any room sees it: headers on the answer, the right Host, no forwarding tale, no foreign hand. */
import { channel } from 'node:diagnostics_channel'
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { plainAddress } from '../addresses.ts'
import { isLoopback } from '../settings-safety.ts'
import type { Settings } from '../settings.ts'
import type { AllowedOrigins } from './cors.ts'
import { HttpError } from './errors.ts'
import { HEADERS } from './headers.ts'
import { HostCheck } from './hosts.ts'
import { networksFrom, sourceOf } from './source.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The address of the caller, in one spelling. */
    source: string
  }
}

/** A request that has just come, and its answer to be. */
export interface Arrival {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Tells of each `Arrival`, as long as somebody listens: app/backstage does while it is watched. */
export const arrivals = channel('bienvenue:arrival')

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The hook for all requests; those of `apps` are not foreign. It takes no promise: each costs the session check some hundredths. */
export function frontDoor(settings: Settings, apps: AllowedOrigins): onRequestHookHandler {
  const hosts = new HostCheck(settings)
  const onlyHere = settings.preset === 'classic' && !settings.http.classicAnywhere
  const trusted = networksFrom(settings.http.trustedProxies)
  const isOurs = ownOrigins(settings)
  return (request, reply, done) => {
    reply.headers(HEADERS).header('x-request-id', request.id)
    apps.open(request, reply)
    if (arrivals.hasSubscribers) arrivals.publish({ request, reply } satisfies Arrival)
    request.source = sourceOf(request, trusted)
    if (onlyHere) refuseFromNetwork(request)
    hosts.refuseOthers(request)
    if (settings.preset === 'classic' && trusted.length === 0) refuseForwarded(request)
    if (isForeign(request, isOurs) && !apps.has(request)) throw new HttpError('http.foreign_request')
    done()
  }
}

/** Refuses what reached us by another address than loopback, as when an app is mounted in a server that listens everywhere. */
function refuseFromNetwork({ socket: { localAddress } }: FastifyRequest): void {
  if (localAddress === '127.0.0.1' || localAddress === undefined) return // undefined: no network at all
  if (!isLoopback(plainAddress(localAddress) ?? '')) throw new HttpError('http.remote_request')
}

/** Refuses what came through a proxy or a tunnel: it puts a loopback address on the net, and classic is not made for that. */
function refuseForwarded({ headers }: FastifyRequest): void {
  for (const name in headers) {
    if (name.startsWith('x-forwarded-') || name === 'forwarded' || name === 'via')
      throw new HttpError('http.forwarded_request')
  }
}

/**
 * Keeps other sites from acting in the name of our users. Browsers say where a request comes from, so we refuse what they
 * call foreign, a sister domain included. Programs send neither header, and hold no cookie that anyone could ride on: they pass.
 * [ASVS 3.5.1]
 */
export function isForeign(
  { method, headers, socket }: Pick<FastifyRequest, 'method' | 'headers' | 'socket'>,
  isOurs: ReturnType<typeof ownOrigins>,
): boolean {
  return !SAFE.has(method) && comesFromElsewhere({ headers, socket }, isOurs)
}

/** Whether a browser says that another site than ours sends this request, whatever its method. */
export function comesFromElsewhere(
  { headers, socket }: Pick<FastifyRequest, 'headers' | 'socket'>,
  isOurs: ReturnType<typeof ownOrigins>,
): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && !(site === 'none' && headers.cookie === undefined)
  return headers.origin !== undefined && !isOurs(headers.origin, socket.localPort)
}

/** Which origins are ours: that of the address, scheme and port too, and in classic the loopback names with our port. */
export function ownOrigins({ service, preset }: Settings): (origin: string, port?: number) => boolean {
  const own = service.url === null ? null : new URL(service.url).origin
  return (origin, port = 0) => {
    if (origin === own) return true
    if (preset !== 'classic' || !URL.canParse(origin)) return false
    const { protocol, hostname, port: theirs, origin: exact } = new URL(origin)
    return exact === origin && protocol === 'http:' && isLoopback(hostname) && Number(theirs || 80) === port
  }
}

/**
 * Whether the request comes from a `fetch`. The Fetch standard keeps the method DELETE across a 302, so a redirect to it must be a 303.
 * An answer that depends on this says so in `Vary`.
 */
export function cameFromFetch({ headers }: FastifyRequest): boolean {
  return headers['sec-fetch-mode'] !== undefined || headers.origin !== undefined
}
