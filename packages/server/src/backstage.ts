/**
 * What happens behind the scenes of one request, step by step, while somebody watches. Nothing here runs when nobody does: the
 * methods of the rooms are exchanged for ones that report when the first watcher comes, and put back when the last one goes.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { placeOfMethod } from './backstage-places.ts'
import { shownError, shownResult } from './backstage-secrets.ts'

/** A row of a table, each value as it may be shown. */
export type ShownRow = Readonly<Record<string, string>>

/** What a statement did, without a secret in it. */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly string[]
  readonly table: string | null
  /** The rows it was about: null before is a row that was added, null after one that was removed. */
  readonly changes: readonly { readonly before: ShownRow | null; readonly after: ShownRow | null }[]
}

/** What was called. */
export interface Call {
  readonly layer: 'app' | 'auth' | 'db' | 'crypto'
  /** Such as `auth.reset.complete`. */
  readonly name: string
  /** File and line of the source, such as `auth/reset.ts:52`. */
  readonly at: string
}

/** Something that was called on behalf of a request, and what was called within it. */
export interface Step extends Call {
  /** Milliseconds from the begin of the request. */
  readonly startedMs: number
  /** Milliseconds that it took; null while it is under way. */
  ms: number | null
  /** What came of it, as it may be shown; empty while it is under way. */
  outcome: string
  refused: boolean
  statement: Statement | null
  readonly within: Step[]
}

/** Where steps are noted down. */
export interface Scene {
  /** The clock of the request: milliseconds from its begin. */
  readonly elapsed: () => number
  /** Takes room for one more step; false when the request has had its share. */
  readonly take: () => boolean
  /** Is told whenever a step begins or ends. */
  readonly changed: () => void
  /** The steps of whatever is under way. */
  readonly steps: Step[]
}

/** The scene of the request on whose behalf the code runs, wherever it waits in between. Undefined when nobody watches. */
export const scene = new AsyncLocalStorage<Scene | undefined>()

/** Does something and notes it down as a step of the request, if it is one that is watched. The step goes along, for more to be said. */
export function during<T>(
  call: Call,
  work: (step: Step | null) => T,
  tell: (result: unknown) => string = shownResult,
): T {
  const now = scene.getStore()
  if (now?.take() !== true) return work(null)
  const step: Step = {
    ...call,
    startedMs: now.elapsed(),
    ms: null,
    outcome: '',
    refused: false,
    statement: null,
    within: [],
  }
  now.steps.push(step)
  now.changed()
  const end = (outcome: string, refused: boolean): void => {
    Object.assign(step, { ms: now.elapsed() - step.startedMs, outcome, refused })
    now.changed()
  }
  return followed(
    () => scene.run({ ...now, steps: step.within }, () => work(step)),
    (result) => {
      end(tell(result), false)
    },
    (error) => {
      end(shownError(error), true)
    },
  )
}

/** Does something that may return a promise, and tells how it ended. */
function followed<T>(work: () => T, ended: (result: unknown) => void, failed: (error: unknown) => void): T {
  let result
  try {
    result = work()
  } catch (error) {
    failed(error)
    throw error
  }
  if (result instanceof Promise) result.then(ended, failed)
  else ended(result)
  return result
}

/** A method, whatever it takes and gives. */
export type Method = (this: object, ...values: unknown[]) => unknown

/** How a call of a method is reported, where it is more than a step. */
export type Report = (call: Call, self: object, method: Method, values: unknown[]) => unknown

/** A class whose methods are steps. */
export interface Room {
  readonly layer: Call['layer']
  /** The word by which it goes, such as `auth.reset`. */
  readonly name: string
  /** Its source, such as `auth/reset.ts`. */
  readonly file: string
  readonly of: { readonly name: string; readonly prototype: object }
  /** Only these methods, where not all of them. */
  readonly methods?: readonly string[]
  readonly report?: Report
}

/** Exchanges the methods of these rooms for ones that report, until the returned function is called. */
export function openRooms(rooms: readonly Room[]): () => void {
  const restores = rooms.flatMap((room) => methodsOf(room).map(([name, method]) => exchange(room, name, method)))
  return () => {
    for (const restore of restores) restore()
  }
}

/** The methods of a room by name. Getters and the constructor are none, nor is what ends a room. */
export function methodsOf({ of: { prototype }, methods }: Room): readonly (readonly [string, Method])[] {
  const names = methods ?? Object.getOwnPropertyNames(prototype).filter((name) => !NO_STEPS.has(name))
  return names.flatMap((name) => {
    const value: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value
    return typeof value === 'function' ? [[name, value as Method] as const] : []
  })
}

const NO_STEPS: ReadonlySet<string> = new Set(['constructor', 'close'])

/** Exchanges one method, and returns what puts it back. */
function exchange(room: Room, name: string, method: Method): () => void {
  const { prototype } = room.of
  const call: Call = {
    layer: room.layer,
    name: room.report === undefined ? `${room.name}.${name}` : room.name,
    at: placeOfMethod(room.file, name, room.of.name),
  }
  const report: Report =
    room.report ?? ((_call, self, _method, values) => during(call, () => method.apply(self, values)))
  const reporting: Method = function (...values) {
    return scene.getStore() === undefined ? method.apply(this, values) : report(call, this, method, values)
  }
  const put = (value: Method): void => void Object.defineProperty(prototype, name, { value })
  put(reporting)
  return () => {
    put(method)
  }
}
