/** Ctrl-C in the middle of a long command: it ends tidily, so that nothing half done is left. */
import { CouldNot } from './explain.ts'

/** Begins to listen for signals. What it gives throws once one has come; a second signal ends the program at once. */
export function stoppable(): () => void {
  let isStopped = false
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => (isStopped = true))
  return () => {
    if (isStopped) throw new CouldNot('it was stopped; nothing was changed')
  }
}
