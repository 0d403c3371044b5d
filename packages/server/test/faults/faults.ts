/** What may go wrong under a storm, one after the other, and what came of it. */
import { setTimeout as pause } from 'node:timers/promises'
import { PostgresServer } from '../support/postgres-server.ts'
import type { Ending } from '../support/postgres-server.ts'
import { FOLLOWED, makeStandby } from '../support/postgres-standby.ts'
import { startNodes } from './nodes.ts'
import type { ServiceNode } from './nodes.ts'
import { Storm } from './storm.ts'
import type { Figures } from './storm.ts'

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
  readonly run: (load: Load) => Promise<Outcome>
}

/** What came of a fault. */
export interface Outcome extends Figures {
  /** Whether all services that nobody killed are still there. */
  readonly allAlive: boolean
}

/** What a fault works on. */
interface World {
  readonly server: PostgresServer
  readonly nodes: readonly ServiceNode[]
}

/** Every fault that is tried. */
export const FAULTS: readonly Fault[] = [
  { name: 'a service killed (SIGKILL), and started again', run: async (load) => onOne(load, killNode) },
  { name: 'PostgreSQL stopped, and started again', run: async (load) => onOne(load, stopServer('SIGINT')) },
  { name: 'PostgreSQL killed (SIGKILL), and started again', run: async (load) => onOne(load, stopServer('SIGKILL')) },
  { name: 'primary killed, standby promoted', run: failOver },
]

/** Kills a service, and starts it again after a while. */
async function killNode({ nodes }: World, faultSeconds: number): Promise<void> {
  await nodes[0]?.stop('SIGKILL')
  await pause(faultSeconds * 1000)
  await nodes[0]?.start()
}

/** Ends the server, and starts it again after a while. */
function stopServer(how: Ending): (world: World, faultSeconds: number) => Promise<void> {
  return async ({ server }, faultSeconds) => {
    await server.stop(how)
    await pause(faultSeconds * 1000)
    await server.start()
  }
}

/** A storm on two services over one PostgreSQL, with a fault in its middle. */
async function onOne(load: Load, fault: (world: World, faultSeconds: number) => Promise<void>): Promise<Outcome> {
  const server = await PostgresServer.make({ settings: { fsync: 'on', full_page_writes: 'on' } })
  try {
    const nodes = await startNodes(server.url('postgres'), 2)
    return await storm(nodes, load, async () => fault({ server, nodes }, load.faultSeconds))
  } finally {
    await server.remove()
  }
}

/** A storm on two services, whose PostgreSQL is lost and followed by another. Nobody tells them. */
async function failOver(load: Load): Promise<Outcome> {
  const primary = await PostgresServer.make({ settings: FOLLOWED })
  const standby = await makeStandby(primary)
  try {
    const hosts = [primary, standby].map(({ port }) => `127.0.0.1:${String(port)}`).join(',')
    const nodes = await startNodes(`postgres://postgres@${hosts}/postgres`, 2)
    return await storm(nodes, load, async () => {
      await primary.stop('SIGKILL')
      await pause(load.faultSeconds * 1000)
      await standby.run('select pg_promote()')
    })
  } finally {
    await Promise.all([primary.remove(), standby.remove()])
  }
}

/** A storm with something in its middle. */
async function storm(nodes: readonly ServiceNode[], load: Load, fault: () => Promise<void>): Promise<Outcome> {
  try {
    const clients = new Storm(() => nodes.map(({ port }) => port), load.clients)
    await pause(load.calmSeconds * 1000)
    await fault()
    await pause(load.calmSeconds * 1000)
    const figures = await clients.end()
    return { ...figures, allAlive: nodes.every(({ isAlive }) => isAlive) }
  } finally {
    await Promise.all(nodes.map(async (node) => node.stop()))
  }
}
