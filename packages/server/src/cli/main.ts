/** The program behind the command: runs it with the arguments it was given. */
import { run } from './run.ts'

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  const { code = 'unknown error' } = error
  if (code === 'EPIPE') process.exit(0) // who read our output has had enough of it
  process.stderr.write(
    `bienvenue: standard output cannot be written (${code}): make room there, or send it elsewhere\n`,
  )
  process.exit(1)
})

process.exitCode = await run(process.argv.slice(2))
