/** How an import is run, and what is told of it meanwhile: each row that did not simply come in, by its place, and nothing of what a row holds. */

/** What the operator says of a source. */
export interface ImportOptions {
  /** Which addresses count as verified: none, those that the source says are, or all. */
  readonly verified: 'none' | 'as-given' | 'all'
  /** Whether people keep the ids that they have there. */
  readonly keepIds: boolean
  /** Whether those who are admins there become admins here. */
  readonly admins: boolean
}

/** How an import is run. */
export interface ImportRun extends ImportOptions {
  /** Whether it only tells what it would do. */
  readonly isDryRun: boolean
  /** Ends it before the next batch. */
  readonly signal: AbortSignal
}

/**
 * What became of a row: `refused` made no account; `same_address` shares its address with another row of the source, and their account has no
 * password; `no_password` came in without one, because its hash cannot be taken.
 */
export interface Problem {
  /** The number of its line or row. */
  readonly place: number
  readonly is: 'refused' | 'same_address' | 'no_password'
  /** In a sentence for people. */
  readonly reason: string
}

/** How far an import is. */
export interface Progress {
  readonly step: 'looking' | 'moving'
  readonly rows: number
  /** How many there are; null where that is not known yet. */
  readonly total: number | null
}

/** Who is told while it runs. Whatever it takes, the import waits for it. */
export interface ImportListener {
  onProblem(problem: Problem): Promise<void>
  /** The id that somebody had there, and the one of the account that they have here: it may be that of several. */
  onMoved(oldId: string, newId: number): Promise<void>
  onProgress(progress: Progress): void
}
