/** A watcher of the glass box: a stream of events, read as it comes. */
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'

/** The newest state of each request that the stream has told of, as text without tags, by the number of the request. */
export interface Watcher {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** Everything that was sent. */
  readonly sent: () => string
  readonly requests: () => ReadonlyMap<number, string>
  /** Resolves when the stream has ended, by whomever. */
  readonly ended: Promise<void>
  leave(): void
}

/** Begins to watch. */
export async function watch(port: number, headers: Readonly<Record<string, string>> = {}): Promise<Watcher> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path: '/backstage/events', headers, agent: false },
      (incoming) => {
        const chunks: string[] = []
        const sent = (): string => chunks.join('')
        incoming.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
        incoming.on('error', () => undefined)
        const ended = new Promise<void>((end) => incoming.once('close', end))
        const { statusCode: status = 0, headers: got } = incoming
        const leave = (): void => void outgoing.destroy()
        resolve({ status, headers: got, sent, requests: () => requestsIn(sent()), ended, leave })
      },
    )
    outgoing.on('error', reject)
    outgoing.end()
  })
}

/** The requests in a stream of events. */
function requestsIn(events: string): ReadonlyMap<number, string> {
  const found = events.split('\n\n').flatMap((event) => {
    const number = /^event: request\ndata: <article id="request-(\d+)"/.exec(event)?.[1]
    return number === undefined ? [] : [[Number(number), textOf(event)] as const]
  })
  return new Map(found)
}

/** HTML as text, with a space where a tag was. */
export function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
}
