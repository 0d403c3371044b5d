/** Programs that a benchmark starts, and ends with itself. */
import { spawn } from 'node:child_process'

/** @type {import('node:child_process').ChildProcess[]} */
const programs = []

/**
 * Starts a program and waits until it says where it listens.
 * @param {readonly string[]} args - The program and its arguments.
 * @param {{cwd: string, env?: Record<string, string>}} where - Its folder, and what is to be in its environment besides the path.
 * @returns {Promise<number>} Its port.
 */
export async function start(args, { cwd, env = {} }) {
  const program = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
  })
  programs.push(program)
  return new Promise((resolve, reject) => {
    let printed = ''
    let isFound = false
    const read = (/** @type {Buffer} */ chunk) => {
      if (isFound) return // what it logs from here on is read and dropped
      printed += chunk.toString()
      const port = /listening on \w+:\/\/127\.0\.0\.1:(\d+)/.exec(printed)?.[1]
      if (port === undefined) return
      isFound = true
      resolve(Number(port))
    }
    program.stdout.on('data', read)
    program.stderr.on('data', read)
    program.once('exit', () => reject(new Error(`a program ended before it listened: ${printed}`)))
  })
}

/** Ends all of them, at once. */
export function endAll() {
  for (const program of programs.splice(0)) program.kill('SIGKILL')
}
