/** From where somebody acts: a device and a place, in words of ours alone, because they go into letters and lists. */

import type { Language } from '../language.ts'

/** Where an act comes from. */
export interface Circumstances {
  /** Such as `Firefox on Windows`. */
  readonly device: string
  /** A network, never an address: such as `203.0.113.0/24`. */
  readonly place: string
  /** The language that a person wants; undefined where nobody says, as a program. */
  readonly language?: Language | undefined
  /** The address of the caller, in one spelling; undefined where nobody says, as in the library. It is counted, and kept in the audit alone. */
  readonly source?: string
  /** The User-Agent as it was sent: a stranger's text, for the audit alone. */
  readonly agent?: string | undefined
  /** Names the request, as in the log. */
  readonly requestId?: string
}

/** What is known of an act whose caller says nothing, as in the library. */
export const UNKNOWN: Circumstances = { device: 'an unknown device', place: 'an unknown place' }

/** The browsers that we tell apart. */
export const BROWSERS = ['Chrome', 'Firefox', 'Safari', 'Edge', 'Opera', 'Samsung Internet', 'a browser'] as const
/** The systems that we tell apart. */
export const SYSTEMS = [
  'Windows',
  'macOS',
  'Linux',
  'Android',
  'iPhone',
  'iPad',
  'ChromeOS',
  'an unknown system',
] as const
/** What stands for callers that are no browsers. */
export const PROGRAM = 'a program'
/** The places that are no networks of the internet. */
export const NEAR_PLACES = ['this computer', 'a local network'] as const

const DEVICES: ReadonlySet<string> = new Set([
  PROGRAM,
  ...BROWSERS.flatMap((browser) => SYSTEMS.map((system) => `${browser} on ${system}`)),
])
const NETWORK = /^(?:\d{1,3}\.\d{1,3}\.\d{1,3}\.0\/24|[0-9a-f:]{2,14}\/48)$/

/** The language of a letter, as a fact of it: that of the account where there is one, else the one that whoever asks for it wants. */
export function languageFor(
  account: { readonly language: string | null } | null,
  from?: Circumstances,
): Readonly<Record<string, string>> {
  const language = account === null ? from?.language : account.language
  return language === undefined || language === null ? {} : { language }
}

/** Where an act comes from, with everything taken out that is none of our words: strangers must not write our letters. */
export function inOurWords({ device, place }: Circumstances = UNKNOWN): Readonly<Record<'device' | 'place', string>> {
  const isPlace = (NEAR_PLACES as readonly string[]).includes(place) || NETWORK.test(place)
  return { device: DEVICES.has(device) ? device : UNKNOWN.device, place: isPlace ? place : UNKNOWN.place }
}
