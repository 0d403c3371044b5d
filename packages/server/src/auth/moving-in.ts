/**
 * The room of those who come in from elsewhere. They come with their passwords' hashes and without sessions, links or letters; nobody
 * who is here already is touched, so an import that is run again goes on where it was ended, and else changes nothing.
 */
import type { ImportRow, ImportSource } from '../moving/record.ts'
import type { Audit } from './audit.ts'
import type { Deps } from './deps.ts'
import { Arrivals } from './moving-in-batch.ts'
import { Judge } from './moving-in-judge.ts'
import { Tally } from './moving-in-report.ts'
import type { ImportReport } from './moving-in-report.ts'
import type { ImportListener, ImportRun } from './moving-in-run.ts'
import { Survey } from './moving-in-survey.ts'

const BATCH = 500
const LOOKS = 5000 // rows of the first look between two reports of progress

/** Moving in. */
export class MovingIn {
  readonly #deps: Deps
  readonly #audit: Audit

  /** Works with the record. */
  constructor(deps: Deps, audit: Audit) {
    this.#deps = deps
    this.#audit = audit
  }

  /**
   * Takes the accounts of a source in, in batches of one transaction each, and resolves to what became of its rows. The source is read
   * twice: who shares an address with whom must be known before the first account is made.
   * @throws {UnreadableSource} where the source cannot be read on. @throws {DatabaseUnavailable} when the storage cannot do its work; what came
   * in before stays.
   */
  async run(source: ImportSource, run: ImportRun, listener: ImportListener): Promise<ImportReport> {
    const survey = new Survey(this.#deps.db.movingIn.openScratch(), { countsIds: run.keepIds })
    const tally = new Tally()
    try {
      await look(source, survey, run, listener)
      const total = survey.rows
      const arrivals = new Arrivals(this.#deps, this.#audit, { source, run, tally, listener, total })
      const judge = new Judge(run, survey, this.#deps.now())
      const batches = run.signal.aborted ? [] : batchesOf(source.rows()) // a source whose first look was broken off may not be read again
      for await (const rows of batches) {
        if (run.signal.aborted) break
        await arrivals.take(rows, judge)
      }
      const report = tally.report(source, { isDryRun: run.isDryRun, isInterrupted: run.signal.aborted })
      await arrivals.end(report)
      return report
    } finally {
      survey.close()
    }
  }
}

/** Looks at every row once. */
async function look(
  source: ImportSource,
  survey: Survey,
  { signal }: ImportRun,
  listener: ImportListener,
): Promise<void> {
  for await (const row of source.rows()) {
    if (signal.aborted) return
    survey.add(row)
    if (survey.rows % LOOKS === 0) listener.onProgress({ step: 'looking', rows: survey.rows, total: source.total })
  }
}

/** Rows by so many at a time. */
async function* batchesOf(rows: AsyncIterable<ImportRow>): AsyncGenerator<readonly ImportRow[]> {
  let batch: ImportRow[] = []
  for await (const row of rows) {
    batch.push(row)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
