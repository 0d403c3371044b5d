/** Standard output as the log uses it: lines of a few milliseconds go out together and in their order, and nothing waits for them for long, not even the end. */
import { write, writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const OUTPUT = 1
const MOST_BYTES_KEPT = 1_048_576
const GATHER_MS = 5
const TRY_AGAIN_MS = 100
const LAST_MS = 1000 // for a reader who is slow, when the program ends
const STUCK_MS = 500 // a write that has not come back for so long, while other work went on, has met a full pipe
const STALLED_TRIES = 5
const LOOK_MS = 5
const MOMENT_MS = 50

/** Lines that go out in one piece. */
interface Piece {
  readonly text: string
  readonly bytes: number
}

/**
 * Where the lines go. Writing each by itself takes a fifth of the time of a session check, so they are gathered. When there is no room, on
 * the disk or in the pipe, up to a megabyte waits; beyond that lines are dropped and counted, and the service goes on.
 */
export class LogOutput {
  readonly #mostBytes: number
  readonly #onLost: (lines: number) => void
  readonly #pieces: Piece[] = []
  #gathered = ''
  #gatheredBytes = 0
  #keptBytes = 0
  #lost = 0
  #isSending = false
  /** What is left of a piece that waits for room. */
  #rest: Buffer = Buffer.alloc(0)
  #isWriting = false
  /** Whether a write waits for a pipe that is full, and holds its thread meanwhile. */
  #isStuck = false
  /** How many tries in a row found no room. Tries are counted, not time: a program that stands still makes none. */
  #fullTries = 0
  #giveUpAt = Number.POSITIVE_INFINITY

  /**
   * Writes pieces of at most so many bytes, unless a line alone is longer.
   * @param mostBytes - Where several processes share the output, what a pipe takes in one piece.
   * @param onLost - Hears how many lines were dropped, once lines go out again.
   */
  constructor(mostBytes: number, onLost: (lines: number) => void) {
    this.#mostBytes = mostBytes
    this.#onLost = onLost
    process.on('exit', () => {
      this.#writeLast()
    })
  }

  /** Takes a line, or several, with the line break at the end. */
  write(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (this.#keptBytes + bytes > MOST_BYTES_KEPT) {
      this.#lost += linesIn(line)
      return
    }
    if (this.#gatheredBytes + bytes > this.#mostBytes) this.#hand()
    if (this.#gathered === '') setTimeout(() => this.#hand(), GATHER_MS)
    this.#gathered += line
    this.#gatheredBytes += bytes
    this.#keptBytes += bytes
  }

  /**
   * Resolves once all lines are out, or after a second. A write that is stuck in a full pipe then cannot be taken back, and the end of the
   * program would wait for it: so it is ended by force.
   */
  async finish(): Promise<void> {
    this.#giveUpAt = performance.now() + LAST_MS
    while (this.#keptBytes > 0 && performance.now() < this.#giveUpAt) await pause(LOOK_MS)
    if (this.#isStuck) process.kill(process.pid, 'SIGKILL')
  }

  /** Hands on what was gathered. */
  #hand(): void {
    if (this.#gathered !== '') this.#pieces.push({ text: this.#gathered, bytes: this.#gatheredBytes })
    this.#gathered = ''
    this.#gatheredBytes = 0
    if (!this.#isSending) this.#sendNext()
  }

  /** Sends the next piece, if there is one. */
  #sendNext(): void {
    const piece = this.#pieces.shift()
    this.#isSending = piece !== undefined
    if (piece !== undefined) this.#send(piece, Buffer.from(piece.text))
  }

  /** Sends what is left of a piece, and then the next. Where there is no room for now it waits; where there is none at all the piece is lost. */
  #send(piece: Piece, rest: Buffer): void {
    this.#isWriting = true
    const watch = this.#watch()
    write(OUTPUT, rest, (error, written) => {
      watch.over = true
      clearTimeout(watch.timer)
      this.#isWriting = false
      this.#isStuck = false
      this.#fullTries = isFull(error) ? this.#fullTries + 1 : 0
      if (isFull(error)) this.#sendLater(piece, rest)
      else if (error === null && written < rest.length) this.#send(piece, rest.subarray(written))
      else this.#end(piece, error !== null)
    })
  }

  /** Tries again after a while to send what is left of a piece. */
  #sendLater(piece: Piece, rest: Buffer): void {
    this.#rest = rest
    const again = setTimeout(() => {
      this.#rest = Buffer.alloc(0)
      this.#send(piece, rest)
    }, TRY_AGAIN_MS)
    again.unref() // the end of the program waits for no reader
  }

  /** Goes on after a piece. */
  #end({ text, bytes }: Piece, isLost: boolean): void {
    this.#keptBytes -= bytes
    if (isLost) this.#lost += linesIn(text)
    const lost = this.#lost
    if (!isLost && lost > 0) {
      this.#lost = 0
      this.#onLost(lost)
    }
    this.#sendNext()
  }

  /** Sees whether a write comes back in good time. What has come back meanwhile is heard first: a program may have stood still. */
  #watch(): { over: boolean; readonly timer: NodeJS.Timeout } {
    const look = (): void => {
      this.#isStuck = !watch.over
    }
    const timer = setTimeout(() => setImmediate(look).unref(), STUCK_MS)
    timer.unref()
    const watch = { over: false, timer }
    return watch
  }

  /** Writes what is left when the program ends at once, as long as there is room; a write under way is given a moment to be the first. */
  #writeLast(): void {
    if (this.#isStuck) process.kill(process.pid, 'SIGKILL') // else the end would wait for it
    if (this.#fullTries >= STALLED_TRIES) return // another process may have made the pipe one that blocks, and then so would this
    if (this.#isWriting) sleep(MOMENT_MS) // nothing tells whether its thread has begun
    this.#giveUpAt = Math.min(this.#giveUpAt, performance.now() + LAST_MS)
    const pieces = [this.#rest, ...this.#pieces.map(({ text }) => Buffer.from(text)), Buffer.from(this.#gathered)]
    for (const piece of pieces) if (!this.#writeNow(piece)) return
  }

  /** Writes a piece while nothing else goes on, and tells whether all of it is out. */
  #writeNow(piece: Buffer): boolean {
    let rest = piece
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(OUTPUT, rest))
      } catch (error) {
        if (!isFull(error) || performance.now() > this.#giveUpAt) return false
        sleep(LOOK_MS)
      }
    }
    return true
  }
}

/** Whether a write failed only because there is no room for now. */
function isFull(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: string }
  return code === 'EAGAIN' || code === 'EBUSY'
}

/** How many lines these are. */
function linesIn(text: string): number {
  return text.split('\n').length - 1
}

/** Stands still for so long, as nothing else can when the program ends. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
