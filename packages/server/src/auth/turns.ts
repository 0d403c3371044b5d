/** Turns: of one source only a few logins are looked at at once, so that one sender takes no more than a share of the work. */

interface Line {
  underWay: number
  readonly waiting: (() => void)[]
}

const AT_ONCE = 2
const MOST_WAITING = 200

/** Lines by source. A line ends with its last login, so there are never more than there are logins under way. */
export class Turns {
  readonly #lines = new Map<string, Line>()

  /** Waits for a turn, and resolves to what ends it; null where the line is too long already. */
  async take(source: string): Promise<(() => void) | null> {
    const line = this.#lines.get(source) ?? { underWay: 0, waiting: [] }
    this.#lines.set(source, line)
    if (line.waiting.length >= MOST_WAITING) return null
    if (line.underWay >= AT_ONCE) await new Promise<void>((resolve) => line.waiting.push(resolve))
    else line.underWay++
    return () => {
      this.#end(source, line)
    }
  }

  /** Hands a turn on to whoever is next. */
  #end(source: string, line: Line): void {
    const next = line.waiting.shift()
    if (next !== undefined) {
      next()
      return
    }
    line.underWay--
    if (line.underWay === 0) this.#lines.delete(source)
  }
}
