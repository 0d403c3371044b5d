/** The disk under a file of SQLite, which can be full. */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServiceNode } from './nodes.ts'

const SIZE = '64m'
const CHUNK = Buffer.alloc(1024 * 1024)

/** A folder for a database: on the disk of this machine, or on a small one in memory where that is wanted and we may mount it. */
export class Disk {
  readonly folder = mkdtempSync(join(tmpdir(), 'bienvenue-disk-'))
  readonly #isMounted: boolean

  /** Makes it. */
  constructor(wanted: 'large' | 'small') {
    const mount = ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', this.folder]
    this.#isMounted = wanted === 'small' && process.getuid?.() === 0 && runs('mount', ...mount)
  }

  /** The path of the database. */
  get file(): string {
    return join(this.folder, 'faults.db')
  }

  /** Takes all the room, or, where it is no disk of its own, lets the service write nothing beyond where the file now ends. */
  fill(node: ServiceNode): void {
    if (this.#isMounted) writeUntilFull(this.#filler)
    else node.limitFiles(statSync(this.file).size)
  }

  /** Gives the room back. */
  free(node: ServiceNode): void {
    if (this.#isMounted) rmSync(this.#filler)
    else node.limitFiles(null)
  }

  /** Takes it away, with all that is on it. */
  remove(): void {
    if (this.#isMounted) runs('umount', this.folder)
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** The file that takes the room. */
  get #filler(): string {
    return join(this.folder, 'filler')
  }
}

/** Whether a command does what it should. */
function runs(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Writes a file that takes all the room there is, to the last block. */
function writeUntilFull(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (let size = CHUNK.length; size >= 1;) {
      try {
        writeSync(file, CHUNK, 0, size)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        size = Math.floor(size / 2)
      }
    }
  } finally {
    closeSync(file)
  }
}
