/**
 * Clients that register, log in, log out and reset as fast as they can, and keep a journal of what they were told. After a fault the
 * journal says what must be there.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { send, sessionOf } from '../support/http.ts'
import type { Answer, RequestOptions } from '../support/http.ts'

/** An account that was acknowledged, with every password that may be the right one: several where an answer never came. */
interface Entry {
  readonly email: string
  passwords: readonly string[]
  session: string | null
  /** What the session must answer; null where nobody knows. */
  expected: 200 | 403 | null
}

/** What a storm came to. */
export interface Figures {
  /** Acknowledged writes a second, over the whole storm. */
  readonly load: number
  /** The longest time in which no write was acknowledged. */
  readonly secondsWithout: number
  readonly acknowledged: number
  /** What was acknowledged and is not there, or is there again after it was ended. */
  readonly lost: number
  /** What works once, and was acknowledged twice. */
  readonly twice: number
  /** Answers that are neither what was asked for nor a clear refusal to serve now. */
  readonly odd: readonly string[]
}

/** How an answer is meant: what was asked for, a refusal, or nothing that one could rely on. */
type Outcome = 'yes' | 'no' | 'unknown'

/** A storm over some services. */
export class Storm {
  readonly #ports: () => readonly number[]
  readonly #journal: Entry[] = []
  readonly #odd: string[] = []
  readonly #workers: readonly Promise<void>[]
  #acknowledged = 0
  #twice = 0
  #longestMs = 0
  #lastMs = performance.now()
  readonly #beganMs = performance.now()
  #endedMs = 0
  #isOver = false
  #next = 0

  /** Begins, with so many clients that go to these ports in turn. */
  constructor(ports: () => readonly number[], clients: number) {
    this.#ports = ports
    this.#workers = Array.from({ length: clients }, async (_, client) => this.#work(client))
  }

  /** Ends the storm, looks for all that was acknowledged, and tells what it found. */
  async end(): Promise<Figures> {
    this.#isOver = true
    await Promise.all(this.#workers)
    this.#endedMs = performance.now()
    this.#longestMs = Math.max(this.#longestMs, this.#endedMs - this.#lastMs)
    const lost = await this.#look()
    return {
      load: Math.round((this.#acknowledged / (this.#endedMs - this.#beganMs)) * 1000),
      secondsWithout: Math.round(this.#longestMs / 100) / 10,
      acknowledged: this.#acknowledged,
      lost,
      twice: this.#twice,
      odd: this.#odd,
    }
  }

  /** One client after another person. */
  async #work(client: number): Promise<void> {
    for (let person = 0; !this.#isOver; person++) {
      const entry = {
        email: `c${String(client)}-${String(person)}@example.com`,
        passwords: ['first'],
        session: null,
        expected: null,
      }
      if (!(await this.#register(entry))) continue
      if (person % 2 === 0) await this.#reset(entry)
      await this.#logIn(entry)
      if (person % 3 === 0) await this.#logOut(entry)
    }
  }

  /** Registers a person, who is in the journal once that is acknowledged. */
  async #register(entry: Entry): Promise<boolean> {
    const form = { email: entry.email, password: 'first' }
    if ((await this.#write('POST', '/users', { form }, [200], [])).outcome !== 'yes') return false
    this.#journal.push(entry)
    return true
  }

  /** Resets the password with a token that is sent to two services at once, with two passwords. */
  async #reset(entry: Entry): Promise<void> {
    const { email } = entry
    const { outcome, answer } = await this.#write('POST', '/reset_password', { form: { email } }, [200], [])
    if (outcome !== 'yes') return
    const { reset_token: token } = answer?.json as { readonly reset_token: string }
    const both = await Promise.all(
      ['second', 'third'].map(async (password) => {
        const form = { email, reset_token: token, new_password: password }
        return { password, ...(await this.#write('PUT', '/reset_password', { form }, [200], [403])) }
      }),
    )
    const done = both.filter((each) => each.outcome === 'yes')
    if (done.length > 1) this.#twice++
    const perhaps = both.filter((each) => each.outcome === 'unknown')
    const old = done.length === 0 ? entry.passwords : []
    entry.passwords = [...old, ...[...done, ...perhaps].map(({ password }) => password)]
  }

  /** Logs in with whichever password is the right one. */
  async #logIn(entry: Entry): Promise<void> {
    for (const password of entry.passwords) {
      const form = { email: entry.email, password }
      const { outcome, answer } = await this.#write('POST', '/sessions', { form }, [200], [401])
      if (outcome !== 'yes' || answer === null) continue
      entry.session = sessionOf(answer) ?? null
      entry.expected = 200
      return
    }
  }

  /** Logs out. */
  async #logOut(entry: Entry): Promise<void> {
    if (entry.session === null) return
    const { outcome } = await this.#write('DELETE', '/sessions', { session: entry.session }, [302], [403])
    entry.expected = outcome === 'yes' ? 403 : null
  }

  /** Sends something to the next service, and notes when it was acknowledged. */
  async #write(
    method: string,
    path: string,
    options: RequestOptions,
    yes: readonly number[],
    no: readonly number[],
  ): Promise<{ readonly outcome: Outcome; readonly answer: Answer | null }> {
    const answer = await this.#send(method, path, options)
    const status = answer?.status ?? 0
    if (yes.includes(status)) {
      const nowMs = performance.now()
      this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs)
      this.#lastMs = nowMs
      this.#acknowledged++
      return { outcome: 'yes', answer }
    }
    if (no.includes(status)) return { outcome: 'no', answer }
    if (answer !== null && !(status === 503 && answer.headers['retry-after'] !== undefined))
      this.#odd.push(`${method} ${path} ${String(status)} ${answer.text.slice(0, 200)}`)
    await pause(50)
    return { outcome: 'unknown', answer }
  }

  /** Sends a request; null where no answer came. */
  async #send(method: string, path: string, options: RequestOptions): Promise<Answer | null> {
    const ports = this.#ports()
    const port = ports[this.#next++ % ports.length] ?? 0
    try {
      return await send(port, method, path, options)
    } catch {
      return null
    }
  }

  /** Looks for everything in the journal, and counts what is not as it must be. */
  async #look(): Promise<number> {
    let lost = 0
    const waiting = [...this.#journal]
    const look = async (): Promise<void> => {
      for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop())
        if (!(await this.#isThere(entry))) lost++
    }
    await Promise.all(Array.from({ length: 8 }, look))
    return lost
  }

  /** Whether an account, its password and its session are what they were acknowledged to be. */
  async #isThere({ email, passwords, session, expected }: Entry): Promise<boolean> {
    if (session !== null && expected !== null) {
      const answer = await this.#send('GET', '/profile', { session })
      if (answer?.status !== expected) return false
    }
    for (const password of passwords) {
      const answer = await this.#send('POST', '/sessions', { form: { email, password } })
      if (answer?.status === 200) return true
    }
    return false
  }
}
