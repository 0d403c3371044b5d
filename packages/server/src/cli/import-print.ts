/** What came of an import, as `bienvenue import` prints it. Nothing of what a row holds is in it, but for names of fields. */
import type { ImportReport } from '../auth/moving-in-report.ts'
import type { Problem } from '../auth/moving-in-run.ts'
import type { ImportSource } from '../moving/record.ts'
import { jsonLine, printable } from './printable.ts'
import { count } from './progress.ts'

/** How many rows are listed; a file holds all of them. */
export const MOST_LISTED = 20

/** The rows that are listed, and how many there are. */
export interface Listed {
  readonly first: readonly Problem[]
  readonly all: number
}

/** The report for programs: one line. */
export function reportAsJson(report: ImportReport, { first, all }: Listed): string {
  return `${jsonLine({ ...report, problems: { all, first } })}\n`
}

/** The report for people. */
export function reportInWords(report: ImportReport, { first, all }: Listed, places: ImportSource['places']): string {
  const { isDryRun, isInterrupted, ignored, leftBehind } = report
  const lines = [
    ...(isDryRun ? ['This is what would happen; nothing was changed.'] : []),
    ...(isInterrupted ? ['It was ended before the last row; run it again to go on.'] : []),
    ...countsOf(report).map(([number, words]) => `${count(number).padStart(11)}  ${words}`),
    ...Object.entries(leftBehind).map(
      ([what, number]) => `${count(number).padStart(11)}  had ${what} there, and will not have it here`,
    ),
    ...(ignored.length === 0 ? [] : [`Not taken: ${ignored.join(', ')}`]),
    ...first.map(({ place, is, reason }) => `${places} ${place}: ${is === 'refused' ? 'refused: ' : ''}${reason}`),
    ...(all > first.length ? [`… and ${count(all - first.length)} more; --report FILE lists them all`] : []),
  ]
  return lines.map((line) => `${printable(line)}\n`).join('')
}

/** The counts that are worth a line. */
function countsOf(report: ImportReport): readonly (readonly [number, string])[] {
  const { rows, made, alreadyThere, refused, repeated, setAside, unusable, withoutPassword, redated, schemes } = report
  const always = [
    [rows, 'rows read'],
    [made, report.isDryRun ? 'accounts would be made' : 'accounts made'],
    ...Object.entries(schemes).map(([scheme, number]) => [number, `  with a password as ${scheme}`] as const),
  ] as const
  const sometimes = [
    [withoutPassword, '  that had no password'],
    [unusable, '  whose password cannot be taken: a reset gives them one'],
    [setAside, '  shared by several rows, without a password until a reset'],
    [redated, '  made in the future, it said: they got the date of today'],
    [alreadyThere, 'were here already, and were left as they are'],
    [repeated, 'rows with an address of an earlier row'],
    [refused, 'refused'],
  ] as const
  return [...always, ...sometimes.filter(([number]) => number > 0)]
}
