/** Several processes on one port: the program as operators run it, with `serve --workers`. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { settingsOfWorker } from '../src/cli/workers.ts'
import { settingsOf } from '../src/settings-list.ts'
import { databases, SECRET, temporaryFolder } from './support/databases.ts'
import { freePort } from './support/free-port.ts'
import { send, sessionOf } from './support/http.ts'
import { makePipe } from './support/pipe.ts'
import { PROGRAM, runProgram } from './support/program.ts'

const cwd = temporaryFolder()
const bob = { email: 'bob@example.com', password: 'MyPwdOfBob' }
const QUESTIONS = 12 // enough that each of two workers gets some, as they take connections in turn

interface Line {
  readonly msg: string
  readonly worker?: number
  readonly pid?: number
  readonly path?: string
  readonly error?: string
}

/** A service of several processes. */
class Service {
  readonly child: ChildProcess
  readonly lines: Line[] = []
  /** What came of it: its exit code, once neither it nor any process that it started is there. */
  readonly ended: Promise<number | null>
  err = ''

  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    node = process.execPath,
    program = PROGRAM,
  ) {
    this.child = spawn(node, [program, 'serve', '--port', '0', ...args], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', BIENVENUE_SECRET: SECRET, BIENVENUE_PASSWORDS_BCRYPT_COST: '10', ...env },
    })
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.lines.push(JSON.parse(line) as Line))
    this.child.stderr!.on('data', (chunk: Buffer) => (this.err += chunk.toString()))
    this.ended = once(this.child, 'close').then(([code]) => code as number | null) // its output closes with the last process that holds it
    onTestFinished(async () => {
      this.child.kill('SIGTERM')
      await this.ended
    })
  }

  /** Waits until this is so. */
  async until<T>(what: () => T | undefined): Promise<T> {
    for (let tries = 0; tries < 600; tries++) {
      const found = what()
      if (found !== undefined) return found
      await pause(50)
    }
    throw new Error(`it did not come about:\n${this.lines.map((line) => JSON.stringify(line)).join('\n')}\n${this.err}`)
  }

  /** Resolves to the port once so many workers listen. */
  async port(workers: number): Promise<number> {
    return this.until(() => {
      const listening = this.lines.filter(({ msg }) => msg.startsWith('listening on'))
      const port = Number(/:(\d+)$/.exec(listening[0]?.msg ?? '')?.[1])
      return new Set(listening.map(({ worker }) => worker)).size === workers ? port : undefined
    })
  }

  /** The process of a worker, the last that had this number. */
  pidOf(number: number): number {
    return this.lines.findLast(({ msg, worker }) => msg === 'a worker starts' && worker === number)!.pid!
  }

  /** Which workers answered on this path, from this line of the log on. */
  answering(path: string, from = 0): ReadonlySet<number | undefined> {
    const answers = this.lines.slice(from).filter((line) => line.msg === 'answered' && line.path === path)
    return new Set(answers.map(({ worker }) => worker))
  }
}

/** Sends the headers of a registration, and resolves once a worker has read them: to what sends the rest, and resolves to the status. */
async function beginRegistration(port: number, email: string): Promise<() => Promise<number | undefined>> {
  const body = new URLSearchParams({ ...bob, email }).toString()
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': body.length,
    expect: '100-continue',
  }
  const outgoing = request({ host: '127.0.0.1', port, method: 'POST', path: '/users', headers, agent: false })
  outgoing.flushHeaders()
  await once(outgoing, 'continue')
  return async () => {
    outgoing.end(body)
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
    answer.resume()
    return answer.statusCode
  }
}

