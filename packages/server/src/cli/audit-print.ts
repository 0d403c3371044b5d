/** Entries of the audit as `bienvenue audit` prints them. Some of their text strangers wrote: it starts nothing on a terminal or in a spreadsheet. */
import type { AuditRecord } from '../auth/audit-search.ts'
import { csvLine } from '../moving/csv-cells.ts'
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

/** The forms. */
export const writers: Readonly<Record<'words' | 'json' | 'csv', Writer>> = {
  words: { first: '', line: (record) => `${inWords(record)}\n` },
  json: {
    first: '',
    line: (record) => `${jsonLine(Object.fromEntries(COLUMNS.map((name) => [name, record[name]])))}\n`,
  },
  csv: {
    first: csvLine(COLUMNS),
    line: (record) => csvLine(COLUMNS.map((name) => textOf(record[name]))),
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

/** A value as the text of a cell. */
function textOf(value: AuditRecord[keyof AuditRecord]): string {
  if (value === null) return ''
  return value instanceof Date ? value.toISOString() : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** An instant to the second, in UTC. */
export function secondsOf(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`
}
