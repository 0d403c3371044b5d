/** `bienvenue import`: brings people here from elsewhere, with their passwords. docs/moving-in.md is its page. */
import { existsSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { Auth } from '../auth/auth.ts'
import type { ImportListener, ImportRun, Problem } from '../auth/moving-in-run.ts'
import { databaseFile } from '../database-address.ts'
import { csvLine } from '../moving/csv-cells.ts'
import { UnreadableSource } from '../moving/record.ts'
import type { ImportSource } from '../moving/record.ts'
import type { OpenedAuth } from '../service.ts'
import type { Settings } from '../settings.ts'
import { CouldNot } from './explain.ts'
import type { FormOptions, ImportForm } from './import-form.ts'
import { FORMS } from './import-forms.ts'
import { withoutAddress } from './import-options.ts'

import { MOST_LISTED, reportAsJson, reportInWords } from './import-print.ts'
import { printable } from './printable.ts'
import { LineSink } from './private-file.ts'
import { ProgressLine } from './progress.ts'
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
  } finally {
    listener.progress.end()
    await listener.close()
  }
}

/** Hears what becomes of the rows: keeps the first problems, and writes the files that were asked for. */
class Listener implements ImportListener {
  readonly first: Problem[] = []
  readonly progress = new ProgressLine()
  all = 0
  readonly #report: LineSink | null
  readonly #map: LineSink | null

  private constructor(report: LineSink | null, map: LineSink | null) {
    this.#report = report
    this.#map = map
  }

  /** Makes the files, both or neither; a dry run knows no new ids for a map. @throws {UsageError} where one is there already. */
  static async open({ report, map, dryRun = false }: Options): Promise<Listener> {
    const reportFile = await fileWith(report, ['place', 'is', 'reason'])
    try {
      return new Listener(reportFile, await fileWith(dryRun ? undefined : map, ['old_id', 'new_id']))
    } catch (error) {
      await reportFile?.discard()
      throw error
    }
  }

  /** Keeps a row that did not simply come in. */
  async onProblem(problem: Problem): Promise<void> {
    this.all++
    if (this.first.length < MOST_LISTED) this.first.push(problem)
    await this.#report?.write(csvLine([String(problem.place), problem.is, problem.reason]))
  }

  /** Writes two ids down. */
  async onMoved(oldId: string, newId: number): Promise<void> {
    await this.#map?.write(csvLine([oldId, String(newId)]))
  }

  /** Says how far it is. */
  onProgress({ step, rows, total }: Parameters<ImportListener['onProgress']>[0]): void {
    this.progress.say(step === 'looking' ? 'looking at all rows first' : 'moving in', rows, total)
  }

  /** Closes the files. */
  async close(): Promise<void> {
    try {
      await this.#report?.close()
    } finally {
      await this.#map?.close()
    }
  }
}

/** A new file of CSV with these columns, if one was asked for. */
async function fileWith(path: string | undefined, columns: readonly string[]): Promise<LineSink | null> {
  if (path === undefined) return null
  const file = await LineSink.create(path)
  try {
    await file.write(csvLine(columns))
  } catch (error) {
    await file.discard()
    throw error
  }
  return file
}

/** A source that cannot be read is nobody's bug. */
function inPlainWords(error: unknown, given: string): never {
  throw error instanceof UnreadableSource ? new CouldNot(withoutAddress(error.message, given)) : error
}
