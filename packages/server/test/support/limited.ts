/** The program where no file may grow beyond a bound: what it meets is what a full disk is to it, and nobody has to mount one. */
import { spawnSync } from 'node:child_process'
import { PROGRAM } from './program.ts'
import type { Ended, ProgramOptions } from './program.ts'

/** Blocks that a file may have: 50 to 100 KiB, by the shell. */
const BLOCKS = 100

/** Runs the command to its end under that bound. What it prints goes to a file where one is named. */
export function runLimited(
  args: readonly string[],
  { cwd, env = {}, input = '', out }: ProgramOptions & { readonly out?: string },
): Ended {
  const to = out === undefined ? '' : ` > '${out}'`
  const command = `trap '' XFSZ; ulimit -f ${String(BLOCKS)}; exec "$0" "$@"${to}`
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command, process.execPath, PROGRAM, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    input,
    timeout: 20_000,
    encoding: 'utf8',
  })
  return { code: status, out: stdout, err: stderr }
}
