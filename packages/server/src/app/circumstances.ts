/** From where a request comes, in words of ours: a device out of a closed list, and a network in the place of an address. */
import type { FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { placeOf } from '../addresses.ts'
import { PROGRAM, UNKNOWN } from '../auth/circumstances.ts'
import type { BROWSERS, Circumstances, SYSTEMS } from '../auth/circumstances.ts'
import { isLanguage, LANGUAGES } from '../language.ts'
import type { Language } from '../language.ts'
import type { Cookie } from './cookies.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** In which language a person chose to read. */
    languageCookie: Cookie
  }
}

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
/** The device and the place of a request. Both go into letters and lists, so nothing that a stranger wrote is in them. */
export function circumstancesOf({
  headers,
  source,
  id,
  server,
}: Pick<FastifyRequest, 'headers' | 'source' | 'id' | 'server'>): Circumstances {
  const agent = headers['user-agent']
  const [device, place] = [deviceFrom(agent ?? ''), placeOf(source) ?? UNKNOWN.place]
  const language = languageFrom(headers, server.languageCookie)
  return { device, place, language, source, agent, requestId: id }
}

/** The language that a person chose on a page, or that the browser asks for; undefined for a program, which asks for none. */
function languageFrom(headers: FastifyRequest['headers'], cookie: Cookie): Language | undefined {
  const chosen = cookie.read(headers.cookie)
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
