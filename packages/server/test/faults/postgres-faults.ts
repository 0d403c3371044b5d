/** What may go wrong under a storm on two services over one PostgreSQL. */
import { setTimeout as pause } from 'node:timers/promises'
import { PostgresServer } from '../support/postgres-server.ts'
import type { Ending } from '../support/postgres-server.ts'
import { FOLLOWED, makeStandby } from '../support/postgres-standby.ts'
import { inStorm } from './fault.ts'
import type { Fault, Load, Outcome } from './fault.ts'
import { startNodes } from './nodes.ts'
import type { ServiceNode } from './nodes.ts'

/** Safe against the loss of the machine, as it is by itself. */
const SAFE = { fsync: 'on', full_page_writes: 'on' }
const HOUR = 60 * 60_000

/** What a fault works on. */
interface World {
  readonly server: PostgresServer
  readonly nodes: readonly ServiceNode[]
}

/** The faults on PostgreSQL. */
export const POSTGRES_FAULTS: readonly Fault[] = [
  { name: 'a service killed (SIGKILL), and started again', run: async (load) => onOne(load, killNode) },
  { name: 'PostgreSQL stopped, and started again', run: async (load) => onOne(load, stopServer('SIGINT')) },
  { name: 'PostgreSQL killed (SIGKILL), and started again', run: async (load) => onOne(load, stopServer('SIGKILL')) },
  { name: 'primary killed, standby promoted', run: failOver },
  { name: 'the clock of one service set back by an hour', run: async (load) => onOne(load, setBack) },
]

/** Kills a service, and starts it again after a while. */
async function killNode({ nodes }: World, faultSeconds: number): Promise<void> {
  await nodes[0]?.stop('SIGKILL')
  await pause(faultSeconds * 1000)
  await nodes[0]?.start()
}

/** Sets the clock of a service back, for good. */
async function setBack({ nodes }: World, faultSeconds: number): Promise<void> {
  nodes[0]?.moveClock(-HOUR)
  await pause(faultSeconds * 1000)
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
  const server = await PostgresServer.make({ settings: SAFE })
  try {
    const nodes = await startNodes(server.url('postgres'), 2)
    return await inStorm(nodes, load, async () => fault({ server, nodes }, load.faultSeconds))
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
    return await inStorm(nodes, load, async () => {
      await primary.stop('SIGKILL')
      await pause(load.faultSeconds * 1000)
      await standby.run('select pg_promote()')
    })
  } finally {
    await Promise.all([primary.remove(), standby.remove()])
  }
}
