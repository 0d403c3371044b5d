/** Services in processes of their own, on one database. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const PROGRAM = join(import.meta.dirname, 'node.ts')

/** One service. */
export class ServiceNode {
  readonly #url: string
  #child: ChildProcess | null = null
  #port = 0

  /** Prepares one on this database. */
  constructor(url: string) {
    this.#url = url
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
    const child = spawn(process.execPath, [PROGRAM, this.#url, String(this.#port)], {
      env: { PATH: process.env['PATH'] ?? '', BIENVENUE_SECRET: 'x'.repeat(32) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    const ended = once(child, 'exit').then(() => [''])
    const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])) as [string]
    if (line === '') throw new Error('a service did not start')
    this.#port = Number(line)
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
export async function startNodes(url: string, count: number): Promise<readonly ServiceNode[]> {
  const nodes = Array.from({ length: count }, () => new ServiceNode(url))
  await Promise.all(nodes.map(async (node) => node.start()))
  return nodes
}
