/** Entries of the audit as `bienvenue audit` prints them. Some of their text strangers wrote: it starts nothing on a terminal or in a spreadsheet. */
import type { AuditRecord } from '../auth/audit-search.ts'
import { jsonLine, printable } from './printable.ts'

/** How entries are printed in one form: what stands before them all, and each of them with the end of its line. */
interface Writer {
  readonly first: string
  readonly line: (record: AuditRecord) => string
}

/** The columns of CSV; names and values of JSON are the same. */
const COLUMNS = [
  'id',
  'at',
  'event',
  'outcome',
  'userId',
  'subject',
  'source',
  'device',
  'agent',
  'requestId',
  'sessionId',
  'method',
  'times',
  'facts',
] as const satisfies readonly (keyof AuditRecord)[]

/** What a spreadsheet would take for a formula, or for the start of one. [ASVS 1.2.10] */
const FORMULA = /^[=+\-@\t\0]/

/** The forms. */
export const writers: Readonly<Record<'words' | 'json' | 'csv', Writer>> = {
  words: { first: '', line: (record) => `${inWords(record)}\n` },
  json: {
    first: '',
    line: (record) => `${jsonLine(Object.fromEntries(COLUMNS.map((name) => [name, record[name]])))}\n`,
  },
  csv: {
    first: `${COLUMNS.join(',')}\r\n`,
    line: (record) => `${COLUMNS.map((name) => cellOf(record[name])).join(',')}\r\n`,
  },
}

/** An entry as a line for people. */
function inWords(record: AuditRecord): string {
  const { at, event, outcome, userId, source, device, method, times, facts } = record
  const cells = [
    secondsOf(at),
    printable(event).padEnd(29),
    (outcome ?? '').padEnd(7),
    (userId === null ? 'nobody' : `person ${userId}`).padEnd(10),
    printable(source ?? '').padEnd(15),
    printable(device ?? ''),
    method === null ? '' : `by ${printable(method)}`,
    times === 1 ? '' : `${times} times`,
    ...Object.entries(facts).map(([name, value]) => printable(`${name}=${String(value)}`)),
  ]
  return cells
    .filter((cell) => cell !== '')
    .join('  ')
    .trimEnd()
}

/** A value as a cell of CSV (RFC 4180), in quotes where it needs them, and never a formula. [ASVS 1.2.10] */
function cellOf(value: AuditRecord[keyof AuditRecord]): string {
  if (value === null) return ''
  const text =
    value instanceof Date ? value.toISOString() : typeof value === 'object' ? JSON.stringify(value) : String(value)
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** An instant to the second, in UTC. */
export function secondsOf(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`
}
