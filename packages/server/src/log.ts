/** The log: JSON lines for machines, readable lines on a terminal. Nothing secret is ever handed to it. */
import { pino } from 'pino'
import type { Logger } from 'pino'
import type { Settings } from './settings.ts'

/** A log on standard output. */
export async function openLog({ log }: Pick<Settings, 'log'>): Promise<Logger> {
  const options = { level: log.level, base: null, timestamp: pino.stdTimeFunctions.isoTime } // UTC [ASVS 16.2.2]
  if (!process.stdout.isTTY) return pino(options, standardOutput())
  const { default: pretty } = await import('pino-pretty') // only people need it
  return pino(options, pretty({ sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'reqId' }))
}

const MOST_BYTES_KEPT = 1_048_576

/**
 * Standard output. Lines that come while one is written go out together. When the disk under it is full, lines are dropped and the
 * service goes on; left to itself, the stream would end the program, and at its end try to write for ever.
 */
function standardOutput(): ReturnType<typeof pino.destination> {
  const output = pino.destination({ dest: 1, sync: false, maxLength: MOST_BYTES_KEPT })
  const state = { failing: false }
  const flush = output.flushSync.bind(output)
  output.on('error', () => (state.failing = true))
  output.on('write', () => (state.failing = false))
  output.flushSync = (): void => {
    if (!state.failing) flush()
  }
  return output
}
