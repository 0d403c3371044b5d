/**
 * Hashes passwords outside the process of the service, at low priority, so that session checks stay fast in a storm of logins:
 * a child at nice 19 left 82 % of them, the default thread pool of the service itself 33 %. One child with several threads does
 * as much as several children, in half the memory. Hashing takes as much memory as there are threads, times the memory of one hash:
 * jobs that wait hold only their password.
 */
import type { ChildProcess } from 'node:child_process'
import { extname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Hasher, Lane } from './hasher.ts'
import { startHashingProcess } from './hashing-child.ts'
import type { HashJob } from './hashing.ts'
import { busy, RunningJobs } from './hashing-jobs.ts'
import type { WaitingJob } from './hashing-jobs.ts'
import { LaneQueue } from './hashing-lanes.ts'
import type { JobOutcome, NumberedJob } from './hashing-process.ts'
import { PlainQueue } from './hashing-queue.ts'
import type { HashingQueue } from './hashing-queue.ts'
import type { Argon2idKind, HashKind, PasswordHash } from './password-hash.ts'
import type { LegacyHash } from './stored-hash.ts'

/** How large a hasher is. */
export interface PoolOptions {
  readonly threads: number
  readonly queueSeconds: number
  /** Whether known devices, logins, resets and registrations wait in lanes of their own; or else all in one plain queue. */
  readonly hashingLanes: boolean
  /** How long one hash may take before the process counts as hung and is replaced. The slowest allowed takes about 3 s on a free core. */
  readonly jobSeconds?: number
  /** The program to run; only tests have another. */
  readonly program?: URL
}

const PROGRAM = new URL(`./hashing-process${extname(import.meta.url)}`, import.meta.url)
const REFUSAL_PAUSE_MS = 200 // a queue that refuses at once makes impolite clients flood
const PATIENCE = 3 // deaths in a row after which those who wait are told
const NOBODY_KNOWN: Lane = { name: 'login' }

/** A child process that hashes, with a queue in front. Both start with the first job, and neither keeps the program alive. */
export class HashingPool implements Hasher {
  readonly #options: Required<PoolOptions>
  readonly #queue: HashingQueue<WaitingJob>
  readonly #running = new RunningJobs()
  #child: ChildProcess | null = null
  #deathsInARow = 0
  #closed = false

  /** Prepares a pool; nothing runs yet. */
  constructor(options: PoolOptions) {
    this.#options = { jobSeconds: 20, program: PROGRAM, ...options }
    this.#queue = options.hashingLanes ? new LaneQueue() : new PlainQueue()
  }

  /** Hashes with a fresh salt. */
  async hash(password: string, kind: HashKind, lane: Lane = NOBODY_KNOWN): Promise<PasswordHash> {
    return (await this.#do({ do: 'hash', password, kind }, lane)) as PasswordHash
  }

  /** Whether this is the password of the hash. */
  async verify(password: string, hash: string, lane: Lane = NOBODY_KNOWN): Promise<boolean> {
    return (await this.#do({ do: 'verify', password, hash }, lane)) === true
  }

  /** Wraps a weak digest from elsewhere in argon2id. */
  async wrap(legacy: LegacyHash, kind: Argon2idKind, lane: Lane = NOBODY_KNOWN): Promise<PasswordHash> {
    return (await this.#do({ do: 'wrap', legacy, kind }, lane)) as PasswordHash
  }

  /** Refuses, as a job would be, when there is no room for one of this lane now. */
  async refuseWhenFull(lane: Lane = NOBODY_KNOWN): Promise<void> {
    if (this.#closed || !this.#queue.hasRoom(lane, this.#room)) await this.#refusal()
  }

  /** Ends the process; who still waits is refused. */
  async close(): Promise<void> {
    this.#closed = true
    this.#refuseWaiting()
    const child = this.#child
    if (child?.pid === undefined) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.ref()
    child.kill('SIGKILL') // it holds nothing that could be lost
    await gone
  }

  /** How many may wait: as many as can be served in the time allowed. */
  get #room(): number {
    const { queueSeconds, threads } = this.#options
    return Math.max(1, Math.floor((queueSeconds * 1000 * threads) / this.#running.meanMs))
  }

  /** After this long a job is refused even if it was let in: hashes became dearer meanwhile, or others' turns came before. */
  get #longestWaitMs(): number {
    return 2 * this.#options.queueSeconds * 1000
  }

  /** Queues a job, or refuses it, or another one that has to make room for it. */
  async #do(job: HashJob, lane: Lane): Promise<string | boolean> {
    if (this.#closed) await this.#refusal()
    return new Promise((resolve, reject) => {
      const expire = (): void => {
        if (this.#queue.remove(waiting, lane)) reject(busy(this.#options.queueSeconds))
      }
      const waiting: WaitingJob = {
        job,
        lane,
        resolve,
        reject,
        expiry: setTimeout(expire, this.#longestWaitMs).unref(),
      }
      const refused = this.#queue.add(waiting, lane, this.#room)
      if (refused !== null) {
        clearTimeout(refused.expiry)
        this.#refusal().catch(refused.reject)
      }
      this.#next()
    })
  }

  /** Throws, after a pause, what is said to whoever finds no room. */
  async #refusal(): Promise<never> {
    await pause(REFUSAL_PAUSE_MS)
    throw busy(this.#options.queueSeconds)
  }

  /** Hands out jobs for as long as a thread is free. */
  #next(): void {
    while (this.#queue.length > 0 && this.#running.size < this.#options.threads && !this.#closed) {
      if (!this.#hasChild()) return
      const waiting = this.#take()
      if (waiting === null) return
      const number = this.#running.add(waiting, this.#options.jobSeconds * 1000, () => this.#child?.kill('SIGKILL'))
      this.#keepAlive()
      this.#child?.send({ number, job: waiting.job } satisfies NumberedJob, () => undefined) // if it is dead, its exit tells
    }
  }

  /** Takes out the job whose turn it is, which waits no longer; null when there is none. */
  #take(): WaitingJob | null {
    const waiting = this.#queue.take()
    clearTimeout(waiting?.expiry)
    return waiting
  }

  /** Gives an answer to whom it belongs; the thread is free again. */
  #settle(outcome: JobOutcome): void {
    if (!this.#running.settle(outcome)) return
    this.#deathsInARow = 0
    this.#keepAlive()
    this.#next()
  }

  /** Whether there is a process to hand jobs to. Where none can be started, who waits is told. */
  #hasChild(): boolean {
    try {
      this.#child ??= startHashingProcess(this.#options, {
        onOutcome: (outcome) => {
          this.#settle(outcome)
        },
        onEnd: (child) => {
          this.#bury(child)
        },
      })
      return true
    } catch {
      this.#refuseWaiting()
      return false
    }
  }

  /** A process has died: what it was at is refused, what waits goes to the next one. */
  #bury(child: ChildProcess): void {
    if (this.#child !== child) return
    this.#child = null
    this.#deathsInARow++
    this.#running.refuseAll()
    if (this.#deathsInARow >= PATIENCE) this.#refuseWaiting()
    this.#next()
  }

  /** Tells all who wait that they need not. */
  #refuseWaiting(): void {
    for (let waiting = this.#take(); waiting !== null; waiting = this.#take()) {
      waiting.reject(busy(this.#options.queueSeconds))
    }
  }

  /** The process keeps the program alive only while it is at work, so that a script ends when it is done. */
  #keepAlive(): void {
    const child = this.#child
    if (this.#running.size > 0) {
      child?.ref()
      child?.channel?.ref()
    } else {
      child?.unref()
      child?.channel?.unref()
    }
  }
}
