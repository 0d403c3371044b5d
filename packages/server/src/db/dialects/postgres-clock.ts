/** The clock of PostgreSQL, which all services on it go by: theirs may differ, and may be set while they run. */

/** What the server's clock says, as far as it is known here. Between two looks it goes on by a clock that nobody sets. */
export class ServerClock {
  #aheadMs: number | null = null

  /** Notes what the server said, in milliseconds, when it was asked at the first of these instants of `performance.now` and had answered at the second. */
  set(serverMs: number, askedMs: number, answeredMs: number): void {
    this.#aheadMs = serverMs - (askedMs + answeredMs) / 2
  }

  /** The time on the server; on this machine, before it was ever reached. */
  readonly now = (): Date => (this.#aheadMs === null ? new Date() : new Date(this.#aheadMs + performance.now()))
}
