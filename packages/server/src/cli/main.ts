/** The program behind the command: runs it with the arguments it was given. */
import { run } from './run.ts'

process.exitCode = await run(process.argv.slice(2))
