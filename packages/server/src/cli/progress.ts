/** How far something is that takes long, on standard error: on a terminal in one line that changes, elsewhere as a line now and then. */

const TERMINAL_MS = 1000
const PIPE_MS = 10_000

/** Says how far it is, no oftener than anybody can read. */
export class ProgressLine {
  #startedAt = performance.now()
  #what = ''
  readonly #pauseMs = process.stderr.isTTY ? TERMINAL_MS : PIPE_MS
  #saidAt = this.#startedAt
  #isOpen = false

  /** Says it, if it is time to: `moving in: 52 000 of 1 000 000 rows, 9 800 a second, 2 minutes left`. Another thing begins anew. */
  say(what: string, done: number, total: number | null, unit = 'rows'): void {
    const now = performance.now()
    if (what !== this.#what) this.#startedAt = now
    this.#what = what
    if (now - this.#saidAt < this.#pauseMs) return
    this.#saidAt = now
    const perSecond = (done * 1000) / Math.max(1, now - this.#startedAt)
    const words = `${what}: ${count(done)}${total === null ? '' : ` of ${count(total)}`} ${unit}, ${count(perSecond)} a second${left(done, total, perSecond)}`
    process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${words}` : `${words}\n`)
    this.#isOpen = process.stderr.isTTY
  }

  /** Ends the line, so that what follows begins another. */
  end(): void {
    if (this.#isOpen) process.stderr.write('\n')
    this.#isOpen = false
  }
}

/** A number for people, such as 52 000. */
export function count(number: number): string {
  return Math.round(number)
    .toString()
    .replace(/(?<=\d)(?=(?:\d{3})+$)/g, ' ')
}

/** How long it takes still. */
function left(done: number, total: number | null, perSecond: number): string {
  if (total === null || perSecond === 0) return ''
  const seconds = Math.ceil(Math.max(0, total - done) / perSecond)
  if (seconds < 120) return `, ${seconds} s left`
  return seconds < 7200 ? `, ${Math.ceil(seconds / 60)} minutes left` : `, ${Math.ceil(seconds / 3600)} hours left`
}
