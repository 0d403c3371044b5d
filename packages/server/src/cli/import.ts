/** `bienvenue import`: brings people here from elsewhere, with their passwords. docs/moving-in.md is its page. */
import { existsSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { Auth } from '../auth/auth.ts'
import type { ImportRun } from '../auth/moving-in-run.ts'
import { databaseFile } from '../database-address.ts'
import { DatabaseUnavailable } from '../errors.ts'
import { UnreadableSource } from '../moving/record.ts'
import type { ImportSource } from '../moving/record.ts'
import type { OpenedAuth } from '../service.ts'
import type { Settings } from '../settings.ts'
import { CouldNot } from './explain.ts'
import type { FormOptions, ImportForm } from './import-form.ts'
import { FORMS } from './import-forms.ts'
import { Listener } from './import-listener.ts'
import { withoutAddress } from './import-options.ts'
import { reportAsJson, reportInWords } from './import-print.ts'
import { goOnUnread } from './output.ts'
import { printable } from './printable.ts'
import { settingsFor, withSettings } from './with-settings.ts'

/** What every part of the command may be told. */
interface Options extends FormOptions {
  readonly dryRun?: boolean
  readonly verified: ImportRun['verified']
  readonly keepIds?: boolean
  readonly admins?: boolean
  readonly map?: string
  readonly report?: string
  readonly json?: boolean
}

/** The command. */
export function importCommand(): Command {
  const command = new Command('import').description(
    'Bring people here from elsewhere: they log in with the passwords that they have. --dry-run tells first what would happen. Whoever was deleted here since an earlier run, and is in the source still, comes back.',
  )
  for (const form of FORMS) command.addCommand(partFor(form))
  return command
}

/** The part of the command for one form. */
function partFor(form: ImportForm): Command {
  const command = new Command(form.name).description(form.description).argument(form.argument, form.meaning)
  for (const option of form.options) command.addOption(option)
  command
    .option('--dry-run', 'Tell what would happen, and change nothing.')
    .addOption(
      new Option('--verified <which>', 'Which addresses count as verified.')
        .choices(['none', 'as-given', 'all'])
        .default('none'),
    )
    .option('--keep-ids', 'Keep the ids that people have there.')
    .option('--map <file>', 'Write the old and the new id of everybody to a new file, as CSV; a dry run makes none.')
    .option('--report <file>', 'Write every row that did not simply come in to a new file, as CSV.')
    .option('--json', 'The report as JSON, for programs.')
  command.action(async (given: string) => {
    goOnUnread()
    const { settings } = settingsFor(command)
    await runImport(form, given, settings, command.opts<Options>())
  })
  return withSettings(command)
}

/** Opens source and storage, runs the import, and prints what came of it. */
async function runImport(form: ImportForm, given: string, settings: Settings, options: Options): Promise<void> {
  const source = await form.open(given, options).catch((error: unknown) => inPlainWords(error, given))
  try {
    const opened = await openFor(settings, options.dryRun === true)
    try {
      await move(opened.auth, source, options)
    } finally {
      await opened.close()
    }
  } catch (error) {
    inPlainWords(error, given)
  } finally {
    await source.close()
  }
}

/** Opens the storage, and makes it where there is none: a dry run makes one that ends with it. */
async function openFor(settings: Settings, isDryRun: boolean): Promise<OpenedAuth> {
  const { openAuth } = await import('../service.ts')
  const path = databaseFile(settings.database.url)
  const isMissing = path !== null && !existsSync(path)
  const url = isMissing && isDryRun ? 'sqlite::memory:' : settings.database.url
  if (isMissing && !isDryRun) process.stderr.write(`there is no database ${printable(path)} yet: it is made now\n`)
  const start = { mustExist: isDryRun && !isMissing, takeOver: false } // looking into a database neither makes nor takes over one
  return openAuth({ ...settings, database: { ...settings.database, url } }, {}, start)
}

/** Runs the import. @throws {CouldNot} where rows were refused, or it was ended. */
async function move(auth: Auth, source: ImportSource, options: Options): Promise<void> {
  const { dryRun: isDryRun = false, verified, keepIds = false, admins = false, json = false } = options
  const listener = await Listener.open(options)
  const end = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end.abort())
  try {
    const report = await auth.movingIn.run(
      source,
      { verified, keepIds, admins, isDryRun, signal: end.signal },
      listener,
    )
    listener.progress.end()
    const listed = { first: listener.first, all: listener.all }
    process.stdout.write(json ? reportAsJson(report, listed) : reportInWords(report, listed, source.places))
    if (report.isInterrupted) throw new CouldNot('the import was ended before the last row; run it again to go on')
    if (report.refused > 0) throw new CouldNot(`rows that were refused: ${report.refused}; the report names them`)
  } catch (error) {
    throw isDryRun ? error : withWhatStays(error, listener.reached)
  } finally {
    listener.progress.end()
    await listener.close()
  }
}

/** A source that cannot be read is nobody's bug. */
function inPlainWords(error: unknown, given: string): never {
  throw error instanceof UnreadableSource ? new CouldNot(withoutAddress(error.message, given)) : error
}

/** What ended an import in its middle, with how far it had come: who came in until then stays. */
function withWhatStays(error: unknown, reached: string | null): unknown {
  if (reached === null || !(error instanceof Error)) return error
  const message = `${error.message}; it had come to ${reached}, and who came in stays: run it again to go on`
  if (error instanceof UnreadableSource) return new UnreadableSource(message, { cause: error })
  return error instanceof DatabaseUnavailable ? new CouldNot(message, { cause: error }) : error
}
