/** `bienvenue audit verify`: whether a hand has changed the record, and which entry is the first. */
import { Command } from 'commander'
import type { Finding, FindingKind, Verdict } from '../auth/audit-findings.ts'
import { secondsOf } from './audit-print.ts'
import { CouldNot, UsageError } from './explain.ts'
import { jsonLine, printable } from './printable.ts'
import { withAuth } from './with-auth.ts'

/** What it may be told. */
interface Options {
  readonly head?: string
  readonly json?: boolean
}

const TO_DO = 'Keep a copy of the database as it is, and compare it with the log and the backups (docs/audit.md)'

/** What may be in order, and cannot be told. */
const UNDECIDED: ReadonlyMap<FindingKind, string> = new Map([
  ['key_missing', 'CANNOT BE CHECKED TO ITS END'],
  ['head_too_old', 'CANNOT BE COMPARED'],
])

/** What is wrong, as a sentence, and what to do about it. */
const SENTENCES: Readonly<Record<FindingKind, (finding: Finding, verdict: Verdict) => string>> = {
  changed: (finding) => `${named(finding)} was changed, or another was put in its place. ${TO_DO}`,
  removed: (finding, { to }) =>
    finding.id === null
      ? `number ${String(finding.seq)} of the chain was removed with its seal; what comes before it ends at ${whenOf(to)}. ${TO_DO}`
      : `${named(finding)} was removed. ${TO_DO}`,
  put_in: (finding) => `${named(finding)} was put in: no service with this secret wrote it. ${TO_DO}`,
  unsealed: (finding) =>
    `${named(finding)} has had no seal for more than a minute: its seal was removed, or no service runs that makes one. Start the service, and verify again`,
  checkpoint: ({ seq }) =>
    `the beginning of the audit was changed: at number ${String(seq)} the checkpoint, or what came before it, was changed or removed. ${TO_DO}`,
  cut: ({ seq }) => `the audit was cut: it ends before the head that was kept; number ${String(seq)} is gone. ${TO_DO}`,
  head_differs: ({ seq }) =>
    `the audit is not the one of the head that was kept: number ${String(seq)} is another. It was written anew, or the head belongs to another database. ${TO_DO}`,
  head_too_old: ({ seq }) =>
    `the head lies before the checkpoint and cannot be compared: the audit begins with number ${String(seq)}, older entries were let go. Compare a newer head`,
  key_missing: ({ id, keyId, ...finding }, { to }) =>
    `the key ${printable(keyId ?? '')} is not set, so ${id === null ? 'the checkpoint' : named({ ...finding, id })} cannot be checked; up to ${whenOf(to)} nothing was changed. Give its secret too: BIENVENUE_SECRET=new,old`,
}

/** The part of the command. */
export function verifyCommand(): Command {
  const command = new Command('verify')
    .description('Look whether an entry was changed, removed or put in by hand, and name the first. Exit code 1 if so.')
    .option('--head <count:hash>', 'A head that was kept elsewhere: the audit must reach it, and hold the same.')
    .option('--json', 'As JSON, for programs.')
  return withAuth<Options>(
    command,
    async ({ auth, options }) => {
      const verdict = await auth.audit.verify({ head: headFrom(options), onProgress: tell })
      if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
      const lines = options.json === true ? [jsonLine(asJson(verdict))] : linesOf(verdict)
      process.stdout.write(`${lines.join('\n')}\n`)
      const { finding } = verdict
      if (finding !== null) throw new CouldNot(SENTENCES[finding.kind](finding, verdict))
    },
    (options) => void headFrom(options),
  )
}

/** Says on a terminal how far it is. */
function tell(entries: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${entries} entries`)
}

/** The head that was kept. @throws {UsageError} for what is none. */
function headFrom({ head }: Options): { readonly count: number; readonly hash: string } | undefined {
  if (head === undefined) return undefined
  const [, count, hash] = /^([1-9]\d{0,14}):([\w-]{43})$/.exec(head) ?? []
  if (count === undefined || hash === undefined)
    throw new UsageError('--head takes COUNT:HASH, as the log has it in the lines "audit head"')
  return { count: Number(count), hash }
}

/** What was found, for programs. */
function asJson({ head, ...verdict }: Verdict): object {
  const isWhole = verdict.finding === null
  return { isWhole, head: head === null ? null : `${head.count}:${head.hash}`, headAt: head?.at ?? null, ...verdict }
}

/** What was found, for people. */
function linesOf({ entries, head, from, to, checkpoint, waiting, finding }: Verdict): readonly string[] {
  const rows: readonly (readonly [name: string, value: string | null])[] = [
    ['audit', finding === null ? 'nothing was changed' : (UNDECIDED.get(finding.kind) ?? 'NOT AS IT WAS')],
    ['entries', String(entries)],
    ['from', from === null ? null : whenOf(from)],
    ['to', to === null ? null : whenOf(to)],
    ['head', head === null ? null : `${head.count}:${head.hash}`],
    ['let go', checkpoint === null ? null : `${checkpoint.seq} entries, the last sealed at ${whenOf(checkpoint.at)}`],
    ['not sealed yet', waiting === 0 ? null : String(waiting)],
  ]
  return rows.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(16)}${value}`]))
}

/** An entry, by what is known of it. */
function named({ id, at, event }: Pick<Finding, 'id' | 'at' | 'event'>): string {
  const known = [...(at === null ? [] : [whenOf(at)]), ...(event === null ? [] : [printable(event)])]
  return `entry ${String(id)}${known.length === 0 ? '' : ` (${known.join(', ')})`}`
}

/** An instant to the second; the beginning where there is none. */
function whenOf(at: Date | null): string {
  return at === null ? 'the beginning' : secondsOf(at)
}
