/** Files with what is nobody else's business: made anew, and readable by their owner alone. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { CouldNot, UsageError } from './explain.ts'

/** Where lines go, no faster than they are taken. */
export class LineSink {
  readonly #stream: Writable

  private constructor(stream: Writable) {
    this.#stream = stream
  }

  /** A new file. @throws {UsageError} where there is one. @throws {CouldNot} where none can be made. */
  static async create(path: string): Promise<LineSink> {
    const stream = createWriteStream(path, { flags: 'wx', mode: 0o600 })
    try {
      await once(stream, 'open')
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException
      if (code === 'EEXIST') throw new UsageError(`${path} is there already; name another file`)
      throw new CouldNot(`${path} cannot be made (${code})`)
    }
    stream.on('error', () => undefined) // whoever writes next hears of it
    return new LineSink(stream)
  }

  /** Standard output. */
  static ofOutput(): LineSink {
    return new LineSink(process.stdout)
  }

  /** Writes text, and waits where nobody has taken what was written before. @throws {Error} when the disk is full. */
  async write(text: string): Promise<void> {
    if (this.#stream.errored !== null) throw unwritable(this.#stream.errored)
    if (!this.#stream.write(text)) await once(this.#stream, 'drain')
  }

  /** Writes out what is pending, and closes the file. */
  async close(): Promise<void> {
    if (this.#stream === process.stdout) return
    this.#stream.end()
    await finished(this.#stream).catch((error: unknown) => {
      throw unwritable(error)
    })
  }
}

/** The refusal of a file that takes no more. */
function unwritable(error: unknown): CouldNot {
  return new CouldNot(`a file cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`)
}
