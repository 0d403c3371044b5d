/** Files with what is nobody else's business: made anew, and readable by their owner alone. */
import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { publishFile } from '../files.ts'
import { CouldNot, UsageError } from './explain.ts'

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Where lines go, no faster than they are taken. */
export class LineSink {
  readonly #stream: Writable
  /** The file that is written; null for standard output. */
  readonly #path: string | null

  private constructor(stream: Writable, path: string | null) {
    this.#stream = stream
    this.#path = path
  }

  /** A new file. @throws {UsageError} where there is one. @throws {CouldNot} where none can be made. */
  static async create(path: string): Promise<LineSink> {
    const stream = createWriteStream(path, { flags: 'wx', mode: 0o600 })
    try {
      await once(stream, 'open')
    } catch (error) {
      if (codeOf(error) === 'EEXIST') throw alreadyThere(path)
      throw unmakable(path, error)
    }
    stream.on('error', () => undefined) // whoever writes next hears of it
    return new LineSink(stream, path)
  }

  /** Standard output. */
  static ofOutput(): LineSink {
    return new LineSink(process.stdout, null)
  }

  /** Writes text, and waits where nobody has taken what was written before. @throws {CouldNot} when the disk is full. */
  async write(text: string): Promise<void> {
    try {
      if (this.#stream.errored !== null) throw this.#stream.errored
      if (!this.#stream.write(text)) await once(this.#stream, 'drain')
    } catch (error) {
      throw this.#unwritable(error)
    }
  }

  /** Writes out what is pending, and closes the file. @throws {CouldNot} when the disk is full. */
  async close(): Promise<void> {
    if (this.#path === null) return
    this.#stream.end()
    await finished(this.#stream).catch((error: unknown) => {
      throw this.#unwritable(error)
    })
  }

  /** Closes the file, and removes it. */
  async discard(): Promise<void> {
    if (this.#path === null) return
    this.#stream.destroy()
    await rm(this.#path, { force: true })
  }

  /** The refusal of a file that takes no more. */
  #unwritable(error: unknown): CouldNot {
    const code = codeOf(error)
    const next = FULL.has(code) ? 'make room there, or name a file elsewhere' : 'name a file elsewhere'
    return new CouldNot(`${this.#path ?? 'standard output'} cannot be written (${code}): ${next}`)
  }
}

/**
 * Lets a new file be written that nobody sees before it is whole: meanwhile it is a draft beside it.
 * @throws {UsageError} where one of the two is there. @throws {CouldNot} where it cannot be written; then nothing is left.
 */
export async function writeWhole(path: string, write: (sink: LineSink) => Promise<void>): Promise<void> {
  if (existsSync(path)) throw alreadyThere(path)
  const draft = `${path}.part`
  if (existsSync(draft))
    throw new UsageError(`${draft} is there: it is being written, or was cut off; if nobody writes it, remove it`)
  const sink = await LineSink.create(draft)
  try {
    await write(sink)
    await sink.close()
    publish(draft, path)
  } catch (error) {
    await sink.discard()
    throw error
  }
}

/** Gives a draft its name. @throws {UsageError} where something has it by now. @throws {CouldNot} where it cannot have it. */
function publish(draft: string, path: string): void {
  try {
    publishFile(draft, path)
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? alreadyThere(path) : unmakable(path, error)
  }
}

/** What to say of a file that is there. */
function alreadyThere(path: string): UsageError {
  return new UsageError(`${path} is there already; name another file`)
}

/** What to say of a file that cannot be made. */
function unmakable(path: string, error: unknown): CouldNot {
  return new CouldNot(`${path} cannot be made (${codeOf(error)}); name a file in a folder that is there, and is yours`)
}

/** The code of an error of the system. */
function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error'
}
