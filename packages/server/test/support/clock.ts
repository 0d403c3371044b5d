/** A clock that stands still until the test moves it. */

const MINUTE = 60_000

/** Starts at an instant of its own, so that nothing can depend on today. */
export class TestClock {
  #now = Date.parse('2026-03-01T12:00:00Z')

  readonly now = (): Date => new Date(this.#now)

  /** Lets time pass. */
  advance({
    days = 0,
    hours = 0,
    minutes = 0,
    seconds = 0,
  }: {
    days?: number
    hours?: number
    minutes?: number
    seconds?: number
  }): void {
    this.#now += ((days * 24 + hours) * 60 + minutes) * MINUTE + seconds * 1000
  }
}
