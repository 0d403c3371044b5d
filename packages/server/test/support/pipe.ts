/** A pipe of the system, as between two programs of a shell. */
import { spawnSync } from 'node:child_process'
import { constants, openSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './databases.ts'

/** A pipe: its name, an end to write to, and a hand that holds it open without reading. */
export interface Pipe {
  readonly path: string
  readonly output: number
  readonly hold: number
}

/** Makes a pipe that nobody reads. Who reads it opens its name. */
export function makePipe(): Pipe {
  const path = join(temporaryFolder(), 'pipe')
  spawnSync('mkfifo', [path])
  const hold = openSync(path, constants.O_RDWR)
  return { path, hold, output: openSync(path, 'w') }
}
