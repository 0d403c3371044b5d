/** The stage: what the last requests did, for as long as somebody watches. */
import { channel } from 'node:diagnostics_channel'
import type { FastifyInstance } from 'fastify'
import { ROOMS } from '../auth/backstage.ts'
import { openRooms, scene } from '../backstage.ts'
import { record, sceneOf } from './backstage-recording.ts'
import type { Keeper, Recording } from './backstage-recording.ts'
import { arrivals } from './front-door.ts'
import type { Arrival } from './front-door.ts'

const MOST_RECORDINGS = 20
const HANDLERS = channel('tracing:fastify.request.handler:start') // Fastify's own: in whose name a handler runs, also after its body was read
const open = { stages: 0, closeRooms: (): void => undefined }

/** Opens the rooms with the first stage of this process that is watched. */
function openStage(): void {
  if (open.stages++ > 0) return
  open.closeRooms = openRooms(ROOMS)
  HANDLERS.bindStore(scene, (message) => sceneOf((message as Arrival).request))
}

/** Closes the rooms with the last one. */
function closeStage(): void {
  if (--open.stages > 0) return
  HANDLERS.unbindStore(scene)
  open.closeRooms()
}

/** The last requests of one app. */
export class Stage {
  readonly #app: FastifyInstance
  readonly #keeper: Keeper
  #recordings: readonly Recording[] = []
  #count = 0
  #watchers = 0

  /** A stage that nobody watches yet. The keeper is told of each change of what it holds. */
  constructor(app: FastifyInstance, { placeOfRoute, changed }: Keeper) {
    this.#app = app
    const isKept = (recording: Recording): boolean => this.#recordings.includes(recording)
    this.#keeper = {
      placeOfRoute,
      changed: (recording) => {
        if (isKept(recording)) changed(recording)
      },
    }
  }

  /** The last requests, the newest first. */
  get recordings(): readonly Recording[] {
    return this.#recordings
  }

  /** Records until the returned function is called. When nobody watches any more, what was recorded is forgotten. */
  watch(): () => void {
    if (this.#watchers++ === 0) {
      openStage()
      arrivals.subscribe(this.#arrived)
    }
    const watcher = { isHere: true }
    return () => {
      if (!watcher.isHere) return
      watcher.isHere = false
      if (--this.#watchers > 0) return
      arrivals.unsubscribe(this.#arrived)
      closeStage()
      this.#recordings = []
    }
  }

  /** Records a request of our app, unless it is one of those who watch. */
  readonly #arrived = (message: unknown): void => {
    const arrival = message as Arrival
    const { server, routeOptions } = arrival.request
    if (server.server !== this.#app.server || routeOptions.schema?.hide === true) return
    const recording = record(++this.#count, arrival, this.#keeper)
    this.#recordings = [recording, ...this.#recordings].slice(0, MOST_RECORDINGS)
    this.#keeper.changed(recording)
  }
}
