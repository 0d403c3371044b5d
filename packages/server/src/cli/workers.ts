/**
 * Several processes that serve on one port: a parent, which starts them, starts again whichever ends, and ends them all; and what each of
 * them is to know of the others. They share nothing but the port, the log and the database, as services on several machines do.
 */
import cluster from 'node:cluster'
import type { Worker } from 'node:cluster'
import { once } from 'node:events'
import { SettingsError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { CouldNot, UsageError } from './explain.ts'

/** The log, as far as it is used here. */
interface Log {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

const MOST_WORKERS = 64
const STOPS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
const NUMBER = 'WORKER_NUMBER' // in the environment of a worker; not of the names that settings have
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 30_000
const CALM_MS = 30_000 // a worker that has served for so long has not died at its start
const MOST_FALSE_STARTS = 5
const GAVE_UP = 'gave up'
const SLOWEST_END_SECONDS = 7 // beyond the time for requests under way: a worker gives up by itself after five

/**
 * How many processes are asked for.
 * @throws {UsageError} for what is no whole number from 1 to 64. @throws {SettingsError} for several on a database in memory.
 */
export function workersFrom(given: string, { database }: Pick<Settings, 'database'>): number {
  const count = /^\d{1,2}$/.test(given) ? Number(given) : 0
  if (count < 1 || count > MOST_WORKERS)
    throw new UsageError(`--workers: must be a whole number from 1 to ${String(MOST_WORKERS)}`)
  if (count > 1 && database.url === 'sqlite::memory:')
    throw new SettingsError('--workers: a database in memory belongs to one process; use a file, or PostgreSQL')
  if (count > 1 && cluster.isWorker && workerNumber() === null)
    throw new UsageError(
      '--workers: whatever started this process starts several of them already; leave one of the two out',
    )
  return count
}

/** Which of the workers this process is, counted from 1; null in a parent, and in a service of one process. */
export function workerNumber(): number | null {
  const given = process.env[NUMBER] // a process manager that starts us by node:cluster too has workers, and gives none of them a number
  return cluster.isWorker && given !== undefined ? Number(given) : null
}

/** Whether this process is a worker, ours or that of a process manager: it listens by its parent, which may hold the port already. */
export function isWorker(): boolean {
  return cluster.isWorker
}

/** The settings of one of several workers: the threads that hash are for all together, and each has one at the least. */
export function settingsOfWorker(settings: Settings, number: number, count: number): Settings {
  const { passwords } = settings
  const threads = Math.max(1, Math.floor((passwords.threads + count - number) / count))
  return { ...settings, passwords: { ...passwords, threads } }
}

/** Lets go of the parent, so that a worker that has ended its work ends. */
export function leaveParent(): void {
  cluster.worker?.disconnect()
}

/** The parent. */
export class Workers {
  readonly #count: number
  readonly #settings: Settings
  readonly #log: Log
  readonly #running = new Map<number, Worker>()
  readonly #listening = new Set<number>()
  readonly #restarts = new Set<NodeJS.Timeout>()
  #falseStarts = 0
  #deathsInARow = 0
  #isServing = false // from when the first worker listens until all are to end
  #stop: (why: string) => void = () => undefined

  /** Prepares so many workers; none runs yet. */
  constructor(count: number, settings: Settings, log: Log) {
    this.#count = count
    this.#settings = settings
    this.#log = log
  }

  /**
   * Serves until told to stop, and resolves when all have ended. The first worker starts alone: it brings the database up to date, and
   * says what keeps the service from starting.
   * @throws {UsageError} when the first is set wrongly, as its exit code says. @throws {CouldNot} when none can serve, or not all ended well.
   */
  async run(): Promise<void> {
    const stopped = new Promise<string>((resolve) => {
      this.#stop = resolve
      for (const name of STOPS) process.on(name, resolve)
    })
    await this.#startFirst(stopped)
    for (let number = 2; number <= this.#count && this.#isServing; number++) this.#startAnother(number)
    const why = await stopped
    this.#log.info({ signal: why }, 'stopping: waiting for all workers')
    const haveEndedWell = await this.#end()
    if (why === GAVE_UP)
      throw new CouldNot(
        `${String(MOST_FALSE_STARTS)} workers in a row ended at their start; what they said stands above`,
      )
    if (!haveEndedWell) throw new CouldNot('a worker had to be ended before its work was done')
    this.#log.info({}, 'stopped')
  }

  /** Starts the first, and waits until it listens, or until there is no more to wait for. */
  async #startFirst(stopped: Promise<string>): Promise<void> {
    const first = await this.#whatFirstComesTo(stopped)
    if (first === 'listening') this.#isServing = true
    else if (Array.isArray(first) && !isToldToStop(first[1])) {
      const message = 'the first worker did not start; what it said stands above'
      throw first[0] === 2 ? new UsageError(message) : new CouldNot(message)
    }
    cluster.setupPrimary({ args: process.argv.slice(2).filter((argument) => argument !== '--downgrade') }) // that is meant once
  }

  /** Resolves to `'listening'`, to the exit code and signal of the first worker, or to what the service is told meanwhile. */
  async #whatFirstComesTo(stopped: Promise<string>): Promise<string | [number | null, string | null]> {
    try {
      const worker = this.#start(1)
      const died = once(worker, 'exit') as Promise<[number | null, string | null]>
      return await Promise.race([once(worker, 'listening').then(() => 'listening'), died, stopped])
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new CouldNot(
        `no process can be started for the first worker (${why}); does the limit on processes of this user leave room?`,
      )
    }
  }

  /** Starts one, and another in its place when it ends. What keeps a process from starting is thrown, or comes as an event. */
  #start(number: number): Worker {
    const worker = cluster.fork({ [NUMBER]: String(number) })
    const startedAt = performance.now()
    this.#running.set(number, worker)
    this.#log.info({ worker: number, pid: worker.process.pid }, 'a worker starts')
    worker.once('listening', () => {
      this.#listening.add(number)
      this.#falseStarts = 0
    })
    worker.once('exit', (code: number | null, signal: string | null) => {
      if (performance.now() - startedAt > CALM_MS) this.#deathsInARow = 0
      this.#goOnWithout(number, { code, signal })
    })
    worker.on('error', (error: Error) => {
      if (worker.process.pid === undefined) this.#goOnWithout(number, { error: error.message }) // there never was a process
    })
    return worker
  }

  /** Starts one more, or tries again later: some of what keeps a process from starting is thrown at once. */
  #startAnother(number: number): void {
    try {
      this.#start(number)
    } catch (error) {
      this.#goOnWithout(number, { error: String(error) })
    }
  }

  /** Says how a worker has ended, and starts it again. */
  #goOnWithout(number: number, how: object): void {
    this.#running.delete(number)
    if (!this.#isServing) return
    this.#falseStarts = this.#listening.delete(number) ? 0 : this.#falseStarts + 1
    this.#log.warn({ worker: number, ...how }, 'a worker has ended')
    this.#startLater(number)
  }

  /** Starts one again after a pause, which is longer each time; or gives up, where none serves and none gets as far as that. */
  #startLater(number: number): void {
    if (this.#falseStarts >= MOST_FALSE_STARTS && this.#listening.size === 0) {
      this.#log.error({ times: this.#falseStarts }, 'workers end at their start: giving up')
      this.#stop(GAVE_UP)
      return
    }
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#deathsInARow++, LONGEST_PAUSE_MS)
    const timer = setTimeout(() => {
      this.#restarts.delete(timer)
      this.#startAnother(number)
    }, pauseMs)
    this.#restarts.add(timer)
  }

  /** Ends all of them, and resolves to whether each of them ended well. One that does not end at all is ended by force. */
  async #end(): Promise<boolean> {
    this.#isServing = false
    for (const timer of this.#restarts) clearTimeout(timer)
    const workers = [...this.#running.values()]
    const ends = workers.map(async (worker) => once(worker, 'exit') as Promise<[number | null, string | null]>)
    for (const worker of workers) worker.process.kill('SIGTERM')
    const longestMs = (this.#settings.http.shutdownSeconds + SLOWEST_END_SECONDS) * 1000
    const lastResort = setTimeout(() => {
      for (const worker of workers) worker.process.kill('SIGKILL')
    }, longestMs)
    const codes = await Promise.all(ends)
    clearTimeout(lastResort)
    return codes.every(([code, signal]) => code === 0 || isToldToStop(signal)) // by that signal ends only one that has not served yet
  }
}

/** Whether a process ended by a signal that asks for it. */
function isToldToStop(signal: string | null): boolean {
  return STOPS.some((name) => name === signal)
}
