/** `examples/try.sh` as a reader starts it, but on free ports and for one test file: proxy, service, app and mailbox, all real. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { freePort } from '../../packages/server/test/support/free-port.ts'

const EXAMPLES = join(import.meta.dirname, '..')
const PORTS = ['8443', '5000', '3000', '2525'] // as the examples have them
const PATIENCE_MS = 15_000

/** A person who comes from elsewhere than the proxy itself, which is on 127.0.0.1. */
export const VISITOR = '127.0.0.2'

/** An answer, whole. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** What a request may bear. */
export interface Options {
  readonly headers?: OutgoingHttpHeaders
  readonly form?: Readonly<Record<string, string>>
}

/** An example that runs. The test ends it. */
export interface Trial {
  /** Where browsers find it, such as `https://localhost:8443`. */
  readonly address: string
  /** The port of the service itself, and that of the app. */
  readonly inside: { readonly service: number; readonly app: number }
  /** Every line that any part of it printed. */
  readonly printed: readonly string[]
  /** Sends a request through the proxy; the path goes out as it is. */
  ask(method: string, path: string, options?: Options): Promise<Answer>
  /** The line that matches, once it is printed. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  /** What this command prints where the example runs, as an operator would enter it. */
  run(command: string): Promise<string>
  /** Ends all of it, and resolves to what it left behind. */
  end(): Promise<readonly string[]>
}

/** How a trial may differ from what readers start. */
export interface Difference {
  /** False to see what becomes of people without the service. */
  readonly withService?: boolean
  /** Another app, to see what reaches it. */
  readonly app?: string
}

/** Starts the example of this folder. */
export async function startTrial(way: string, { withService = true, app: source }: Difference = {}): Promise<Trial> {
  const folder = await mkdtemp(join(tmpdir(), 'bienvenue-trial-'))
  const ports = await Promise.all(PORTS.map(freePort))
  await copyWith(ports, way, folder)
  if (source !== undefined)
    await writeFile(join(folder, 'examples', way, 'app.ts'), source.replace('PORT', String(ports[2])))
  if (!withService) await dropService(join(folder, 'examples/try.sh'))
  const env = { HOME: folder, TMPDIR: join(folder, 'tmp'), PATH: pathWithTools() }
  await mkdir(env.TMPDIR)
  const child = spawn('bash', [join(folder, 'examples/try.sh'), way], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'exit')
  const printed: string[] = []
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', (line) => printed.push(line))
  const [port = 0, service = 0, app = 0] = ports
  const trial: Trial = {
    address: `https://localhost:${String(port)}`,
    inside: { service, app },
    printed,
    ask: async (method, path, options) => ask(port, method, path, options),
    line: async (pattern) =>
      eventually(() => printed.map((line) => pattern.exec(line)).find((match) => match !== null), printed),
    run: async (command) => (await promisify(execFile)('bash', ['-ec', command], { env })).stdout,
    end: async () => {
      child.kill('SIGTERM')
      await ended
      const left = await readdir(env.TMPDIR)
      await rm(folder, { recursive: true })
      return left
    },
  }
  try {
    await untilUp(trial, withService)
    return trial
  } catch (error) {
    await trial.end()
    throw error
  }
}

/** Waits until the service listens, and the app answers through the proxy. */
async function untilUp({ line, ask, printed }: Trial, withService: boolean): Promise<void> {
  if (withService) await line(/listening on/)
  const isUp = async () => (await ask('GET', '/login').catch(() => null))?.status === 200
  await eventually(async () => (await isUp()) || undefined, printed)
}

/** Copies the example with other ports. Beside it stand the tools of the repository, as in a clone. */
async function copyWith(ports: readonly number[], way: string, folder: string): Promise<void> {
  await mkdir(join(folder, 'examples', way), { recursive: true })
  const names = ['try.sh', 'mailbox.ts', ...(await readdir(join(EXAMPLES, way))).map((name) => join(way, name))]
  for (const name of names) {
    const text = await readFile(join(EXAMPLES, name), 'utf8')
    const pattern = new RegExp(`\\b(?:${PORTS.join('|')})\\b`, 'g')
    const changed = text.replaceAll(pattern, (port) => String(ports[PORTS.indexOf(port)]))
    await writeFile(join(folder, 'examples', name), changed)
  }
  await cp(join(EXAMPLES, 'login.html'), join(folder, 'examples/login.html'))
}

/** Takes the start of the service out of the script. */
async function dropService(script: string): Promise<void> {
  const text = await readFile(script, 'utf8')
  await writeFile(script, text.replace(/^bienvenue serve &$/m, ''))
}

/** Where programs are: those of the repository first. */
function pathWithTools(): string {
  return `${join(EXAMPLES, '../node_modules/.bin')}:${process.env['PATH'] ?? ''}:/usr/sbin`
}

/** Sends a request to the proxy, from an address of its own. */
async function ask(port: number, method: string, path: string, { headers = {}, form }: Options = {}): Promise<Answer> {
  const body = form === undefined ? '' : new URLSearchParams(form).toString()
  const type = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
  const outgoing = request({
    host: '127.0.0.1',
    localAddress: VISITOR,
    port,
    method,
    path,
    servername: 'localhost',
    rejectUnauthorized: false, // try.sh makes a certificate that nobody vouches for
    agent: false,
    headers: { host: `localhost:${String(port)}`, 'content-length': Buffer.byteLength(body), ...type, ...headers },
  })
  outgoing.end(body)
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  const text = Buffer.concat(await incoming.toArray()).toString()
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text }
}

/** What this finds, as soon as it finds something. */
async function eventually<T>(
  find: () => T | undefined | Promise<T | undefined>,
  printed: readonly string[],
): Promise<T> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until;) {
    const found = await find()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`it never came:\n${printed.join('\n')}`)
}
