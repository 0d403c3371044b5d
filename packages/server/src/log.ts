/** The log: JSON lines for machines, readable lines on a terminal. Nothing secret is ever handed to it. */
import { pino } from 'pino'
import type { Logger } from 'pino'
import { LogOutput } from './log-output.ts'
import type { Settings } from './settings.ts'

export type { Logger }

const MOST_BYTES_AT_ONCE = 16_384
const MOST_BYTES_WHOLE = 4096 // as many as a pipe takes in one piece, so that lines of several processes never mix (PIPE_BUF of pipe(7))

/** How a log is written. */
export interface LogOptions {
  /** Whether several processes write to the same output. */
  readonly isShared?: boolean
}

/** A log, and its end. */
export interface OpenLog {
  readonly log: Logger
  /** Resolves when all lines are out, or nobody takes them. */
  readonly finish: () => Promise<void>
}

/** A log on standard output. */
export async function openLog(
  { log: given }: Pick<Settings, 'log'>,
  { isShared = false }: LogOptions = {},
): Promise<OpenLog> {
  const options = { level: given.level, base: null, timestamp: timesInWords() } // UTC [ASVS 16.2.2]
  if (process.stdout.isTTY) {
    const { default: pretty } = await import('pino-pretty') // only people need it
    const log = pino(options, pretty({ sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'reqId' }))
    return { log, finish: async () => Promise.resolve() }
  }
  const output = new LogOutput(isShared ? MOST_BYTES_WHOLE : MOST_BYTES_AT_ONCE, (lines) => {
    log.warn({ lines }, 'lines of the log were lost: there was no room for them')
  })
  const log = pino(options, output)
  return { log, finish: async () => output.finish() }
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
