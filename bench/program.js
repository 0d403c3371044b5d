/** Programs that a benchmark starts, and ends with itself. */
import { spawn } from 'node:child_process'
import { pinned } from './machine.js'

/** @type {import('node:child_process').ChildProcess[]} */
const programs = []

process.once('exit', endAll)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1)) // so that none is left behind

/**
 * Where a program is to run: its folder, what is to be in its environment besides the path, and the cores that it may use.
 * @typedef {{cwd: string, env?: Record<string, string>, cores?: string}} Where
 */

/** A program that listens. */
export class Program {
  #child
  /** Where it listens. */
  port

  /**
   * Takes a program that listens.
   * @param {import('node:child_process').ChildProcess} child - The process.
   * @param {number} port - Where it listens.
   */
  constructor(child, port) {
    this.#child = child
    this.port = port
  }

  /** The id of its process. */
  get pid() {
    return this.#child.pid ?? 0
  }

  /**
   * Sends it a line, and waits for the line that it answers with.
   * @param {string} line - The line.
   * @returns {Promise<string>} What it says.
   */
  async ask(line) {
    const answer = new Promise((resolve) => this.#child.stdout?.once('data', (chunk) => resolve(String(chunk).trim())))
    this.#child.stdin?.write(`${line}\n`)
    return answer
  }

  /**
   * Tells it to end, and resolves when it is gone.
   * @param {NodeJS.Signals} signal - How to tell it.
   */
  async end(signal = 'SIGTERM') {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill(signal)
    await gone
  }
}

/**
 * Starts any program and waits until it says where it listens.
 * @param {readonly string[]} command - The program and its arguments.
 * @param {Where} where - Where it is to run.
 * @returns {Promise<Program>} The program.
 */
export async function launch(command, { cwd, env = {}, cores }) {
  const [file = '', ...args] = cores === undefined ? command : pinned(cores, command)
  const child = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
  })
  programs.push(child)
  return new Promise((resolve, reject) => {
    let printed = ''
    let isFound = false
    const read = (/** @type {Buffer} */ chunk) => {
      if (isFound) return // what it logs from here on is read and dropped
      printed += chunk.toString()
      const port = /listening (?:on|at):? \w+:\/\/127\.0\.0\.1:(\d+)/i.exec(printed)?.[1]
      if (port === undefined) return
      isFound = true
      resolve(new Program(child, Number(port)))
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`a program ended before it listened: ${printed}`)))
  })
}

/**
 * Starts a program of Node's and waits until it says where it listens.
 * @param {readonly string[]} args - The program and its arguments.
 * @param {Where} where - Where it is to run.
 * @returns {Promise<number>} Its port.
 */
export async function start(args, where) {
  return (await launch([process.execPath, ...args], where)).port
}

/** Ends all of them, at once. */
export function endAll() {
  for (const program of programs.splice(0)) program.kill('SIGKILL')
}
