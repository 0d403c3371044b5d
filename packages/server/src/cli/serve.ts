/** `bienvenue serve`: runs the service until it is told to stop. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Logger } from '../log.ts'
import type { Service } from '../service.ts'
import { masked } from '../settings-words.ts'
import { weakerIn } from '../settings-weaker.ts'
import type { Settings } from '../settings.ts'
import { UsageError } from './explain.ts'
import { settingsFor, withSettings } from './with-settings.ts'
import { isWorker, leaveParent, settingsOfWorker, workerNumber, Workers, workersFrom } from './workers.ts'

/** The log, as far as it is used here. */
interface Log {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
}

const LAST_RESORT_SECONDS = 5
const LEAVE_CLASSIC =
  'classic is made for learning: it hands out reset tokens, tells which emails exist and takes any password; to leave it, set BIENVENUE_PRESET=hardened, which needs BIENVENUE_URL (https), BIENVENUE_SECRET, BIENVENUE_SMTP_URL and BIENVENUE_MAIL_FROM'

/** The command. */
export function serveCommand(): Command {
  const command = new Command('serve')
    .description('Run the service.')
    .option('--workers <number>', 'How many processes serve on the port, on one database.', '1')
    .option('--downgrade', 'Once: let classic use a database that was used with hardened, and give its protection up.')
  return withSettings(command).action(async () => {
    try {
      await serveWith(command)
    } finally {
      leaveParent() // whatever came of it: a worker lives for as long as it is bound to its parent
    }
  })
}

/** Serves as the command says: in this process, as one of several workers, or as the parent of these. */
async function serveWith(command: Command): Promise<void> {
  const { settings } = settingsFor(command)
  const { downgrade = false, workers } = command.opts<{ downgrade?: boolean; workers: string }>()
  if (downgrade && settings.preset === 'hardened')
    throw new UsageError('--downgrade is for a start with classic; with hardened, leave it out')
  const count = workersFrom(workers, settings)
  const number = workerNumber()
  const { openLog } = await import('../log.ts')
  const { log, finish } = await openLog(settings, { isShared: count > 1 })
  try {
    if (number !== null)
      await serve(settingsOfWorker(settings, number, count), log.child({ worker: number }), downgrade)
    else if (count === 1) await serve(settings, log, downgrade)
    else {
      await tryAddress(settings)
      await new Workers(count, settings, log).run()
    }
  } finally {
    await finish()
  }
}

/** Serves in this process until it is told to stop. */
async function serve(settings: Settings, log: Logger, downgrade: boolean): Promise<void> {
  const { judge, startService } = await import('../service.ts')
  await judge(settings)
  if (!isWorker()) await tryAddress(settings)
  const service = await startService(settings, log, {}, { downgrade })
  try {
    const address = await service.listen()
    if ((workerNumber() ?? 1) === 1) announce(address, settings, log)
  } catch (error) {
    await service.close()
    throw error
  }
  await untilStopped(service, settings, log)
}

/**
 * Listens for an instant where the service is to listen, before it opens its database: a start that cannot listen must not have taken over
 * a database that another service works with, nor have brought it to another release.
 * @throws what keeps it from listening.
 */
async function tryAddress({ http: { host, port } }: Settings): Promise<void> {
  const server = createServer((socket) => socket.destroy()).listen({ host, port }) // whoever connects in this instant must not keep it open
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}

/** Says where the service listens, with which preset and database, and what that means. */
function announce(address: string, settings: Settings, log: Log): void {
  const { preset, database } = settings
  const where = masked(database.url).replace(/^sqlite:(?!:)(.*)$/s, (_, path: string) => `sqlite:${resolve(path)}`)
  log.info({ address, preset, database: where }, `preset ${preset}, database ${where}`)
  if (preset === 'classic') log.warn({}, LEAVE_CLASSIC)
  const weaker = weakerIn(settings).map(({ path, value, own }) => `${path} is ${value} (hardened: ${own})`)
  if (weaker.length > 0) log.warn({ weaker }, `weaker than hardened, and allowed: ${weaker.join(', ')}`)
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
