/**
 * Builds what changed, then runs the command `bienvenue` with the arguments given.
 * It runs in this same process, so that Ctrl-C and SIGTERM reach the service.
 */
import './guard.js'
import './build.js'
import { fileURLToPath } from 'node:url'

const command = new URL('../packages/server/bin/bienvenue.js', import.meta.url)
process.argv[1] = fileURLToPath(command)
await import(command.href)