describe.each(databases)('two workers on one port, on $name', ({ fresh }) => {
  let url: string
  beforeAll(() => {
    url = fresh()
  })

  test('both answer, and a session that ended at one has ended at the other [ASVS 7.4.1]', async () => {
    const service = new Service(['--workers', '2'], { DATABASE_URL: url })
    const port = await service.port(2)
    await send(port, 'POST', '/users', { form: bob })
    const session = sessionOf(await send(port, 'POST', '/sessions', { form: bob }))
    const ask = async (): Promise<ReadonlySet<number>> => {
      const answers = []
      for (let question = 0; question < QUESTIONS; question++)
        answers.push(await send(port, 'GET', '/profile', { session }))
      return new Set(answers.map(({ status }) => status))
    }
    expect(await ask()).toEqual(new Set([200]))
    await service.until(() => (service.answering('/profile').size === 2 ? true : undefined))
    expect((await send(port, 'DELETE', '/sessions', { session })).status).toBe(302)
    const from = service.lines.length
    expect(await ask()).toEqual(new Set([403]))
    await service.until(() => (service.answering('/profile', from).size === 2 ? true : undefined))
  })

  test('one that is killed is started again, and the other answers meanwhile', async () => {
    const service = new Service(['--workers', '2'], { DATABASE_URL: url })
    const port = await service.port(2)
    const killed = service.pidOf(2)
    process.kill(killed, 'SIGKILL')
    await service.until(() => service.lines.find(({ msg }) => msg === 'a worker has ended'))
    expect((await send(port, 'GET', '/')).status).toBe(200)
    await service.until(() => (service.pidOf(2) === killed ? undefined : true))
    await service.until(() =>
      service.lines.filter((line) => line.msg.startsWith('listening on')).length === 3 ? true : undefined,
    )
    const from = service.lines.length
    for (let question = 0; question < QUESTIONS; question++) await send(port, 'GET', '/')
    await service.until(() => (service.answering('/', from).size === 2 ? true : undefined))
  })

  test('SIGTERM lets what is under way finish, and leaves no process behind', async () => {
    const service = new Service(['--workers', '2'], { DATABASE_URL: url })
    const port = await service.port(2)
    const begun = await Promise.all(['eve', 'joe'].map(async (name) => beginRegistration(port, `${name}@example.com`)))
    service.child.kill('SIGTERM')
    const stopping = (): readonly Line[] => service.lines.filter(({ msg }) => msg.startsWith('stopping: finishing'))
    await service.until(() => (stopping().length === 2 ? true : undefined))
    expect(await Promise.all(begun.map(async (finish) => finish()))).toEqual([200, 200])
    expect(await service.ended).toBe(0)
  })

  test('a parent that is killed takes its workers along', async () => {
    const service = new Service(['--workers', '2'], { DATABASE_URL: url })
    const port = await service.port(2)
    await send(port, 'POST', '/sessions', { form: { ...bob, password: 'wrong' } }) // so that there is a hashing process as well
    service.child.kill('SIGKILL')
    await service.ended
    await expect(send(port, 'GET', '/')).rejects.toThrow('ECONNREFUSED')
  })
})

