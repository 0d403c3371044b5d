/** Sends what the clients of a storm ask to one service after the other, judges the answers, and measures. */
import { setTimeout as pause } from 'node:timers/promises'
import { send } from '../support/http.ts'
import type { Answer, RequestOptions } from '../support/http.ts'
import type { Measured } from './figures.ts'

const REFUSED_MS = 50 // how long a client waits that was not served
const ONE_TRY_SECONDS = 72 // in which a source that has used up its tries gets one back

/** How an answer is meant: what was asked for, a refusal, or nothing that one could rely on. */
export type Outcome = 'yes' | 'no' | 'unknown'

/** An answer, judged; null where none came. */
export interface Judged {
  readonly outcome: Outcome
  readonly answer: Answer | null
}

/** Asks the services at these ports in turn, as a load balancer without health checks would. */
export class Asker {
  readonly #ports: () => readonly number[]
  readonly #odd: string[] = []
  readonly #beganMs = performance.now()
  #acknowledged = 0
  #longestMs = 0
  #lastMs = performance.now()
  #next = 0

  /** Begins to measure. */
  constructor(ports: () => readonly number[]) {
    this.#ports = ports
  }

  /** Where the services listen. */
  get ports(): readonly number[] {
    return this.#ports()
  }

  /** Asks the next service for something that it writes, and notes when that was acknowledged: with one of the statuses of `yes`. */
  async write(...asked: Parameters<Asker['ask']>): Promise<Judged> {
    const judged = await this.ask(...asked)
    if (judged.outcome === 'yes') this.#acknowledge()
    return judged
  }

  /** Asks the next service, and judges the answer. Whoever was not served waits a little. */
  async ask(
    method: string,
    path: string,
    options: RequestOptions,
    yes: readonly number[],
    no: readonly number[] = [],
  ): Promise<Judged> {
    const answer = await this.send(method, path, options)
    const status = answer?.status ?? 0
    if (yes.includes(status)) return { outcome: 'yes', answer }
    if (no.includes(status)) return { outcome: 'no', answer }
    if (answer !== null && !isRefusalForNow(answer))
      this.#odd.push(`${method} ${path} ${String(status)} ${answer.text.slice(0, 200)}`)
    await pause(REFUSED_MS)
    return { outcome: 'unknown', answer }
  }

  /** Sends a request to the next service, or to the one at this port; null where no answer came. */
  async send(method: string, path: string, options: RequestOptions, port = this.#turn()): Promise<Answer | null> {
    try {
      return await send(port, method, path, options)
    } catch {
      return null
    }
  }

  /** Ends the measuring, and tells what it came to. */
  end(): Measured {
    const nowMs = performance.now()
    return {
      load: Math.round((this.#acknowledged / (nowMs - this.#beganMs)) * 1000),
      secondsWithout: Math.round(Math.max(this.#longestMs, nowMs - this.#lastMs) / 100) / 10,
      acknowledged: this.#acknowledged,
      odd: this.#odd,
    }
  }

  /** Counts a write that was acknowledged, and the time since the one before. */
  #acknowledge(): void {
    const nowMs = performance.now()
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs)
    this.#lastMs = nowMs
    this.#acknowledged++
  }

  /** The port of the service whose turn it is. */
  #turn(): number {
    const ports = this.#ports()
    return ports[this.#next++ % ports.length] ?? 0
  }
}

/** Whether an answer clearly says that it is nothing but too early: no service, or, after a clock was set back, one try at a time. */
function isRefusalForNow({ status, headers }: Answer): boolean {
  const seconds = Number(headers['retry-after'] ?? Number.NaN)
  return status === 503 ? seconds > 0 : status === 429 && seconds <= ONE_TRY_SECONDS
}
