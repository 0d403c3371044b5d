/** What may go wrong under a storm on one service over a file of SQLite. */
import { chmodSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Disk } from './disk.ts'
import { inStorm } from './fault.ts'
import type { Fault, Load, Outcome } from './fault.ts'
import { startNodes } from './nodes.ts'
import type { ServiceNode } from './nodes.ts'

const HOUR = 60 * 60_000

/** What a fault works on. */
interface World {
  readonly node: ServiceNode
  readonly disk: Disk
}

/** The faults on SQLite. */
export const SQLITE_FAULTS: readonly Fault[] = [
  { name: 'SQLite: the service killed (SIGKILL), and started again', run: async (load) => onFile(load, kill) },
  {
    name: 'SQLite: the disk full, and room again',
    needsLinux: true,
    run: async (load) => onFile(load, fill, new Disk('small')),
  },
  {
    name: 'SQLite: the disk read-only, and writable again',
    needsLinux: true,
    run: async (load) => onFile(load, protect),
  },
  { name: 'SQLite: the clock set back by an hour', run: async (load) => onFile(load, setBack) },
]

/** Kills the service, and starts it again after a while. */
async function kill({ node }: World, faultSeconds: number): Promise<void> {
  await node.stop('SIGKILL')
  await pause(faultSeconds * 1000)
  await node.start()
}

/** Fills the disk for a while. */
async function fill({ node, disk }: World, faultSeconds: number): Promise<void> {
  disk.fill(node)
  await pause(faultSeconds * 1000)
  disk.free(node)
}

/**
 * Lets nothing be written for a while. The modes of files alone would not do that: whoever has one open goes on writing. A limit of no
 * bytes at all fails for SQLite like a file system that has become read-only.
 */
async function protect({ node, disk: { folder } }: World, faultSeconds: number): Promise<void> {
  const files = readdirSync(folder).map((name) => join(folder, name))
  for (const file of files) chmodSync(file, 0o400)
  chmodSync(folder, 0o500)
  node.limitFiles(0)
  await pause(faultSeconds * 1000)
  node.limitFiles(null)
  chmodSync(folder, 0o700)
  for (const file of files) chmodSync(file, 0o600)
}

/** Sets the clock back, for good. */
async function setBack({ node }: World, faultSeconds: number): Promise<void> {
  node.moveClock(-HOUR)
  await pause(faultSeconds * 1000)
}

/** A storm on one service over a file, with a fault in its middle. */
async function onFile(
  load: Load,
  fault: (world: World, faultSeconds: number) => Promise<void>,
  disk = new Disk('large'),
): Promise<Outcome> {
  try {
    const [node] = await startNodes(`sqlite:${disk.file}`, 1)
    if (node === undefined) throw new Error('a service did not start')
    return await inStorm([node], load, async () => fault({ node, disk }, load.faultSeconds))
  } finally {
    disk.remove()
  }
}
