/** Where a request comes from, as far as that can be believed. */
import type { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { isWithin, parseNetwork, plainAddress } from '../addresses.ts'
import type { Network } from '../addresses.ts'
import { SettingsError } from '../errors.ts'

/**
 * The networks of a setting, an address being a network of one.
 * @throws {SettingsError} for what is neither.
 */
export function networksFrom(list: readonly string[]): readonly Network[] {
  return list.map((text) => {
    const network = parseNetwork(text)
    if (network !== null) return network
    throw new SettingsError(
      `BIENVENUE_TRUSTED_PROXIES: ${JSON.stringify(text)} is neither an address nor a network such as 10.0.0.0/8`,
    )
  })
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
  return trusted.some((network) => isWithin(text, network))
}
