/** What is told of an import at its end: counts. */
import type { ImportSource } from '../moving/record.ts'
import type { Candidate } from './moving-in-judge.ts'

/** Counts of an import. In a dry run, what they would be. */
export interface ImportReport {
  readonly form: string
  readonly isDryRun: boolean
  /** Whether it was ended before the last row. Run again, it goes on. */
  readonly isInterrupted: boolean
  /** How many rows were read. Each is one of the next four. */
  readonly rows: number
  /** Accounts that were made. */
  readonly made: number
  /** Rows whose address had an account before. */
  readonly alreadyThere: number
  readonly refused: number
  /** Rows whose address stands in an earlier row. */
  readonly repeated: number
  /** Of those made: how many share their address with another row, so that nobody's password is theirs. */
  readonly setAside: number
  /** Of those made: how many have a hash that cannot be taken. */
  readonly unusable: number
  /** Of those made: how many had no password there. */
  readonly withoutPassword: number
  /** Of those made: how many came with an instant of their making that cannot be, and got that of the import. */
  readonly redated: number
  /** How many hashes of each kind were taken. */
  readonly schemes: Readonly<Record<string, number>>
  /** Fields of the source that nothing was made of. */
  readonly ignored: readonly string[]
  /** What people had there and do not have here, and how many of them. */
  readonly leftBehind: Readonly<Record<string, number>>
}

/** The counts while they grow. */
export class Tally {
  rows = 0
  made = 0
  alreadyThere = 0
  refused = 0
  repeated = 0
  setAside = 0
  unusable = 0
  withoutPassword = 0
  redated = 0
  readonly #schemes = new Map<string, number>()

  /** Counts an account that is made. */
  addMade({ hash, isSetAside, isRedated }: Candidate): void {
    this.made++
    if (isSetAside) this.setAside++
    else if (hash === null) this.withoutPassword++
    else if (hash.is === 'none') this.unusable++
    else this.#schemes.set(hash.scheme, (this.#schemes.get(hash.scheme) ?? 0) + 1)
    if (isRedated) this.redated++
  }

  /** The counts as they are now. */
  report(source: ImportSource, state: { readonly isDryRun: boolean; readonly isInterrupted: boolean }): ImportReport {
    const { rows, made, alreadyThere, refused, repeated, setAside, unusable, withoutPassword, redated } = this
    return {
      form: source.form,
      ...state,
      rows,
      made,
      alreadyThere,
      refused,
      repeated,
      setAside,
      unusable,
      withoutPassword,
      redated,
      schemes: Object.fromEntries([...this.#schemes].sort()),
      ignored: [...source.ignored].sort(),
      leftBehind: Object.fromEntries(source.leftBehind),
    }
  }
}
