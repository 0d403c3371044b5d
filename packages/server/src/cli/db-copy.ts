/** `bienvenue db copy`: moves house, from one database to another, with everything and everybody. */
import { Command } from 'commander'
import { isPostgres } from '../database-address.ts'
import { copyAll } from '../db/copy.ts'
import type { CopiedTable, CopyProgress } from '../db/copy.ts'
import { openSource, openTarget } from '../db/house-ends.ts'
import { copySecret, findSecret, refuseOtherSecret } from '../db/house-secret.ts'
import type { HouseSecret } from '../db/house-secret.ts'
import type { Draft, Snapshot } from '../db/house.ts'
import { findKeyUse } from '../db/key-use.ts'
import { sqlitePath } from '../db/open.ts'
import { addressFrom, keyWarnings, secretsFor, shownAddress, under } from './db-address.ts'
import { stoppable } from './db-stop.ts'
import { CouldNot, UsageError } from './explain.ts'
import { goOnUnread } from './output.ts'
import { jsonLine, printable } from './printable.ts'
import { count, ProgressLine } from './progress.ts'
import { settingsFor, withSettings } from './with-settings.ts'

/** What it may be told. */
interface Options {
  readonly from?: string
  readonly to: string
  readonly json?: boolean
}

/** From where to where; `flag` is what named the first. */
interface Ends {
  readonly from: string
  readonly flag: string
  readonly to: string
}

/** What came of it. */
interface Report {
  readonly from: string
  readonly to: string
  /** What was written to the old database since then is not in the new one. */
  readonly asOf: Date
  readonly seconds: number
  readonly rows: number
  readonly tables: readonly CopiedTable[]
  readonly next: readonly string[]
  readonly warnings: readonly string[]
}

const IN_USE =
  'a service seems to have the old database open: what it writes from now on is not in the copy. Stop it, and copy into another empty database'
const LOCKED =
  'the secret of this database was not given: nothing in it is under a key that is known, and everybody would be logged out. Give BIENVENUE_SECRET as the service has it'

/** The command. */
export function copyCommand(): Command {
  const command = new Command('copy')
    .description(
      'Copy a whole database into an empty one, from SQLite to PostgreSQL or back: people stay logged in. Stop the service first: what it writes meanwhile is not in the copy.',
    )
    .option(
      '--from <address>',
      'Where everything is: sqlite:PATH, postgres://…, or env:NAME (DATABASE_URL if left out).',
    )
    .requiredOption('--to <address>', 'Where it goes. PostgreSQL: an empty database; SQLite: a file that is not there.')
    .option('--json', 'The report as JSON, for programs.')
  return withSettings(command).action(async () => {
    goOnUnread()
    const { settings } = settingsFor(command)
    const options = command.opts<Options>()
    const from = options.from === undefined ? settings.database.url : addressFrom('--from', options.from)
    const to = addressFrom('--to', options.to)
    if (from === to) throw new UsageError('--from and --to are the same database')
    const flag = options.from === undefined ? 'DATABASE_URL' : '--from'
    const report = await copy({ from, flag, to }, secretsFor(settings, from))
    process.stdout.write(options.json === true ? `${jsonLine(report)}\n` : `${linesOf(report).join('\n')}\n`)
  })
}

/** Copies, and puts the secret beside where it was beside. */
async function copy({ from, flag, to }: Ends, secrets: readonly string[]): Promise<Report> {
  const [startedAt, line] = [performance.now(), new ProgressLine()]
  const tell = telling(line)
  const source = sourceUnder(flag, await under(flag, async () => openSource(from)))
  const asOf = new Date()
  try {
    const secret = findSecret(from, secrets)
    const warnings = [...(source.isInUse ? [IN_USE] : []), ...(await judgeKeys(source, secret))]
    for (const warning of warnings) process.stderr.write(`bienvenue: warning: ${printable(warning)}\n`)
    const isBeside = secret.file !== null && !isPostgres(to)
    if (isBeside)
      await under('--to', () => {
        refuseOtherSecret(sqlitePath(from), sqlitePath(to))
      })
    const draft = draftUnder('--to', await under('--to', async () => openTarget(to)))
    try {
      const tables = await copyAll(source, draft, tell)
      if (isBeside) copySecret(sqlitePath(from), sqlitePath(to)) // before the copy is seen: a service would make another
      await draft.publish()
      const rows = tables.reduce((sum, table) => sum + table.rows, 0)
      const seconds = Math.round(performance.now() - startedAt) / 1000
      const next = nextSteps(from, to, secret)
      return { from: shownAddress(from), to: shownAddress(to), asOf, seconds, rows, tables, next, warnings }
    } finally {
      await draft.close()
    }
  } finally {
    line.end()
    await source.close()
  }
}

/** An end that is read: what goes wrong there in the middle bears its name too. */
function sourceUnder(flag: string, source: Snapshot): Snapshot {
  return { ...source, rows: async (query) => under(flag, async () => source.rows(query)) }
}

/** The same for the end that is filled. */
function draftUnder(flag: string, draft: Draft): Draft {
  return {
    ...draft,
    rows: async (query) => under(flag, async () => draft.rows(query)),
    add: async (table, rows) => under(flag, async () => draft.add(table, rows)),
    publish: async () => under(flag, async () => draft.publish()),
  }
}

/** Warnings of keys that are not known. @throws {CouldNot} where none is. */
async function judgeKeys({ kysely }: Snapshot, { keys }: HouseSecret): Promise<readonly string[]> {
  const uses = await findKeyUse(kysely, keys)
  if (uses.length > 0 && !uses.some(({ isKnown }) => isKnown)) throw new CouldNot(LOCKED)
  return keyWarnings(uses)
}

/** Says how far it is, until somebody stops it. */
function telling(line: ProgressLine): (progress: CopyProgress) => void {
  const refuseStopped = stoppable()
  return ({ doing, rows, total }) => {
    refuseStopped()
    line.say(doing, rows, total)
  }
}

/** What is left to do. The secret itself is never said. */
function nextSteps(from: string, to: string, { keys, file }: HouseSecret): readonly string[] {
  const address = `Start the service with DATABASE_URL set to ${isPostgres(to) ? 'the new address' : shownAddress(to)}.`
  return [address, ...(keys === null ? [] : [secretStep(from, to, file)])]
}

/** What the service needs so that people stay logged in. */
function secretStep(from: string, to: string, file: string | null): string {
  if (file === null)
    return 'It needs the same BIENVENUE_SECRET (or BIENVENUE_SECRET_FILE) as before; without it everybody is logged out.'
  if (isPostgres(to))
    return `It needs the secret of the old one: BIENVENUE_SECRET_FILE=${file} (or that file where only the service reads it); without it everybody is logged out.`
  return `Its secret came along: it is in ${sqlitePath(to)}.secret, as that of ${sqlitePath(from)}.`
}

/** What was done, for people. */
function linesOf({ from, to, asOf, seconds, rows, tables, next }: Report): readonly string[] {
  return [
    `copied ${printable(from)} to ${printable(to)}`,
    ...tables.map(({ name, rows: own, sha256 }) => `  ${name.padEnd(12)}${count(own).padStart(12)}  ${sha256}`),
    `${count(rows)} rows in ${seconds.toFixed(1)} s; both sides were compared, and are the same`,
    ...next.map(printable),
    `What was written to the old database since ${asOf.toISOString()} is not in the new one.`,
  ]
}
