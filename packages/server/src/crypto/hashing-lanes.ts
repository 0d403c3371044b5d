/**
 * The lanes in front of the hashing process: whoever floods one of them stops neither the people who are known nor the other lanes.
 * Forty unknown logins a second would keep a plain queue full, and nobody would get in. [ASVS 15.2.2]
 */
import type { Lane } from './hasher.ts'
import type { HashingQueue } from './hashing-queue.ts'
import { SourceQueue } from './hashing-sources.ts'
import type { Holder } from './hashing-sources.ts'
import { HashingTurns } from './hashing-turns.ts'

type StrangersLane = Exclude<Lane['name'], 'known'>

/**
 * How turns and room are split among strangers. Most of what comes are logins. Resets are rare, since each needs a mailed link, but they
 * are the way in for whoever an attack keeps out; whoever registers can best wait.
 */
const WEIGHTS: Readonly<Record<StrangersLane, number>> = { login: 4, reset: 2, registration: 1 }
const STRANGERS = ['login', 'reset', 'registration'] as const satisfies readonly StrangersLane[]
const ALL_WEIGHTS = STRANGERS.reduce((sum, name) => sum + WEIGHTS[name], 0)

/** Where a job could wait: in a free place, in that of another, or nowhere. */
type Place<T extends object> =
  { readonly is: 'free' | 'none' } | { readonly is: 'taken'; readonly queue: SourceQueue<T>; readonly by: Holder<T> }

/**
 * Four lanes. The known have half of the room for themselves and, while they wait, every other turn. Strangers have the other half: each
 * of their lanes has its own room and may fill what the others leave, but gives it back, the newest job first, to a lane that has not
 * yet filled its own. Within a lane each source has one turn a round. When the lane is full, a source takes a place from one that holds
 * at least two more than itself, so that under pressure each has one. Every lane has at least one place, however dear hashes are.
 */
export class LaneQueue<T extends object> implements HashingQueue<T> {
  readonly #lanes: Readonly<Record<Lane['name'], SourceQueue<T>>> = {
    known: new SourceQueue(),
    login: new SourceQueue(),
    reset: new SourceQueue(),
    registration: new SourceQueue(),
  }
  readonly #halves = new HashingTurns({ known: 1, strangers: 1 })
  readonly #turns = new HashingTurns(WEIGHTS)

  /** How many wait. */
  get length(): number {
    return this.#lanes.known.length + this.#strangers
  }

  /** How many wait in the lanes of strangers. */
  get #strangers(): number {
    return STRANGERS.reduce((sum, name) => sum + this.#lanes[name].length, 0)
  }

  /** Whether a job of this lane and source could wait now, be it in the place of another. */
  hasRoom(lane: Lane, room: number): boolean {
    return this.#placeFor(lane, room).is !== 'none'
  }

  /** Lets a job wait in its lane. Returns the job that it displaced, or itself where there is no place; null when nobody has to go. */
  add(job: T, lane: Lane, room: number): T | null {
    const place = this.#placeFor(lane, room)
    if (place.is === 'none') return job
    const displaced = place.is === 'taken' ? place.queue.takeNewest(place.by) : null
    this.#lanes[lane.name].add(job, lane.source ?? null)
    return displaced
  }

  /** Takes out the job whose turn it is: by halves, then by lanes, then by sources. */
  take(): T | null {
    const half = this.#halves.next((name) => (name === 'known' ? this.#lanes.known.length : this.#strangers) > 0)
    const lane = half === 'strangers' ? this.#turns.next((name) => this.#lanes[name].length > 0) : half
    return lane === null ? null : this.#lanes[lane].take()
  }

  /** Takes out this job; false when it does not wait. */
  remove(job: T, lane: Lane): boolean {
    return this.#lanes[lane.name].remove(job, lane.source ?? null)
  }

  /** Where a job of this lane and source could wait now. */
  #placeFor(lane: Lane, room: number): Place<T> {
    const own = this.#lanes[lane.name]
    if (lane.name === 'known') {
      if (own.length < roomOfKnown(room)) return { is: 'free' }
    } else {
      if (this.#strangers < roomOfStrangers(room)) return { is: 'free' }
      if (own.length < roomOf(lane.name, room)) return this.#borrowedPlace(room)
    }
    const by = own.heaviest(own.countOf(lane.source ?? null) + 2)
    return by === null ? { is: 'none' } : { is: 'taken', queue: own, by }
  }

  /** A place in the lane that has borrowed most. There is one whenever the strangers' room is full and a lane has not filled its own. */
  #borrowedPlace(room: number): Place<T> {
    const borrowed = (name: StrangersLane): number => this.#lanes[name].length - roomOf(name, room)
    const [lane] = [...STRANGERS].sort((a, b) => borrowed(b) - borrowed(a))
    const queue = this.#lanes[lane ?? 'login']
    const by = queue.heaviest(2) ?? queue.heaviest(1)
    return by === null ? { is: 'none' } : { is: 'taken', queue, by }
  }
}

/** How many of the known may wait: half of all. */
function roomOfKnown(room: number): number {
  return Math.max(1, Math.ceil(room / 2))
}

/** How many strangers may wait: the other half. */
function roomOfStrangers(room: number): number {
  return Math.max(STRANGERS.length, room - roomOfKnown(room))
}

/** How many places of the strangers' room are a lane's own. */
function roomOf(name: StrangersLane, room: number): number {
  return Math.max(1, Math.floor((roomOfStrangers(room) * WEIGHTS[name]) / ALL_WEIGHTS))
}
