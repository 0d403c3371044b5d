/** From where a request comes, in words of ours: a device out of a closed list, and a network in the place of an address. */
import type { FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'
import Negotiator from 'negotiator'
import { PROGRAM, UNKNOWN } from '../auth/circumstances.ts'
import type { BROWSERS, Circumstances, NEAR_PLACES, SYSTEMS } from '../auth/circumstances.ts'
import { isLanguage, LANGUAGES } from '../language.ts'
import type { Language } from '../language.ts'

type Browser = (typeof BROWSERS)[number]
type System = (typeof SYSTEMS)[number]

/** What in a User-Agent tells a browser; the first that is there counts, because most claim to be others as well. */
const BROWSER_MARKS: readonly (readonly [mark: string, browser: Browser])[] = [
  ['Edg', 'Edge'],
  ['OPR/', 'Opera'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['Firefox/', 'Firefox'],
  ['FxiOS/', 'Firefox'],
  ['CriOS/', 'Chrome'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
]
const SYSTEM_MARKS: readonly (readonly [mark: string, system: System])[] = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['CrOS', 'ChromeOS'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
]
const LANGUAGE_COOKIE = /(?:^|; )(?:__Host-)?language=([a-z]+)(?:;|$)/
const NEAR: Readonly<Record<string, (typeof NEAR_PLACES)[number]>> = {
  loopback: 'this computer',
  private: 'a local network',
  linkLocal: 'a local network',
  uniqueLocal: 'a local network',
}

/** The device and the place of a request. Both go into letters and lists, so nothing that a stranger wrote is in them. */
export function circumstancesOf({ headers, source }: Pick<FastifyRequest, 'headers' | 'source'>): Circumstances {
  return { device: deviceFrom(headers['user-agent'] ?? ''), place: placeFrom(source), language: languageFrom(headers) }
}

/** The language that a person chose on a page, or that the browser asks for; undefined for a program, which asks for none. */
function languageFrom(headers: FastifyRequest['headers']): Language | undefined {
  const chosen = LANGUAGE_COOKIE.exec(headers.cookie ?? '')?.[1]
  if (isLanguage(chosen)) return chosen
  if (headers['accept-language'] === undefined) return undefined
  return new Negotiator({ headers }).language([...LANGUAGES]) as Language | undefined
}

/** A device by its User-Agent. What does not claim to be a browser is a program. */
function deviceFrom(agent: string): string {
  if (!agent.startsWith('Mozilla/')) return PROGRAM
  const find = <T>(marks: readonly (readonly [string, T])[]): T | undefined =>
    marks.find(([mark]) => agent.includes(mark))?.[1]
  return `${find(BROWSER_MARKS) ?? 'a browser'} on ${find(SYSTEM_MARKS) ?? 'an unknown system'}`
}

/** A place by an address: the network that it is in, /24 or /48, which many share. */
function placeFrom(source: string): string {
  if (!ipaddr.isValid(source)) return UNKNOWN.place
  const address = ipaddr.parse(source)
  const near = NEAR[address.range()]
  if (near !== undefined) return near
  const bytes = address.toByteArray()
  if (bytes.length === 4) return `${bytes.slice(0, 3).join('.')}.0/24`
  const network = ipaddr.fromByteArray([...bytes.slice(0, 6), ...Array<number>(10).fill(0)])
  return `${network.toString()}/48`
}
