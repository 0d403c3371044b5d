/** A fault in the middle of a storm: what it works on, and what comes of it. */
import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceNode } from './nodes.ts'
import { Storm } from './storm.ts'
import type { Clients, Figures } from './figures.ts'

/** How long, and how hard. */
export interface Load {
  readonly clients: number
  /** Before the fault, and after it. */
  readonly calmSeconds: number
  /** From the fault to its end. */
  readonly faultSeconds: number
}

/** A fault by its name. */
export interface Fault {
  readonly name: string
  /** Whether it takes the means of Linux. */
  readonly needsLinux?: true
  readonly run: (load: Load) => Promise<Outcome>
}

/** Begins a storm, with so many clients that go to these ports in turn. */
type Begin = (ports: () => readonly number[], clients: number) => Clients

/** What came of a fault. */
export interface Outcome extends Figures {
  /** Whether all services that nobody killed are still there. */
  readonly allAlive: boolean
}

/** Lets clients storm some services, with something in the middle. The services end with it. */
export async function inStorm(
  nodes: readonly ServiceNode[],
  load: Load,
  fault: () => Promise<void>,
  begin: Begin = (ports, clients) => new Storm(ports, clients),
): Promise<Outcome> {
  try {
    const clients = begin(() => nodes.map(({ port }) => port), load.clients)
    await pause(load.calmSeconds * 1000)
    await fault()
    await pause(load.calmSeconds * 1000)
    const figures = await clients.end()
    return { ...figures, allAlive: nodes.every(({ isAlive }) => isAlive) }
  } finally {
    await Promise.all(nodes.map(async (node) => node.stop()))
  }
}
