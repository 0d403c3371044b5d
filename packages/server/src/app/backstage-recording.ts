/** One request as it is shown backstage, followed from its arrival to the end of its answer. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Scene, Step } from '../backstage.ts'
import { placeOfMethod } from '../backstage-places.ts'
import { shownError } from '../backstage-secrets.ts'
import { shownAnswer, shownFields, shownHeaders, shownPath } from './backstage-request.ts'
import type { Shown, ShownAnswer } from './backstage-request.ts'
import type { Arrival } from './front-door.ts'

/** A request with everything that it did. */
export interface Recording {
  readonly number: number
  readonly at: Date
  readonly method: string
  readonly path: string
  readonly headers: readonly Shown[]
  fields: readonly Shown[]
  readonly steps: Step[]
  /** Null until there is one. */
  answer: ShownAnswer | null
  /** Milliseconds from the arrival to the end of the answer; null while it is under way. */
  ms: number | null
  /** Whether the caller went away before the answer was out. */
  cutOff: boolean
  /** How many steps were left out, because there were too many. */
  leftOut: number
}

/** What a recording needs of whoever keeps it. */
export interface Keeper {
  /** Where the handler of a request stands. */
  readonly placeOfRoute: (request: FastifyRequest) => string
  /** Is told of each change. */
  readonly changed: (recording: Recording) => void
}

const MOST_STEPS = 150
const scenes = new WeakMap<FastifyRequest, () => Scene>()

/** The scene on which the handler of this request plays; undefined for one that is not followed. */
export function sceneOf(request: FastifyRequest): Scene | undefined {
  return scenes.get(request)?.()
}

/** Begins to record a request, and goes on by itself until its answer is out. */
export function record(number: number, { request, reply }: Arrival, { placeOfRoute, changed }: Keeper): Recording {
  const begin = performance.now()
  const elapsed = (): number => performance.now() - begin
  const recording = beginOf(number, request)
  const tell = (): void => {
    changed(recording)
  }
  scenes.set(request, () => {
    recording.fields = shownFields(request.body)
    end(recording.steps.at(-1), elapsed(), 'lets it in')
    const handler = stepOfApp(`${recording.method} ${recording.path}`, placeOfRoute(request), elapsed())
    recording.steps.push(handler)
    tell()
    return { elapsed, changed: tell, take: () => takeStep(recording), steps: handler.within }
  })
  listen(recording, reply, elapsed)
  reply.raw.once('close', () => {
    scenes.delete(request)
    const { body = [] } = recording.answer ?? {}
    recording.fields = shownFields(request.body)
    recording.answer = { ...shownAnswer(reply, null), body }
    recording.cutOff = !reply.raw.writableFinished
    recording.ms = elapsed()
    tell()
  })
  return recording
}

/** A recording of which only the arrival is known. */
function beginOf(number: number, request: FastifyRequest): Recording {
  return {
    number,
    at: new Date(),
    method: request.method.slice(0, 20),
    path: shownPath(request),
    headers: shownHeaders(request),
    fields: [],
    steps: [stepOfApp('front door', placeOfMethod('app/front-door.ts', 'frontDoor'), 0)],
    answer: null,
    ms: null,
    cutOff: false,
    leftOut: 0,
  }
}

/** Takes down what is handed to `reply.send`: first perhaps an error, which has a step of its own, then the body. */
function listen(recording: Recording, reply: FastifyReply, elapsed: () => number): void {
  const send = reply.send.bind(reply)
  reply.send = (payload?: unknown) => {
    const isError = payload instanceof Error
    const outcome = isError ? shownError(payload) : `answers ${reply.statusCode}`
    end(recording.steps.at(-1), elapsed(), outcome, isError)
    if (isError) recording.steps.push(stepOfApp('refusal', placeOfMethod('app/errors.ts', 'onError'), elapsed()))
    else recording.answer = shownAnswer(reply, payload)
    return send(payload)
  }
}

/** A step of the app, under way. */
function stepOfApp(name: string, at: string, startedMs: number): Step {
  return { layer: 'app', name, at, startedMs, ms: null, outcome: '', refused: false, statement: null, within: [] }
}

/** Ends a step of the app, unless it has ended already. */
function end(step: Step | undefined, elapsed: number, outcome: string, refused = false): void {
  if (step?.ms === null) Object.assign(step, { ms: elapsed - step.startedMs, outcome, refused })
}

/** Takes room for one more step; false when the request has had its share. */
function takeStep(recording: Recording): boolean {
  if (count(recording.steps) < MOST_STEPS) return true
  recording.leftOut++
  return false
}

/** How many steps there are, with those within them. */
function count(steps: readonly Step[]): number {
  return steps.reduce((sum, { within }) => sum + 1 + count(within), 0)
}
