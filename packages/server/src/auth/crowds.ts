/** Tries at one email that are under way at once: they come one after the other to the hash, and how long that takes must not tell whose it is. */
import type { CanonicalEmail } from '../email.ts'

const HASHES_TO_A_POINT = 2
const LAST_POINT = 5 // of more tries than that an account has none left, so nothing is hashed for them

/** A try among those under way at the same email. */
export interface Place {
  /** At which of the fixed points it is refused at the earliest, counted from its arrival: 1 for the first two, 2 for the next two, 5 at the most. */
  readonly point: number
  /** Ends it. */
  readonly leave: () => void
}

/** Tries under way, by email. An email is forgotten with its last try, so there are never more than there are requests. */
export class Crowds {
  readonly #underWay = new Map<CanonicalEmail | null, number>()

  /** Lets a try in; null is for all texts that are no email. */
  enter(key: CanonicalEmail | null): Place {
    const count = (this.#underWay.get(key) ?? 0) + 1
    this.#underWay.set(key, count)
    return {
      point: Math.min(Math.ceil(count / HASHES_TO_A_POINT), LAST_POINT),
      leave: () => {
        this.#leave(key)
      },
    }
  }

  /** Lets one out. */
  #leave(key: CanonicalEmail | null): void {
    const left = (this.#underWay.get(key) ?? 1) - 1
    if (left === 0) this.#underWay.delete(key)
    else this.#underWay.set(key, left)
  }
}
