/** The hashing process: does the work that its parent sends, and ends with it. Its threads are set by UV_THREADPOOL_SIZE. */
import { work } from './hashing.ts'
import type { HashJob } from './hashing.ts'

/** A job with the number by which the parent knows it. */
export interface NumberedJob {
  readonly number: number
  readonly job: HashJob
}

/** What came of a job. The reason of a failure stays here: it could tell of the password. */
export interface JobOutcome {
  readonly number: number
  readonly result: string | boolean | null
}

process.on('disconnect', () => process.exit(0))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined) // Ctrl-C reaches us too: the parent decides when to end
process.on('message', ({ number, job }: NumberedJob) => {
  const answer = (result: JobOutcome['result']): void =>
    void process.send?.({ number, result } satisfies JobOutcome, undefined, {}, () => undefined) // a parent that is gone asks no more
  work(job).then(answer, () => {
    answer(null)
  })
})
