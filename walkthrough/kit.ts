/** What the scripts of the walkthrough share: a database that leaves nothing behind, a running service, and requests to it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { openService } from 'bienvenue'
import type { Service } from 'bienvenue'

/** Does something with the path of a database file, then removes the file. */
export async function withFile<T>(use: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bienvenue-walkthrough-'))
  try {
    return await use(join(folder, 'learning.db'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Runs the service on a free port, for as long as `use` takes. Without a path its database is in memory. */
export async function withService(use: (address: string, service: Service) => Promise<void>, path = ':memory:') {
  const service = await openService({ database: `sqlite:${path}`, settings: { http: { port: 0 } } })
  try {
    await use(await service.listen(), service)
  } finally {
    await service.close()
  }
}

/** Reads a database file as its thief would: with any program that reads SQLite. */
export function rowsOf(path: string, query: string): readonly Record<string, unknown>[] {
  const file = new DatabaseSync(path, { readOnly: true })
  try {
    return file.prepare(query).all()
  } finally {
    file.close()
  }
}

/** What came back from a request. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
  /** The cookie that was set, as it has to be sent back: `session_id=…`. */
  readonly cookie: string
}

/** What a request may bring along. */
export interface Sent {
  readonly fields?: Readonly<Record<string, string>>
  readonly cookie?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a request, as curl would: nothing is followed, and no header is added that a browser would add. */
export async function ask(address: string, line: string, { fields, cookie, headers }: Sent = {}): Promise<Answer> {
  const [method = 'GET', path = '/'] = line.split(' ')
  const form = fields === undefined ? '' : new URLSearchParams(fields).toString()
  const sent = {
    ...(fields !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(cookie !== undefined && { cookie }),
    'content-length': String(Buffer.byteLength(form)),
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const asking = request(address + path, { method, headers: sent, agent: false }, (response) => {
      const { statusCode: status = 0, headers: got } = response
      const plain = Object.fromEntries(Object.entries(got).map(([name, value]) => [name, [value].flat()[0]]))
      const cookieBack = plain['set-cookie']?.split(';')[0] ?? ''
      text(response).then((body) => resolve({ status, headers: plain, body, cookie: cookieBack }), reject)
    })
    asking.on('error', reject).end(form)
  })
}

/** Resolves to the error that this promise ends with; ends the program if there is none. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => null,
    (error: unknown) => error,
  )
  if (outcome instanceof Error) return outcome
  throw new Error('this should have failed')
}

/** Prints a heading before what an attack does to one of the two programs: first the original, then ours. */
export function against(name: 'the original' | 'ours'): void {
  console.log(`${name === 'ours' ? '\n' : ''}Against ${name}:`)
}
