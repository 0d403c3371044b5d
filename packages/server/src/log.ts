/** The log: JSON lines for machines, readable lines on a terminal. Nothing secret is ever handed to it. */
import { pino } from 'pino'
import type { Logger } from 'pino'
import type { Settings } from './settings.ts'

/** A log on standard output. */
export async function openLog({ log }: Pick<Settings, 'log'>): Promise<Logger> {
  const options = { level: log.level, base: null, timestamp: pino.stdTimeFunctions.isoTime } // UTC [ASVS 16.2.2]
  if (!process.stdout.isTTY) return pino(options, pino.destination({ dest: 1, sync: false })) // lines that come while one is written go out together
  const { default: pretty } = await import('pino-pretty') // only people need it
  return pino(options, pretty({ sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'reqId' }))
}
