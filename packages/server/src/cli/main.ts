/** The program behind the command: runs it with the arguments it was given. */
import { goesOnUnread } from './output.ts'
import { run } from './run.ts'

/** What the program ends with where its output was lost, and it went on all the same. */
let lost: 0 | 1 = 0

process.stderr.on('error', () => undefined) // what is said beside the work never ends it, or changes its exit code
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  const { code = 'unknown error' } = error
  const isUnread = code === 'EPIPE' // who read our output has had enough of it
  if (!isUnread) {
    process.stderr.write(
      `bienvenue: standard output cannot be written (${code}): make room there, or send it elsewhere\n`,
    )
    lost = 1
    if (process.exitCode === 0) process.exitCode = lost // it is of what was printed last, once the rest was done
  }
  if (!goesOnUnread()) process.exit(lost)
})

const exitCode = await run(process.argv.slice(2))
process.exitCode = exitCode === 0 ? lost : exitCode
