/** HTTP as programs speak it: every header as the test says, nothing followed, nothing added. (Node's fetch adds Sec-Fetch-Mode.) */
import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'

/** An answer, whole. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The body as JSON; undefined where there is none. */
  readonly json: unknown
}

/** What a request may bear. */
export interface RequestOptions {
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is. */
  readonly body?: string | Buffer
  readonly headers?: Readonly<Record<string, string | string[]>>
  /** The value of the session cookie. */
  readonly session?: string | undefined
  /** The name of that cookie; `session_id` where none is given. */
  readonly sessionName?: string
}

/** Sends a request to a port of this machine and waits for the whole answer. */
export async function send(port: number, method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
  const [type, body] = payload(options)
  const headers = {
    ...(type !== undefined && { 'content-type': type }),
    ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
    ...(options.session !== undefined && { cookie: `${options.sessionName ?? 'session_id'}=${options.session}` }),
    ...options.headers,
  }
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const isJson = incoming.headers['content-type']?.includes('json') === true && text !== ''
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text,
          json: isJson ? (JSON.parse(text) as unknown) : undefined,
        })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** The content type and the bytes of a request. */
function payload({ form, json, body }: RequestOptions): readonly [string | undefined, string | Buffer | undefined] {
  if (form !== undefined) return ['application/x-www-form-urlencoded', new URLSearchParams(form).toString()]
  if (json !== undefined) return ['application/json', JSON.stringify(json)]
  return [undefined, body]
}

/** The session that an answer hands out, or undefined. */
export function sessionOf(answer: Answer): string | undefined {
  return cookieOf(answer, 'session_id')
}

/** The value of a cookie that an answer hands out, under its plain name or with its prefix; undefined where there is none. */
export function cookieOf({ headers }: Answer, name: string): string | undefined {
  const values = headers['set-cookie']?.map((line) => new RegExp(`^(?:__Host-)?${name}=([^;]+)`).exec(line)?.[1])
  return values?.find((value) => value !== undefined)
}

/** Sends these bytes as they are, and resolves to what came back until the other side closed, or nothing more came for a while. */
export async function sendBytes(port: number, bytes: string | Buffer, quietMs = 1000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    const chunks: Buffer[] = []
    const done = (): void => {
      socket.destroy()
      resolve(Buffer.concat(chunks).toString('latin1'))
    }
    socket.setTimeout(quietMs, done)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('end', done)
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') done()
      else reject(error)
    })
  })
}

/** A request as bytes: its line, the Host of this port, these lines of header, and the body. The connection ends with the answer. */
export function requestBytes(port: number, line: string, lines: readonly string[] = [], body = ''): string {
  const host = lines.some((text) => /^host:/i.test(text)) ? [] : [`Host: 127.0.0.1:${port}`]
  return [line, ...host, 'Connection: close', ...lines, '', body].join('\r\n')
}

/** Sends all of these bytes before it reads the first of the answer, as many clients do, and resolves to what then came. */
export async function sendThenRead(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('error', reject)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('end', () => {
      resolve(Buffer.concat(chunks).toString('latin1'))
    })
    socket.pause()
    socket.end(bytes, () => socket.resume())
  })
}
