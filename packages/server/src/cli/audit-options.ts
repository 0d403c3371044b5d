/** What `bienvenue audit` may be asked, from the words of the command line. */
import { parseNetwork } from '../addresses.ts'
import { EVENTS } from '../auth/audit-events.ts'
import type { AuditEvent } from '../auth/audit-events.ts'
import type { AuditQuery } from '../auth/audit-search.ts'
import { canonicalEmail } from '../email.ts'
import { isRealDay } from '../moving/fields.ts'
import { nearestName } from '../settings-reader.ts'
import { UsageError } from './explain.ts'

/** The words as they were given. */
export interface Options {
  readonly person?: string
  readonly kind?: string
  readonly failed?: boolean
  readonly since?: string
  readonly until?: string
  readonly source?: string
  readonly limit: string
  readonly follow?: boolean
  readonly json?: boolean
  readonly csv?: boolean
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)?$/
const KINDS = Object.keys(EVENTS) as AuditEvent[]
const ROOMS = [...new Set(KINDS.map((kind) => kind.replace(/\..*/, '')))]

/** What is asked for. @throws {UsageError} for what means nothing. */
export function queryFrom({ person, kind, failed = false, since, until, source }: Options): AuditQuery {
  return {
    ...(person !== undefined && { person: personFrom(person) }),
    ...(kind !== undefined && { events: kind.split(',').flatMap((name) => kindsFrom(name.trim())) }),
    ...(failed && { outcome: 'failure' as const }),
    ...(since !== undefined && { since: instantFrom('--since', since) }),
    ...(until !== undefined && { until: instantFrom('--until', until) }),
    ...(source !== undefined && { source: networkFrom(source) }),
  }
}

/** In which form to print. @throws {UsageError} where two are asked for. */
export function formOf({ json = false, csv = false }: Options): 'words' | 'json' | 'csv' {
  if (json && csv) throw new UsageError('say --json or --csv, not both')
  return json ? 'json' : csv ? 'csv' : 'words'
}

/** How many at the most; 0 for all. @throws {UsageError} for what is no number. */
export function limitFrom({ limit }: Options): number {
  if (/^\d{1,9}$/.test(limit)) return Number(limit)
  throw new UsageError('--limit takes a whole number; 0 for all')
}

/** An email or an id. */
function personFrom(text: string): string {
  if (/^\d{1,15}$/.test(text) || canonicalEmail(text) !== null) return text
  throw new UsageError('--person takes an email or an id')
}

/** The kinds of this name: one, or all of a room. */
function kindsFrom(name: string): readonly AuditEvent[] {
  const kinds = KINDS.filter((kind) => kind === name || kind.startsWith(`${name}.`))
  if (kinds.length > 0) return kinds
  const nearest = nearestName(name, [...KINDS, ...ROOMS])
  throw new UsageError(`--kind: there is no ${JSON.stringify(name)}; did you mean ${nearest}? docs/audit.md lists all`)
}

/** An instant, in UTC where no zone is named, or so long ago. */
function instantFrom(flag: string, text: string): Date {
  const [, count, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  const isGiven = INSTANT.test(text) && isRealDay(text.slice(0, 10))
  const given = isGiven ? `${text}${/T.*[^Z]$/.test(text) && !/[+-]\d\d:\d\d$/.test(text) ? 'Z' : ''}` : ''
  const instant = count === undefined ? new Date(given) : new Date(Date.now() - Number(count) * (UNITS_MS[unit] ?? 0))
  if (!Number.isNaN(instant.getTime())) return instant
  throw new UsageError(`${flag} takes an instant such as 2026-11-21T12:00Z, or how long ago: 30m, 2h, 7d`)
}

/** An address or a network. */
function networkFrom(text: string): NonNullable<AuditQuery['source']> {
  const network = parseNetwork(text)
  if (network !== null) return network
  throw new UsageError('--source takes an address, or a network such as 203.0.113.0/24')
}
