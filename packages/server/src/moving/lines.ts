/** Bytes as lines, of which only one is in memory at a time. */

/** A line without its end, or null where it is longer than a line may be. */
export interface Line {
  /** Counted from 1. */
  readonly number: number
  readonly bytes: Buffer | null
}

const LINE_FEED = 10

/** The lines of a stream; of one that is too long nothing is kept. */
export async function* linesOf(stream: AsyncIterable<Buffer>, longestBytes: number): AsyncGenerator<Line> {
  const held: Buffer[] = []
  let length = 0
  let number = 0
  /** Adds a part of the line; once there is too much of it, only its length. */
  const hold = (part: Buffer): void => {
    length += part.length
    if (length <= longestBytes) held.push(part)
    else held.length = 0
  }
  /** Ends the line. */
  const end = (): Line => {
    const bytes = length <= longestBytes ? Buffer.concat(held) : null
    held.length = 0
    length = 0
    return { number: ++number, bytes }
  }
  for await (const chunk of stream) {
    let from = 0
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, from)) {
      hold(chunk.subarray(from, at))
      yield end()
      from = at + 1
    }
    hold(chunk.subarray(from))
  }
  if (length > 0) yield end()
}
