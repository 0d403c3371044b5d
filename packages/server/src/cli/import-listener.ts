/** What is heard of an import while it runs, and written to the files that were asked for. */
import type { ImportListener, Problem } from '../auth/moving-in-run.ts'
import { csvLine } from '../moving/csv-cells.ts'
import { MOST_LISTED } from './import-print.ts'
import { LineSink } from './private-file.ts'
import { count, ProgressLine } from './progress.ts'

/** The files. */
interface Files {
  readonly dryRun?: boolean
  readonly map?: string
  readonly report?: string
}

/** Hears what becomes of the rows: keeps the first problems, and writes the files that were asked for. */
export class Listener implements ImportListener {
  readonly first: Problem[] = []
  readonly progress = new ProgressLine()
  all = 0
  /** How far it has come with moving in, in words; null where it has not begun. */
  reached: string | null = null
  readonly #report: LineSink | null
  readonly #map: LineSink | null

  private constructor(report: LineSink | null, map: LineSink | null) {
    this.#report = report
    this.#map = map
  }

  /** Makes the files, both or neither; a dry run knows no new ids for a map. @throws {UsageError} where one is there already. */
  static async open({ report, map, dryRun = false }: Files): Promise<Listener> {
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
    if (step === 'moving') this.reached = `row ${count(rows)}${total === null ? '' : ` of ${count(total)}`}`
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
