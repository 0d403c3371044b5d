/** Values of others' fields, read strictly: what is no value of its kind is refused by name, never guessed at. */

/** Why a row is none that can come in, in words for people. It holds nothing of the row but names of fields. */
export class BadRow extends Error {
  override readonly name: string = 'BadRow'
}

/** A row that is whole, and no account of a person: a program, say, or somebody who was deleted there. Nobody claims an address by it. */
export class NobodysRow extends BadRow {
  override readonly name = 'NobodysRow'
}

/** What a plain number counts where an instant is meant; null where a plain number is none. */
export type Epoch = 's' | 'ms' | null

/** What a plain number counts as far as the operator has said, where that can be said. */
export type SaidEpoch = Epoch | 'unsaid'

/** A longer text is no value of any field. */
const LONGEST_BYTES = 2048
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?<zone> ?(?:Z|[+-]\d\d(?::?\d\d)?))?)?$/i
const UNITS_MS = { s: 1000, ms: 1 } as const
const YES: ReadonlySet<unknown> = new Set([true, 1, 'true', 't', '1'])
const NO: ReadonlySet<unknown> = new Set([false, 0, 'false', 'f', '0'])

/** Text, or null for a field that is empty. Numbers are text too, as ids often are, and bytes of UTF-8. @throws {BadRow} for other kinds, and for too much. */
export function textFrom(name: string, value: unknown): string | null {
  if (value instanceof Uint8Array) return textFrom(name, decoded(name, value))
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value !== 'string') throw new BadRow(`${name} is no text`)
  if (Buffer.byteLength(value) > LONGEST_BYTES) throw new BadRow(`${name} is longer than ${LONGEST_BYTES} bytes`)
  if (!value.isWellFormed()) throw new BadRow(`${name} is no well-formed text`)
  return value
}

/**
 * The text of a hash, or null for a field that is empty. Whatever else stands there comes as text that is no hash: then its owner comes in
 * without a password, rather than not at all.
 */
export function hashFrom(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  return typeof value === 'string' ? value : `[${typeof value}]` // not written out: it may be nested deeper than can be
}

/** Yes or no, or null for a field that is empty. @throws {BadRow} for anything else. */
export function flagFrom(name: string, value: unknown): boolean | null {
  if (value === undefined || value === null || value === '') return null
  const folded = typeof value === 'string' ? value.toLowerCase() : value
  if (YES.has(folded)) return true
  if (NO.has(folded)) return false
  throw new BadRow(`${name} is neither true nor false`)
}

/**
 * An instant, or null for a field that is empty: ISO 8601, in UTC where no zone is named, or a number since 1970 of a unit that was said.
 * @throws {BadRow} for anything else.
 */
export function instantFrom(name: string, value: unknown, epoch: SaidEpoch = null): Date | null {
  const text = textFrom(name, value)
  if (text === null) return null
  const instant = /^-?\d{1,16}(?:\.\d{1,9})?$/.test(text) ? counted(name, Number(text), epoch) : written(text)
  if (instant === null || Number.isNaN(instant.getTime()))
    throw new BadRow(`${name} is no instant as ISO 8601 writes it`)
  return instant
}

/** A number as an instant; null where a number is none. */
function counted(name: string, number: number, epoch: SaidEpoch): Date | null {
  if (epoch === null) return null
  if (epoch === 'unsaid') throw new BadRow(`${name} is a number; --epoch s or --epoch ms says what it counts`)
  return new Date(Math.trunc(number * UNITS_MS[epoch]))
}

/** Text as an instant, or null. */
function written(text: string): Date | null {
  const zone = ISO.exec(text)?.groups?.['zone']
  if (!ISO.test(text) || !isRealDay(text.slice(0, 10))) return null
  const local = text.slice(0, text.length - (zone?.length ?? 0)).replace(' ', 'T')
  const isDay = local.length === 10
  return new Date(isDay ? local : `${local}${zoneFrom(zone)}`)
}

/** Whether a month has such a day, of `2026-02-30`. JavaScript would take it for one of the next month. */
export function isRealDay(text: string): boolean {
  const day = new Date(`${text}T00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

/** A zone as JavaScript reads it: databases also write `+00` and `+0000`. */
function zoneFrom(zone = 'Z'): string {
  const [, sign = '', hours = '', minutes = '00'] = /([+-])(\d\d):?(\d\d)?/.exec(zone) ?? []
  return sign === '' ? 'Z' : `${sign}${hours}:${minutes}`
}

/** Bytes as text. @throws {BadRow} where they are none. */
export function decoded(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new BadRow(`${name} is not UTF-8`)
  }
}