describe('serve --workers', () => {
  const file = `sqlite:${join(cwd, 'workers.db')}`

  test.each(['0', '-1', 'x', '1.5', '65', ''])('refuses the number "%s"', async (number) => {
    const { code, err } = await runProgram(['serve', '--port', '0', '--workers', number], { cwd })
    expect(code).toBe(2)
    expect(err).toBe('bienvenue: --workers: must be a whole number from 1 to 64\n')
  })

  test('refuses a database in memory, which two processes cannot share', async () => {
    const { code, err } = await runProgram(['serve', '--workers', '2', '--database-url', 'sqlite::memory:'], { cwd })
    expect(code).toBe(2)
    expect(err).toContain('belongs to one process')
  })

  test('ends as the first worker does, where that cannot start, and starts no other', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const options = { cwd, env: { DATABASE_URL: file } }
    const busy = await runProgram(['serve', '--workers', '2', '--port', String(port)], options)
    expect(busy.code).toBe(1)
    expect(busy.err.match(/is taken by another program/g)).toHaveLength(1)
    const hollow = await runProgram(['serve', '--workers', '2', '--port', '0', '--preset', 'hardened'], options)
    expect(hollow.code).toBe(2)
    expect(hollow.err.match(/BIENVENUE_SMTP_URL: is needed/g)).toHaveLength(1)
  })

  test('gives up, and says so, when workers end at their start again and again', async () => {
    const settings = join(cwd, 'settings.json')
    writeFileSync(settings, '{}')
    const service = new Service(['--workers', '2', '--settings-file', settings], { DATABASE_URL: file })
    await service.port(2)
    writeFileSync(settings, 'no JSON')
    for (const number of [1, 2]) process.kill(service.pidOf(number), 'SIGKILL')
    expect(await service.ended).toBe(1)
    expect(service.err).toContain('5 workers in a row ended at their start')
  })

  test('goes on while one serves, however often another ends at its start, and has both again when it can', async () => {
    const settings = join(cwd, 'broken-for-a-while.json')
    writeFileSync(settings, '{}')
    const service = new Service(['--workers', '2', '--settings-file', settings], { DATABASE_URL: file })
    const port = await service.port(2)
    writeFileSync(settings, 'no JSON')
    process.kill(service.pidOf(2), 'SIGKILL')
    const deaths = (): number => service.lines.filter(({ msg }) => msg === 'a worker has ended').length
    await expect.poll(deaths, { timeout: 40_000 }).toBeGreaterThan(6)
    expect((await send(port, 'GET', '/')).status).toBe(200)
    writeFileSync(settings, '{}')
    const from = service.lines.length
    await service.until(() => service.lines.slice(from).find(({ msg }) => msg.startsWith('listening on')))
  }, 60_000)

  test('says so where no process can be started for the first worker, and what to look at', async () => {
    const node = join(cwd, 'node-that-goes')
    copyFileSync(process.execPath, node)
    const going = "data:text/javascript,import{rmSync}from'node:fs';rmSync(process.execPath)"
    const service = new Service(['--workers', '2'], { DATABASE_URL: file, NODE_OPTIONS: `--import=${going}` }, node)
    expect(await service.ended).toBe(1)
    expect(service.err).toMatch(
      /^bienvenue: no process can be started for the first worker \(.*ENOENT\); does the limit.*\?\n$/,
    )
  })

  test('goes on while one serves, where no process can be started at all', async () => {
    const node = join(cwd, 'node')
    copyFileSync(process.execPath, node)
    const service = new Service(['--workers', '2'], { DATABASE_URL: file }, node)
    const port = await service.port(2)
    rmSync(node)
    process.kill(service.pidOf(2), 'SIGKILL')
    await service.until(() => service.lines.find(({ error }) => error?.includes('ENOENT')))
    expect((await send(port, 'GET', '/')).status).toBe(200)
    copyFileSync(process.execPath, node)
    const from = service.lines.length
    await service.until(() => service.lines.slice(from).find(({ msg }) => msg.startsWith('listening on')))
  })

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'told to stop by %s while it starts, it ends with 0, and says nothing false',
    async (signal) => {
      const service = new Service(['--workers', '2'], { DATABASE_URL: file })
      await service.until(() => service.lines.find(({ msg }) => msg === 'a worker starts'))
      service.child.kill(signal)
      expect([await service.ended, service.err]).toEqual([0, ''])
    },
  )

  test('a parent that is killed takes its workers along, even when nobody reads their log', async () => {
    const { output, hold } = makePipe()
    const port = await freePort()
    const args = [PROGRAM, 'serve', '--workers', '2', '--port', String(port), '--database-url', file]
    const env = { PATH: process.env['PATH'] ?? '' }
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', output, 'pipe'] })
    closeSync(output)
    child.stderr!.resume()
    const ended = once(child, 'close') // once no process holds its standard error
    await expect
      .poll(async () =>
        send(port, 'GET', '/').then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200)
    for (let question = 0; question < 600; question++) await send(port, 'GET', '/profile') // more lines than a pipe holds
    child.kill('SIGKILL')
    await ended
    closeSync(hold)
    await expect(send(port, 'GET', '/')).rejects.toThrow('ECONNREFUSED')
  })

  test('whoever starts it several times by node:cluster gets as many whole services', async () => {
    const manager = join(cwd, 'manager.mjs')
    writeFileSync(
      manager,
      `import cluster from 'node:cluster'
cluster.setupPrimary({ exec: ${JSON.stringify(PROGRAM)}, args: process.argv.slice(2) })
cluster.fork().on('exit', (code) => process.exit(code))
for (const name of ['SIGTERM']) process.on(name, () => Object.values(cluster.workers).forEach((worker) => worker.process.kill(name)))`,
    )
    const service = new Service([], { DATABASE_URL: `sqlite:${join(cwd, 'managed.db')}` }, process.execPath, manager)
    const port = await service.port(1)
    expect((await send(port, 'POST', '/users', { form: bob })).status).toBe(200)
    await service.until(() => service.lines.find(({ msg }) => msg.startsWith('classic is made for learning')))
    service.child.kill('SIGTERM')
    expect(await service.ended).toBe(0)
    const several = new Service(['--workers', '2'], { DATABASE_URL: file }, process.execPath, manager)
    expect(await several.ended).toBe(2)
    expect(several.err).toContain('leave one of the two out')
  })

  test('allows a downgrade once, by the first worker alone', async () => {
    const url = `sqlite:${join(cwd, 'downgrade.db')}`
    const service = new Service(['--workers', '2', '--downgrade'], { DATABASE_URL: url })
    await service.port(2)
    expect(service.lines.filter(({ msg }) => msg.startsWith('there was nothing to downgrade'))).toHaveLength(1)
  })

  test('shares the threads that hash out among the workers: one each at the least', () => {
    const threads = (all: number, count: number): readonly number[] => {
      const settings = settingsOf('classic')
      const given = { ...settings, passwords: { ...settings.passwords, threads: all } }
      return Array.from({ length: count }, (_, index) => settingsOfWorker(given, index + 1, count).passwords.threads)
    }
    expect([threads(2, 2), threads(3, 2), threads(5, 3), threads(1, 3)]).toEqual([
      [1, 1],
      [2, 1],
      [2, 2, 1],
      [1, 1, 1],
    ])
  })
})
