/** Writing SQLite's log back into the file, in a thread of its own: there it waits for the disk, and no request waits with it. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

const LOOK_MS = 100
const PAUSE_MS = 5000 // after something went wrong: a disk that is full is not tried ten times a second
const FIRST_WITH_NOOP = [3, 51] as const
const LONG = 1000 // pages, at which SQLite would write them back by itself, in the middle of a request
/** From so many pages on the connection that writes does it after all: the thread has died, or does not keep up. */
export const TOO_LONG = 10_000
const PROGRAM = new URL(`./sqlite-checkpoints-thread${extname(import.meta.url)}`, import.meta.url)

interface Log {
  readonly log: number
  readonly checkpointed: number
}

/** Who hears of what goes wrong where no request waits for it. */
export type OnTrouble = (error: unknown) => void

/** Whether this SQLite can tell how long the log is without writing any of it back. An older one takes `noop` for `passive`. */
export function canLook(file: DatabaseSync): boolean {
  const { version } = file.prepare('select sqlite_version() as version').get() ?? {}
  const [major = 0, minor = 0] = String(version).split('.').map(Number)
  return major > FIRST_WITH_NOOP[0] || (major === FIRST_WITH_NOOP[0] && minor >= FIRST_WITH_NOOP[1])
}

/**
 * Looks how long the log is, and has it written back. The thread begins when the log is long for the first time: most programs end before.
 * What goes wrong ends nothing: it is told once until it works again, and tried again after a pause.
 */
export class Checkpoints {
  readonly #path: string
  readonly #log: StatementSync
  readonly #timer: NodeJS.Timeout
  readonly #onTrouble: OnTrouble
  #thread: Worker | null = null
  #isBusy = false
  #isTold = false
  #restsUntil = 0

  /** Looks at the log of this file through a connection that only reads, and whose SQLite can look. */
  constructor(path: string, reader: DatabaseSync, onTrouble: OnTrouble) {
    this.#path = path
    this.#onTrouble = onTrouble
    this.#log = reader.prepare('pragma wal_checkpoint(noop)')
    this.#timer = setInterval(() => {
      this.#look()
    }, LOOK_MS).unref()
  }

  /** Looks no more, and ends the thread. */
  async end(): Promise<void> {
    clearInterval(this.#timer)
    await this.#thread?.terminate()
  }

  /** Has the log written back where it is long, unless the thread is at it, or something went wrong a short while ago. */
  #look(): void {
    if (this.#isBusy || performance.now() < this.#restsUntil) return
    try {
      const { log, checkpointed } = this.#log.get() as unknown as Log
      if (log - checkpointed < LONG) {
        this.#isTold = false
        return
      }
      this.#thread ??= this.#begin()
      this.#thread.postMessage('write back')
      this.#isBusy = true
    } catch (error) {
      this.#rest(error)
    }
  }

  /** Looks no more for a while, and tells what went wrong unless that is known. */
  #rest(error: unknown): void {
    this.#restsUntil = performance.now() + PAUSE_MS
    if (this.#isTold) return
    this.#isTold = true
    this.#onTrouble(error)
  }

  /** Starts the thread. It keeps no program alive, and knows nothing but the path. */
  #begin(): Worker {
    const thread = new Worker(PROGRAM, { workerData: this.#path, env: {} })
    thread.unref()
    thread.on('message', () => {
      this.#isBusy = false
      this.#isTold = false
    })
    thread.on('error', (error) => {
      this.#rest(error) // the file cannot be read or written: whoever writes to it hears of that too
    })
    thread.once('exit', () => {
      this.#thread = null
      this.#isBusy = false
    })
    return thread
  }
}
