/** What stands between a service and its PostgreSQL, and cuts the connection off in the moment of a commit. */
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

const COMMIT = Buffer.from('commit\0')

/** Where a commit is cut off: before the server has it; or once it is done and said so, before the service hears of it. */
export type Cut = 'before' | 'after'

/** A relay to a port of this machine. */
export class CuttingRelay {
  readonly #server: Server
  readonly #open = new Set<Socket>()
  /** How commits are cut off; null while they are not. */
  how: Cut | null = null
  /** How many connections have come. */
  connections = 0

  /** Stands before this port. */
  constructor(target: number) {
    this.#server = createServer((client) => {
      this.#relay(client, connect(target, '127.0.0.1'))
    })
  }

  /** Begins, on a free port, which it resolves to. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return (this.#server.address() as AddressInfo).port
  }

  /** Cuts off all connections there are; new ones may come. */
  cut(): void {
    for (const socket of this.#open) socket.destroy()
  }

  /** Ends, with all connections. */
  close(): void {
    this.#server.close()
    this.cut()
  }

  /** Passes on what comes, until a commit that is to be cut off. */
  #relay(client: Socket, server: Socket): void {
    const cut = (): void => {
      client.destroy()
      server.destroy()
    }
    let isDeaf = false
    this.connections++
    for (const socket of [client, server]) {
      this.#open.add(socket)
      socket.on('error', cut)
      socket.on('close', cut)
    }
    client.on('data', (bytes: Buffer) => {
      const how = bytes.includes(COMMIT) ? this.how : null
      isDeaf = how === 'after'
      if (how === 'before') cut()
      else server.write(bytes)
    })
    server.on('data', (bytes) => {
      if (isDeaf) cut()
      else client.write(bytes)
    })
  }
}
