/** The program as operators run it: a process of its own, with nothing of ours in the environment but what the test says. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** The file that is the command. */
export const PROGRAM = join(import.meta.dirname, '../../bin/bienvenue.js')

/** How a program is run. */
export interface ProgramOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What comes on its standard input. */
  readonly input?: string
  /** The Node that runs it; the one of the tests if left out. */
  readonly node?: string
}

/** What came of a program that has ended. */
export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A program that serves. */
export interface Serving {
  readonly port: number
  /** Lines of its log, one JSON object each. */
  readonly lines: readonly string[]
  /** Resolves with the first line that holds this text; fails after thirty seconds. */
  line(text: string): Promise<string>
  /** Asks it to end, and resolves with its exit code once it has: null where a signal ended it. */
  stop(): Promise<number | null>
}

/** Runs the command to its end. The test goes on meanwhile, so it may serve what the command asks for. */
export async function runProgram(
  args: readonly string[],
  { cwd, env = {}, input = '', node = process.execPath }: ProgramOptions,
): Promise<Ended> {
  const child = spawn(node, [PROGRAM, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    timeout: 20_000,
  })
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  child.stdin.on('error', () => undefined) // it may end without reading
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }
}

/** Runs `bienvenue serve` on a free port until the test stops it, or has finished. */
export async function serveProgram(
  args: readonly string[],
  { cwd, env = {}, node = process.execPath }: ProgramOptions,
): Promise<Serving> {
  const child = spawn(node, [PROGRAM, 'serve', '--port', '0', ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit') as Promise<[number | null]>
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM')
    const [code] = await ended
    return code
  }
  onTestFinished(async () => {
    await stop()
  })
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  const line = async (text: string): Promise<string> => {
    for (let tries = 0; tries < 600; tries++) {
      const found = lines.find((each) => each.includes(text))
      if (found !== undefined) return found
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`no line holds ${text}:\n${lines.join('\n')}`)
  }
  const port = Number(/:(\d+)"/.exec(await line('listening on'))?.[1])
  return { port, lines, line, stop }
}
