/** Services in processes of their own, on one database. */
import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { SomeSettings } from '../../src/settings.ts'

const PROGRAM = join(import.meta.dirname, 'node.ts')

/** One service. */
export class ServiceNode {
  readonly #url: string
  readonly #settings: SomeSettings
  #child: ChildProcess | null = null
  #port = 0

  /** Prepares one on this database. */
  constructor(url: string, settings: SomeSettings = {}) {
    this.#url = url
    this.#settings = settings
  }

  /** Where it listens, also while it is not there. */
  get port(): number {
    return this.#port
  }

  /** Whether it is running. */
  get isAlive(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null
  }

  /** Starts it, on the port that it had before, and resolves when it listens. */
  async start(): Promise<void> {
    const args = [PROGRAM, this.#url, String(this.#port), JSON.stringify(this.#settings)]
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'] ?? '', BIENVENUE_SECRET: 'x'.repeat(32) },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    this.#child = child
    const ended = once(child, 'exit').then(() => [''])
    if (child.stdout === null) throw new Error('a service has no output')
    const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])) as [string]
    if (line === '') throw new Error('a service did not start')
    this.#port = Number(line)
  }

  /** Sets its clock so far ahead of that of the machine, or back. */
  moveClock(milliseconds: number): void {
    this.#child?.send(milliseconds)
  }

  /** Lets no file that it writes grow beyond so many bytes, as a full disk would; null lifts that. Linux only. */
  limitFiles(bytes: number | null): void {
    const soft = bytes === null ? 'unlimited' : String(bytes)
    execFileSync('prlimit', ['--pid', String(this.#child?.pid), `--fsize=${soft}:`])
  }

  /** Ends it, politely or not, and resolves when it is gone. */
  async stop(how: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child
    if (child === null || !this.isAlive) return
    const gone = once(child, 'exit')
    child.kill(how)
    await gone
  }
}

/** Starts so many services on one database, all at once. */
export async function startNodes(
  url: string,
  count: number,
  settings: SomeSettings = {},
): Promise<readonly ServiceNode[]> {
  const nodes = Array.from({ length: count }, () => new ServiceNode(url, settings))
  await Promise.all(nodes.map(async (node) => node.start()))
  return nodes
}
