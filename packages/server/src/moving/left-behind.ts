/** What other products hold of an account and we do not take: counted where it matters to people, and else named. */

const MOST_NAMES = 100
const LONGEST_NAME = 60

/** An object of a file or a row of a database, of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>

/** The account of one reading of a source. */
export class LeftBehind {
  readonly #ignored = new Set<string>()
  readonly #counts = new Map<string, number>()

  /** Names of fields that were met and not taken: a hundred at the most, cut short. */
  get ignored(): ReadonlySet<string> {
    return this.#ignored
  }

  /** What people had and have no longer, and how many of them. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  /** Notes the name of a field that is not read. */
  ignore(name: string): void {
    if (this.#ignored.size < MOST_NAMES) this.#ignored.add(name.slice(0, LONGEST_NAME))
  }

  /** Notes the names of those fields that are not among the known ones. */
  ignoreAllBut(known: ReadonlySet<string>, fields: Fields): void {
    for (const name of Object.keys(fields)) if (!known.has(name)) this.ignore(name)
  }

  /** Counts one account that had this, if it had. */
  count(what: string, had: boolean): void {
    if (had) this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }
}
