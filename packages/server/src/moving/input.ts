/** Files that are read more than once. What comes through a pipe is kept for that in a file without a name, which ends with the program. */
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UnreadableSource } from './record.ts'

const MARK = Buffer.from('\ufeff')

/** A file that can be read from its beginning any number of times. */
export class Input {
  readonly #file: FileHandle
  readonly #start: number

  private constructor(file: FileHandle, start: number) {
    this.#file = file
    this.#start = start
  }

  /**
   * Opens a file, or takes all that comes through a pipe: `-` is standard input.
   * @throws {UnreadableSource} where there is nothing to read.
   */
  static async open(path: string): Promise<Input> {
    if (path === '-') return Input.#from(await keep(process.stdin), 'standard input')
    const file = await open(path).catch((error: unknown) => {
      throw new UnreadableSource(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`)
    })
    const stat = await file.stat()
    if (stat.isFile()) return Input.#from(file, path)
    if (stat.isDirectory()) {
      await file.close()
      throw new UnreadableSource(`${path} is a folder`)
    }
    return Input.#from(await keep(file.createReadStream()), path)
  }

  /** Opens a file that is needed along with this one. @throws {UnreadableSource} where it cannot be read; then this one is closed too. */
  async openBeside(path: string): Promise<Input> {
    try {
      return await Input.open(path)
    } catch (error) {
      await this.close()
      throw error
    }
  }

  /** An open file, which begins behind the mark by which some programs say that it is UTF-8. @throws {UnreadableSource} where nothing is in it. */
  static async #from(file: FileHandle, name: string): Promise<Input> {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MARK.length), 0, MARK.length, 0)
    if (bytesRead === 0) {
      await file.close()
      throw new UnreadableSource(`${name} is empty: there is nothing in it to read`)
    }
    return new Input(file, buffer.equals(MARK) ? MARK.length : 0)
  }

  /** Its bytes from the beginning. */
  read(): AsyncIterable<Buffer> & NodeJS.ReadableStream {
    return createReadStream('', { fd: this.#file, start: this.#start, autoClose: false })
  }

  /** Lets go of it. */
  async close(): Promise<void> {
    await this.#file.close()
  }
}

/** Writes all that comes to a file that only we can read, and that nobody else finds. */
async function keep(stream: NodeJS.ReadableStream): Promise<FileHandle> {
  const path = join(tmpdir(), `bienvenue-${randomUUID()}`)
  const file = await kept(open(path, 'wx+', 0o600))
  try {
    await unlink(path)
    for await (const chunk of stream) await kept(file.writeFile(chunk))
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Waits for something that is done with the file that we keep. @throws {UnreadableSource} where there is no room, or no place, for it. */
async function kept<T>(done: Promise<T>): Promise<T> {
  try {
    return await done
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    throw new UnreadableSource(
      `what comes through the pipe cannot be kept in ${tmpdir()} (${code}): make room there, set TMPDIR to another folder, or give a file`,
    )
  }
}
