/** `bienvenue serve`: runs the service until it is told to stop. */
import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Service } from '../service.ts'
import type { Settings } from '../settings.ts'
import { settingsFor, withSettings } from './with-settings.ts'

/** The log, as far as it is used here. */
interface Log {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
}

const LAST_RESORT_SECONDS = 5

/** The command. */
export function serveCommand(): Command {
  const command = new Command('serve').description('Run the service.')
  return withSettings(command).action(async () => {
    const { settings } = settingsFor(command)
    const [{ openLog }, { startService }] = await Promise.all([import('../log.ts'), import('../service.ts')])
    const log = await openLog(settings)
    const service = await startService(settings, log)
    try {
      announce(await service.listen(), settings, log)
    } catch (error) {
      await service.close()
      throw error
    }
    await untilStopped(service, settings, log)
  })
}

/** Says where the service listens, with which preset and database, and what that means. */
function announce(address: string, { preset, database }: Settings, log: Log): void {
  const where = database.url.replace(/^sqlite:(?!:)(.*)$/s, (_, path: string) => `sqlite:${resolve(path)}`)
  log.info({ address, preset, database: where }, `preset ${preset}, database ${where}`)
  if (preset === 'classic') {
    log.warn(
      {},
      'classic is made for learning: it hands out reset tokens, tells which emails exist and takes any password; to leave it, set BIENVENUE_PRESET=hardened (in this release that is not complete, and does not start)',
    )
  }
}

/** Waits for SIGTERM or Ctrl-C, then finishes what is under way, for as long as the settings give. Further signals change nothing: npm sends Ctrl-C a second time. */
async function untilStopped(service: Service, { http }: Settings, log: Log): Promise<void> {
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, resolve)
  })
  log.info({ signal }, 'stopping: finishing what is under way')
  const closed = service.close()
  const timer = setTimeout(() => {
    log.warn({}, 'stopping: requests under way were cut off')
    service.app.server.closeAllConnections()
  }, http.shutdownSeconds * 1000)
  const lastResort = setTimeout(() => process.exit(1), (http.shutdownSeconds + LAST_RESORT_SECONDS) * 1000)
  await closed
  clearTimeout(timer)
  clearTimeout(lastResort)
  log.info({}, 'stopped')
}
