/** Writing SQLite's log back into the file, in a thread of its own: there it waits for the disk, and no request waits with it. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

const LOOK_MS = 100
const LONG = 1000 // pages, at which SQLite would write them back by itself, in the middle of a request
/** From so many pages on the connection that writes does it after all: the thread has died, or does not keep up. */
export const TOO_LONG = 10_000
const PROGRAM = new URL(`./sqlite-checkpoints-thread${extname(import.meta.url)}`, import.meta.url)

interface Log {
  readonly log: number
  readonly checkpointed: number
}

/** Looks how long the log is, and has it written back. The thread begins when the log is long for the first time: most programs end before. */
export class Checkpoints {
  readonly #path: string
  readonly #log: StatementSync
  readonly #timer: NodeJS.Timeout
  #thread: Worker | null = null
  #isBusy = false

  /** Looks at the log of this file through a connection that only reads. */
  constructor(path: string, reader: DatabaseSync) {
    this.#path = path
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

  /** Has the log written back where it is long, unless the thread is at it. */
  #look(): void {
    const { log, checkpointed } = this.#log.get() as unknown as Log
    if (this.#isBusy || log - checkpointed < LONG) return
    this.#isBusy = true
    this.#thread ??= this.#begin()
    this.#thread.postMessage('write back')
  }

  /** Starts the thread. It keeps no program alive, and knows nothing but the path. */
  #begin(): Worker {
    const thread = new Worker(PROGRAM, { workerData: this.#path, env: {} })
    thread.unref()
    thread.on('message', () => (this.#isBusy = false))
    thread.on('error', () => undefined) // the file cannot be read or written: whoever writes to it hears of that
    thread.once('exit', () => {
      this.#thread = null
      this.#isBusy = false
    })
    return thread
  }
}
