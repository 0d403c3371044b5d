/** Addresses of the internet: one spelling for each, the place that one may be told as, and the networks as which one is counted. */
import ipaddr from 'ipaddr.js'

/** An address that was read. */
export type Address = ipaddr.IPv4 | ipaddr.IPv6

/** A network as which an address is counted. */
export interface CountedNetwork {
  /** Such as `203.0.113.7` or `2001:db8:0:0:0:0:0:0/48`. */
  readonly name: string
  /** How many times the budget of one address it has. */
  readonly shares: number
}

/** A network: an address, and how many of its first bits count. */
export type Network = readonly [Address, number]

const SHARES_OF_48 = 4
/** The places that are no networks of the internet, by the range of their addresses. */
const NEAR: Readonly<Record<string, 'this computer' | 'a local network'>> = {
  loopback: 'this computer',
  private: 'a local network',
  linkLocal: 'a local network',
  uniqueLocal: 'a local network',
}

/** Text as an address, in the four parts or the colons of the standards: not the octal, hexadecimal and short forms of old. Null for what is none. */
export function parseAddress(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text)
  if (!ipaddr.IPv6.isValid(text)) return null
  const address = new ipaddr.IPv6(ipaddr.IPv6.parse(text).parts) // without its zone (%eth0), in which anything may stand
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}

/** One spelling for each address, with IPv4 in IPv6 as IPv4; null for text that is none. */
export function plainAddress(text: string): string | null {
  return parseAddress(text)?.toString() ?? null
}

/** The place of an address: the network that it is in, /24 or /48, which many share. Null for text that is none. */
export function placeOf(text: string): string | null {
  const address = parseAddress(text)
  if (address === null) return null
  const near = NEAR[address.range()]
  if (near !== undefined) return near
  return address.kind() === 'ipv4'
    ? `${address.toByteArray().slice(0, 3).join('.')}.0/24`
    : `${start(address, 6).toString()}/48`
}

/** The address of IPv4 in one that a translator made of it (NAT64, RFC 6052): they all share one network of IPv6. Any other as it is. */
function withoutTranslation(address: Address | null): Address | null {
  return address?.range() === 'rfc6052' ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address
}

/**
 * The networks as which an address is counted. Whoever has one address of IPv6 has the /64 around it, and often a /48: both are counted,
 * the wider one with a larger budget, because many may share it (CVE-2026-45364). Text that is no address is counted as it is.
 */
export function countedNetworks(text: string): readonly CountedNetwork[] {
  const address = withoutTranslation(parseAddress(text))
  if (address?.kind() !== 'ipv6') return [{ name: address?.toString() ?? text, shares: 1 }]
  return [
    { name: `${start(address, 8).toString()}/64`, shares: 1 },
    { name: `${start(address, 6).toString()}/48`, shares: SHARES_OF_48 },
  ]
}

/** A network such as `10.0.0.0/8`, or the one address that it is; null for text that is neither. */
export function parseNetwork(text: string): Network | null {
  const [start = '', bits, ...rest] = text.split('/')
  const address = rest.length > 0 ? null : parseAddress(start)
  const widest = address?.kind() === 'ipv4' ? 32 : 128
  const isMapped = widest === 32 && start.includes(':') // IPv4 in IPv6: the last 32 of its 128 bits count
  const length = bits === undefined ? widest : Number(/^\d{1,3}$/.exec(bits)?.[0] ?? Number.NaN) - (isMapped ? 96 : 0)
  return address !== null && length >= 0 && length <= widest ? [address, length] : null
}

/** Whether text is an address within a network. */
export function isWithin(text: string, [start, bits]: Network): boolean {
  const address = parseAddress(text)
  return address !== null && address.kind() === start.kind() && address.match(start, bits)
}

/** The first bytes of an address of IPv6, and nought for the rest. */
function start(address: Address, bytes: number): Address {
  return ipaddr.fromByteArray([...address.toByteArray().slice(0, bytes), ...Array<number>(16 - bytes).fill(0)])
}
