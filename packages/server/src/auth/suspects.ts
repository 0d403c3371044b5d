/**
 * Networks from which many wrong passwords came a short while ago, as one service has seen them. All of them together count as one source
 * in the queue of hashes: else each of a storm's would always have a job waiting, and somebody new would find no place. [hardened 25]
 */

interface Seen {
  failures: number
  readonly sinceMs: number
}

const MANY = 10
const REMEMBERED_MS = 10 * 60_000
const MOST = 20_000

/** What all suspects are called where sources take turns. It is no address. */
export const SUSPECTS = 'suspects'

/** Failures by network, for ten minutes. What is kept is bounded, whatever strangers send. */
export class Suspects {
  readonly #seen = new Map<string, Seen>()

  /** Notes a wrong password. */
  note(network: string, now: Date): void {
    const seen = this.#find(network, now)
    if (seen !== null) {
      seen.failures++
      return
    }
    const [oldest] = this.#seen.keys()
    if (this.#seen.size >= MOST && oldest !== undefined) this.#seen.delete(oldest)
    this.#seen.set(network, { failures: 1, sinceMs: now.getTime() })
  }

  /** As whom a network takes its turns: by itself, or as one of the suspects. */
  sourceOf(network: string, now: Date): string {
    return (this.#find(network, now)?.failures ?? 0) >= MANY ? SUSPECTS : network
  }

  /** What was seen of a network; null where it is forgotten. Whatever lies in the future is from a clock that was set back. */
  #find(network: string, now: Date): Seen | null {
    const seen = this.#seen.get(network)
    if (seen === undefined) return null
    const ageMs = now.getTime() - seen.sinceMs
    if (ageMs >= 0 && ageMs < REMEMBERED_MS) return seen
    this.#seen.delete(network)
    return null
  }
}
