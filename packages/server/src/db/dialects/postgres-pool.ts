/** Connections to PostgreSQL: a few that are used again and again, to the host that takes writes. */
import pg from 'pg'
import type { ClientConfig, PoolClient } from 'pg'
import { SettingsError } from '../../errors.ts'
import { ServerClock } from './postgres-clock.ts'
import { endsConnection, isExhausted, outageFrom, unreachable } from './postgres-outages.ts'
import { tlsFor } from './postgres-tls.ts'
import type { Host, PostgresAddress } from './postgres-url.ts'

/** How many connections, and how long anything may take. 0 seconds are without end. */
export interface PoolLimits {
  readonly size: number
  readonly connectSeconds: number
  readonly statementSeconds: number
}

const OLDEST = 140_000
const INT8 = 20
const IDLE_MS = 30_000
const ABANDONED_MS = 60_000 // a transaction of a node that hangs lets go of its locks
const OLDEST_CONNECTION_SECONDS = 300 // a new one tells again what the server's clock says
const LATE_MS = 1000 // the server ends a statement first; when it is gone, we do

/** Numbers of 64 bits as numbers: ids and milliseconds, which all fit. For our connections alone, not for others in the same program. */
const TYPES = new pg.TypeOverrides()
TYPES.setTypeParser(INT8, Number)

/** What a new connection is asked: whether it will do. Where the server would answer before a change is on its disk, it is told to wait. */
const GREETING = `select current_setting('transaction_read_only') as read_only, current_setting('server_version_num')::int as version,
  current_setting('server_encoding') as encoding, (extract(epoch from clock_timestamp()) * 1000)::bigint as now,
  case current_setting('synchronous_commit') when 'off' then set_config('synchronous_commit', 'on', false) end`

/** The pool of one database. */
export class ConnectionPool {
  /** The clock of the server. */
  readonly clock = new ServerClock()
  readonly #pool: pg.Pool
  readonly #hosts: readonly Host[]
  readonly #mustWrite: boolean
  readonly #known = new WeakSet<PoolClient>()
  readonly #hostOf = new WeakMap<pg.Client, number>()
  #current = 0

  /** Prepares a pool; it connects when it is used. @throws {SettingsError} for an address without the TLS that it needs. */
  constructor(address: PostgresAddress, limits: PoolLimits) {
    const configs = address.hosts.map((host) => configOf(address, host, limits))
    const choose = (): ClientConfig => configs[this.#current] ?? {}
    const remember = (client: pg.Client): unknown => this.#hostOf.set(client, this.#current)
    this.#hosts = address.hosts
    this.#mustWrite = address.mustWrite
    this.#pool = new pg.Pool({
      max: limits.size,
      idleTimeoutMillis: IDLE_MS,
      maxLifetimeSeconds: OLDEST_CONNECTION_SECONDS,
      connectionTimeoutMillis: limits.connectSeconds * 1000,
      Client: class extends pg.Client {
        /** Connects to the host that was the right one last. */
        constructor() {
          super(choose())
          remember(this)
          this.on('error', () => undefined) // else a server that restarts would end our process; whoever uses the connection hears of it
        }
      },
    })
    this.#pool.on('error', () => undefined) // of a connection that lay idle: the pool has let it go
  }

  /**
   * A connection, from the host that takes writes; give it back with `release`.
   * @throws {DatabaseUnavailable} when no host can be reached, or none is free in time. @throws {SettingsError} for a server that is none for us.
   */
  async take(): Promise<PoolClient> {
    for (let tries = 1; ; tries++) {
      let tried = this.#current
      try {
        const client = await this.#pool.connect()
        tried = this.#hostOf.get(client) ?? tried // whoever waited for it may have come to another one
        if (!this.#known.has(client)) await this.#greet(client)
        return client
      } catch (error) {
        if (!isExhausted(error)) this.#moveOn(tried)
        if (isExhausted(error) || tries >= this.#hosts.length) throw unreachable(error)
      }
    }
  }

  /** Takes a connection back; after an error one that is of no use is closed. */
  release(client: PoolClient, error: unknown = null): void {
    if (error === null || !endsConnection(error)) {
      client.release()
      return
    }
    client.release(true)
    this.#moveOn(this.#hostOf.get(client))
  }

  /** Closes a connection, which also undoes what it had begun. */
  closeOne(client: PoolClient): void {
    client.release(true)
  }

  /** Runs one statement on whichever connection is free. */
  async query(query: pg.QueryConfig): Promise<pg.QueryResult> {
    const client = await this.take()
    try {
      const result = await client.query(query)
      this.release(client)
      return result
    } catch (error) {
      this.release(client, error)
      throw outageFrom(error)
    }
  }

  /** Closes all connections, once they are given back. */
  async end(): Promise<void> {
    await this.#pool.end()
  }

  /** Looks at a connection that is new; closes one that will not do. */
  async #greet(client: PoolClient): Promise<void> {
    try {
      const askedMs = performance.now()
      const { rows } = await client.query<Greeting>(GREETING)
      const { read_only: readOnly, now } = fit(rows[0])
      if (this.#mustWrite && readOnly === 'on') throw new Error('a standby')
      this.clock.set(now, askedMs, performance.now())
    } catch (error) {
      client.release(true)
      throw error
    }
    this.#known.add(client)
  }

  /** Turns to the next host, unless somebody else has already: of connections to one host that die together, only the first does. */
  #moveOn(from: number | undefined): void {
    if (this.#current === from) this.#current = (from + 1) % this.#hosts.length
  }
}

interface Greeting {
  readonly read_only: string
  readonly version: number
  readonly encoding: string
  readonly now: number
}

/** What a server said that will do: none that is too old, and no database that cannot hold every name. */
function fit(greeting: Greeting = { read_only: '', version: 0, encoding: '', now: 0 }): Greeting {
  const { version, encoding } = greeting
  if (version < OLDEST)
    throw new SettingsError(
      `DATABASE_URL: PostgreSQL 14 or newer is needed; that server is ${String(Math.floor(version / 10_000))}.`,
    )
  if (encoding !== 'UTF8')
    throw new SettingsError(`DATABASE_URL: the database must have the encoding UTF8; it has ${encoding}.`)
  return greeting
}

/** What the driver is to know of one host. */
function configOf(address: PostgresAddress, { host, port }: Host, limits: PoolLimits): ClientConfig {
  const { user, password, database, parameters } = address
  const statementMs = limits.statementSeconds * 1000
  return {
    host,
    port,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    ssl: tlsFor(host, parameters),
    types: TYPES,
    keepAlive: true,
    application_name: parameters.get('application_name') ?? 'bienvenue',
    enableChannelBinding: true,
    ...(statementMs > 0 && {
      statement_timeout: statementMs,
      query_timeout: statementMs + LATE_MS,
      idle_in_transaction_session_timeout: ABANDONED_MS,
    }),
  }
}
