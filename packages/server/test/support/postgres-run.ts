/** One PostgreSQL for a run of tests, with a few migrated databases made in advance, so that no test waits for one. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { DB } from '../../src/db/db.ts'
import { PostgresServer } from './postgres-server.ts'

/** Where tests find databases: each is a file in `ready`, and goes to `done` when it is no longer needed. */
export interface PostgresRun {
  readonly folder: string
  /** The address of a database, but for its name. */
  readonly url: string
}

declare module 'vitest' {
  interface ProvidedContext {
    /** What the run tells its tests of PostgreSQL. */
    postgres: PostgresRun
  }
}

const IN_ADVANCE = 6
const LOOK_MS = 20

let end = async (): Promise<void> => Promise.resolve()

/** Starts the server before the tests. */
export async function setup({ provide }: TestProject): Promise<void> {
  const server = await PostgresServer.make()
  const folder = mkdtempSync(join(tmpdir(), 'bienvenue-databases-'))
  for (const name of ['ready', 'taken', 'done']) mkdirSync(join(folder, name))
  await server.run('create database template_of_tests')
  await (await DB.open(server.url('template_of_tests'), { secrets: ['x'.repeat(32)] })).close()
  const supply = new Supply(server, folder)
  await supply.look()
  provide('postgres', { folder, url: server.url('') })
  end = async () => {
    await supply.end()
    await server.remove()
    rmSync(folder, { recursive: true })
  }
}

/** Ends it after them. */
export async function teardown(): Promise<void> {
  await end()
}

/** Sees to it that there are databases to take, and drops those that were given back. */
class Supply {
  readonly #server: PostgresServer
  readonly #folder: string
  #made = 0
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | null = null

  /** Looks from time to time from now on. */
  constructor(server: PostgresServer, folder: string) {
    this.#server = server
    this.#folder = folder
    this.#timer = setInterval(() => {
      if (this.#looking === null) void this.look()
    }, LOOK_MS)
  }

  /** Makes what is missing, and drops what is done. */
  async look(): Promise<void> {
    this.#looking = this.#supply().finally(() => (this.#looking = null))
    await this.#looking
  }

  /** Looks no longer. */
  async end(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    await this.#looking
  }

  /** Does so. */
  async #supply(): Promise<void> {
    const done = readdirSync(join(this.#folder, 'done'))
    const missing = IN_ADVANCE - readdirSync(join(this.#folder, 'ready')).length
    for (let count = 0; count < missing && this.#timer !== undefined; count++) {
      const name = `test_${String(++this.#made)}`
      await this.#server.run(`create database ${name} template template_of_tests`)
      writeFileSync(join(this.#folder, 'taken', name), '')
      renameSync(join(this.#folder, 'taken', name), join(this.#folder, 'ready', name))
    }
    for (const name of done) {
      rmSync(join(this.#folder, 'done', name))
      await this.#server.run(`drop database ${name} with (force)`)
    }
  }
}
