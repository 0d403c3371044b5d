/** The log: JSON lines for machines, readable lines on a terminal. Nothing secret is ever handed to it. */
import { pino } from 'pino'
import type { Logger } from 'pino'
import type { Settings } from './settings.ts'

export type { Logger }

const MOST_BYTES_KEPT = 1_048_576
const MOST_BYTES_AT_ONCE = 16_384
const GATHER_MS = 5
const MOST_BYTES_WHOLE = 4096 // as many as a pipe takes in one piece, so that lines of several processes never mix (PIPE_BUF of pipe(7))

/** How a log is written. */
export interface LogOptions {
  /** Whether several processes write to the same output. */
  readonly isShared?: boolean
}

/** A log on standard output. */
export async function openLog({ log }: Pick<Settings, 'log'>, { isShared = false }: LogOptions = {}): Promise<Logger> {
  const options = { level: log.level, base: null, timestamp: timesInWords() } // UTC [ASVS 16.2.2]
  if (!process.stdout.isTTY) return pino(options, standardOutput(isShared ? MOST_BYTES_WHOLE : MOST_BYTES_AT_ONCE))
  const { default: pretty } = await import('pino-pretty') // only people need it
  return pino(options, pretty({ sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'reqId' }))
}

/** What writes the time into a line, as ISO 8601. Lines of one millisecond share its text. */
function timesInWords(): () => string {
  let [at, text] = [0, '']
  return () => {
    const now = Date.now()
    if (now !== at) {
      at = now
      text = `,"time":"${new Date(now).toISOString()}"`
    }
    return text
  }
}

/**
 * Standard output. Lines of a few milliseconds go out together, in pieces of at most so many bytes. When the disk under it is full,
 * lines are dropped and the service goes on; left to itself, the stream would end the program, and at its end try to write for ever.
 */
function standardOutput(mostBytes: number): ReturnType<typeof pino.destination> {
  const output = pino.destination({ dest: 1, sync: false, maxLength: MOST_BYTES_KEPT, maxWrite: mostBytes })
  const state = { failing: false }
  const { gather, hand } = gathering(output.write.bind(output), mostBytes)
  const flush = output.flushSync.bind(output)
  output.on('error', () => (state.failing = true))
  output.on('write', () => (state.failing = false))
  output.write = gather
  output.flushSync = (): void => {
    hand()
    if (!state.failing) flush()
  }
  return output
}

/** Gathers lines for a moment: writing each by itself takes a fifth of the time of a session check. At the end of the program none waits. */
function gathering(
  write: (lines: string) => boolean,
  mostBytes: number,
): { gather: (line: string) => boolean; hand: () => void } {
  let lines = ''
  let bytes = 0
  const hand = (): void => {
    if (lines !== '') write(lines)
    lines = ''
    bytes = 0
  }
  const gather = (line: string): boolean => {
    const more = Buffer.byteLength(line)
    if (bytes + more > mostBytes) hand()
    if (lines === '') setTimeout(hand, GATHER_MS)
    lines += line
    bytes += more
    return true
  }
  return { gather, hand }
}
