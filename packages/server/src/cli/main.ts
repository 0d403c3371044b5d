/** The program behind the command: runs it with the arguments it was given. */
import { run } from './run.ts'

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0) // who read our output has had enough of it
})

process.exitCode = await run(process.argv.slice(2))
