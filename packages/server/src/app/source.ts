/** Where a request comes from, as far as that can be believed. */
import type { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'
import { SettingsError } from '../errors.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6
/** A network of proxies whose forwarding headers are believed. */
export type Network = readonly [Address, number]

/**
 * The networks of a setting, an address being a network of one.
 * @throws {SettingsError} for what is neither.
 */
export function networksFrom(list: readonly string[]): readonly Network[] {
  return list.map((text) => {
    const [start = '', bits] = text.split('/')
    const address = parse(start)
    const widest = address?.kind() === 'ipv4' ? 32 : 128
    const isMapped = widest === 32 && start.includes(':') // IPv4 in IPv6: the last 32 of its 128 bits count
    const length = bits === undefined ? widest : Number(/^\d{1,3}$/.exec(bits)?.[0] ?? Number.NaN) - (isMapped ? 96 : 0)
    if (address !== null && length >= 0 && length <= widest) return [address, length]
    throw new SettingsError(
      `BIENVENUE_TRUSTED_PROXIES: ${JSON.stringify(text)} is neither an address nor a network such as 10.0.0.0/8`,
    )
  })
}

/** One spelling for each address, with IPv4 in IPv6 as IPv4; null for text that is none. */
export function plainAddress(text: string): string | null {
  return parse(text)?.toString() ?? null
}

/**
 * The address of the caller: from the right, the first that is no trusted proxy. A proxy that we trust appends what it saw, so what
 * stands further left is a caller's own tale. What cannot be read counts as the peer, never as an error or as nobody (CVE-2024-47070).
 */
export function sourceOf(
  { socket, headers }: Pick<FastifyRequest, 'socket' | 'headers'>,
  trusted: readonly Network[],
): string {
  const peer = peerOf(socket)
  if (!isTrusted(peer, trusted)) return peer
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',')
  for (const hop of forwarded.split(',').reverse()) {
    const address = plainAddress(hop.trim())
    if (address === null) return peer
    if (!isTrusted(address, trusted)) return address
  }
  return peer
}

const peers = new WeakMap<Socket, string>()

/** The address at the other end of a connection, which stays the same for all of its requests. */
export function peerOf(socket: Socket): string {
  const known = peers.get(socket)
  if (known !== undefined) return known
  const peer = plainAddress(socket.remoteAddress ?? '') ?? 'unknown'
  peers.set(socket, peer)
  return peer
}

/** Whether this address is one of the trusted proxies. */
export function isTrusted(text: string, trusted: readonly Network[]): boolean {
  const address = trusted.length === 0 ? null : parse(text)
  return (
    address !== null &&
    trusted.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits))
  )
}

/** Text as an address, in the four parts or the colons of the standards: not the octal, hexadecimal and short forms of old. */
function parse(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text)
  if (!ipaddr.IPv6.isValid(text)) return null
  const address = new ipaddr.IPv6(ipaddr.IPv6.parse(text).parts) // without its zone (%eth0), in which anything may stand
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}
