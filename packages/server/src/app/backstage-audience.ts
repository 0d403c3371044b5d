/** Who watches: pages that hold a stream of events open, and pages that were opened within the last minute. */
import { PassThrough } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { HttpError } from './errors.ts'
import type { Keeper, Recording } from './backstage-recording.ts'
import { Stage } from './backstage-stage.ts'
import { backstagePage } from './pages/backstage.tsx'
import { recordingHtml } from './pages/backstage-request.tsx'

const MOST_STREAMS = 10
const MOST_WAITING_BYTES = 2_000_000 // of a page that does not read: it is sent away, and its browser comes back by itself
const HEARTBEAT_MS = 15_000
const GATHER_MS = 40 // steps come in bursts
const LOOK_MS = 60_000

/** The pages that watch one app. */
export class Audience {
  readonly #stage: Stage
  readonly #streams = new Set<PassThrough>()
  readonly #news = new Set<Recording>()
  #gathering: NodeJS.Timeout | undefined
  #look: { readonly leave: () => void; readonly timer: NodeJS.Timeout } | null = null

  /** Nobody watches yet. */
  constructor(app: FastifyInstance, placeOfRoute: Keeper['placeOfRoute']) {
    const changed = (recording: Recording): void => {
      this.#gather(recording)
    }
    this.#stage = new Stage(app, { placeOfRoute, changed })
  }

  /** Whoever opens the page watches for a minute, so that it works without JavaScript. Returns what makes the page of this address. */
  look(origin: string): (nonce: string) => string {
    const leave = this.#stage.watch()
    this.#stopLooking() // only now: what was recorded stays
    const timer = setTimeout(() => {
      this.#stopLooking()
    }, LOOK_MS).unref()
    this.#look = { leave, timer }
    return (nonce) => backstagePage(this.#stage.recordings, origin, nonce)
  }

  /** A stream of events: first everything that is recorded, then each change. @throws {HttpError} when too many watch. */
  join(): PassThrough {
    if (this.#streams.size >= MOST_STREAMS) throw new HttpError('http.unavailable', { detail: 'Too many pages watch.' })
    const stream = new PassThrough()
    const leave = this.#stage.watch()
    const heartbeat = setInterval(() => {
      send(stream, ': still here\n\n')
    }, HEARTBEAT_MS).unref()
    stream.once('close', () => {
      clearInterval(heartbeat)
      this.#streams.delete(stream)
      leave()
    })
    this.#streams.add(stream)
    send(stream, `retry: 1000\nevent: begin\ndata:\n\n${this.#stage.recordings.toReversed().map(eventOf).join('')}`)
    return stream
  }

  /** Sends everybody home. The service ends. */
  close(): void {
    clearTimeout(this.#gathering)
    this.#stopLooking()
    for (const stream of this.#streams) stream.destroy()
  }

  /** Waits a moment for more, then sends what changed, each recording whole. */
  #gather(recording: Recording): void {
    this.#news.add(recording)
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined
      const events = [...this.#news].map(eventOf).join('')
      this.#news.clear()
      for (const stream of this.#streams) send(stream, events)
    }, GATHER_MS).unref()
  }

  /** Ends the watch of the page that was opened last. */
  #stopLooking(): void {
    if (this.#look === null) return
    clearTimeout(this.#look.timer)
    this.#look.leave()
    this.#look = null
  }
}

/** Sends to a page, unless it has stopped reading. */
function send(stream: PassThrough, text: string): void {
  if (stream.writableLength + stream.readableLength > MOST_WAITING_BYTES) stream.destroy()
  else stream.write(text)
}

/** A recording as an event. A line of data ends at a line break, also at one that a stranger sent. */
function eventOf(recording: Recording): string {
  const lines = recordingHtml(recording).split(/\r\n|\r|\n/)
  return `event: request\n${lines.map((line) => `data: ${line}\n`).join('')}\n`
}
