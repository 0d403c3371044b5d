/** Starts the hashing process, and hears what becomes of it. */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import type { JobOutcome } from './hashing-process.ts'

/** What to run, and with how many threads. */
export interface ChildOptions {
  readonly program: URL
  readonly threads: number
}

/** Who wants to know. */
export interface ChildEvents {
  readonly onOutcome: (outcome: JobOutcome) => void
  /** Called once, also for a process that could never be started. */
  readonly onEnd: (child: ChildProcess) => void
}

/**
 * Starts a hashing process at low priority. It gets no environment: the secrets of the service are none of its business. It does not
 * keep the program alive. What it sends is believed as it is: it is our own program.
 * @throws {Error} when the system cannot start a process at all.
 */
export function startHashingProcess(
  { program, threads }: ChildOptions,
  { onOutcome, onEnd }: ChildEvents,
): ChildProcess {
  const child = fork(program, [], {
    env: { UV_THREADPOOL_SIZE: String(threads) },
    execArgv: ['--max-semi-space-size=1'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  child.on('message', (outcome) => {
    onOutcome(outcome as JobOutcome)
  })
  child.on('error', () => {
    if (child.pid === undefined) onEnd(child) // it never lived, so no exit follows
  })
  child.once('exit', () => {
    onEnd(child)
  })
  lowerPriority(child)
  child.unref()
  child.channel?.unref()
  return child
}

/** Lets everything else on the machine go first, where the system allows it. */
function lowerPriority({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW)
  } catch {
    // not allowed here: hashing is then only as polite as the rest
  }
}
