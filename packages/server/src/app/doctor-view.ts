/** What the service sees of a request, as the doctor's route tells it and the command reads it. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { parseAddress } from '../addresses.ts'
import type { Settings } from '../settings.ts'
import { isTrusted, peerOf, sourceOf } from './source.ts'
import type { Network } from '../addresses.ts'

/** Where the doctor asks, below the address of the service. */
export const DOCTOR_PATH = '/doctor'
/** The header that bears the proof. */
export const DOCTOR_HEADER = 'bienvenue-doctor'

/** The shape of the answer. */
export const ServiceView = z.object({
  preset: z.string(),
  url: z.string().nullable().describe('BIENVENUE_URL.'),
  peer: z.string().describe('The other end of the connection.'),
  peerIsTrusted: z.boolean().describe('Whether it is one of BIENVENUE_TRUSTED_PROXIES.'),
  client: z.string().describe('Whom the request counts for.'),
  clientIs: z.enum(['loopback', 'private', 'public', 'a trusted proxy']),
  scheme: z.enum(['http', 'https']).describe('As believed.'),
  host: z.string(),
  forwarding: z.array(z.string()).readonly().describe('The names of the forwarding headers that came.'),
})

/** What the service sees of a request. */
export type ServiceView = z.infer<typeof ServiceView>

const HOST = /^[\w.:[\]-]{1,255}$/

/** What is seen of this request, with these proxies trusted. */
export function viewOf(
  request: Pick<FastifyRequest, 'headers' | 'socket'>,
  { preset, service }: Settings,
  trusted: readonly Network[],
): ServiceView {
  const { headers, socket } = request
  const peer = peerOf(socket)
  const peerIsTrusted = isTrusted(peer, trusted)
  const client = sourceOf(request, trusted)
  return {
    preset,
    url: service.url,
    peer,
    peerIsTrusted,
    client,
    clientIs: isTrusted(client, trusted) ? 'a trusted proxy' : kindOf(client),
    scheme: peerIsTrusted && lastOf(headers['x-forwarded-proto']) === 'https' ? 'https' : schemeOf(socket),
    host: HOST.test(headers.host ?? '') ? (headers.host ?? '') : '(unreadable)', // a stranger's words, on their way to a log and a terminal
    forwarding: Object.keys(headers).filter(isForwarding),
  }
}

/** Whether a header says for whom a request is passed on. */
export function namesClient(header: string): boolean {
  return header === 'x-forwarded-for' || header === 'forwarded' || header === 'x-real-ip'
}

/** Whether a header says that a request was passed on. Names that nobody knows are no news. */
function isForwarding(header: string): boolean {
  return namesClient(header) || /^(?:via|x-forwarded-(?:host|port|prefix|proto|server))$/.test(header)
}

/** What kind of address this is. */
function kindOf(address: string): ServiceView['clientIs'] {
  const range = parseAddress(address)?.range() ?? 'private'
  if (range === 'loopback') return 'loopback'
  return ['private', 'linkLocal', 'uniqueLocal', 'carrierGradeNat'].includes(range) ? 'private' : 'public'
}

/** The last of several values: what the nearest proxy said. */
function lastOf(header: string | string[] | undefined): string | undefined {
  return [header ?? []].flat().join(',').split(',').at(-1)?.trim().toLowerCase()
}

/** The scheme of a connection as it reached us. */
function schemeOf(socket: FastifyRequest['socket']): 'http' | 'https' {
  return 'encrypted' in socket ? 'https' : 'http'
}
