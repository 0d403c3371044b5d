/**
 * Clients that register, and ask for resets, so that letters are owed; and that log in and have their sessions checked meanwhile. The journal
 * says which letters must come, once each, with a link that works.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { sessionOf } from '../support/http.ts'
import type { RequestOptions } from '../support/http.ts'
import type { ReceivedLetter } from '../support/smtp.ts'
import { Asker } from './asker.ts'
import type { Clients, Figures } from './figures.ts'

const PASSWORD = 'first'
const DOMAINS = 50 // two letters at a time go to one domain, so there are many
const LOGINS_FOR_EACH_LETTER = 4
const LOOK_MS = 50
const PATIENCE_MS = 120_000

/** A letter by what its link does and whom it goes to. */
type Name = `verify ${string}` | `reset ${string}`

/** A letter that has come. */
interface Come {
  readonly token: string
  readonly atMs: number
  times: number
}

/** A storm over some services that send letters. */
export class LetterStorm implements Clients {
  readonly #asker: Asker
  readonly #letters: () => readonly ReceivedLetter[]
  /** When each letter was acknowledged. */
  readonly #owed = new Map<Name, number>()
  readonly #come = new Map<Name, Come>()
  /** Addresses whose letter has come and was not followed yet. */
  readonly #verifiable: string[] = []
  readonly #members: string[] = []
  readonly #workers: readonly Promise<void>[]
  readonly #watching: Promise<void>
  #seen = 0
  #slowestMs = 0
  #isOver = false
  #isLookedFor = false

  /** Begins, with so many clients that go to these ports in turn. `letters` are all that have come. */
  constructor(ports: () => readonly number[], clients: number, letters: () => readonly ReceivedLetter[]) {
    this.#asker = new Asker(ports)
    this.#letters = letters
    this.#watching = this.#watch()
    this.#workers = Array.from({ length: clients }, async (_, client) => this.#work(client))
  }

  /** What letters and logins took. */
  #notes(): readonly string[] {
    const waitedMs = [...this.#owed].map(([name, atMs]) => (this.#come.get(name)?.atMs ?? Number.NaN) - atMs)
    const longest = (Math.max(...waitedMs) / 1000).toFixed(1)
    return [
      `${String(this.#owed.size)} letters owed, ${String(this.#come.size)} came, none later than ${longest} s`,
      `no login and no check of a session took longer than ${String(Math.round(this.#slowestMs))} ms`,
    ]
  }

  /** Ends the storm, waits for the letters, follows their links, and tells what it found. */
  async end(): Promise<Figures> {
    this.#isOver = true
    await Promise.all(this.#workers)
    const measured = this.#asker.end()
    const deadline = performance.now() + PATIENCE_MS
    while (this.#isMissing() && performance.now() < deadline) await pause(LOOK_MS)
    this.#isLookedFor = true
    await this.#watching
    let lost = 0
    for (const name of this.#owed.keys()) if (!(await this.#works(name))) lost++
    const twice = [...this.#come.values()].filter(({ times }) => times > 1).length
    return { ...measured, lost, twice, notes: this.#notes() }
  }

  /** One client: somebody new now and then, and otherwise somebody who logs in. */
  async #work(client: number): Promise<void> {
    for (let round = 0; !this.#isOver; round++) {
      const email = `c${String(client)}-${String(round)}@d${String(round % DOMAINS)}.example`
      if (round % LOGINS_FOR_EACH_LETTER === 0) await this.#owe('verify', '/users', email, { password: PASSWORD })
      const verifiable = this.#verifiable.pop()
      if (verifiable !== undefined) await this.#verify(verifiable)
      const member = this.#members[(client + round * 7) % this.#members.length]
      if (member === undefined) await pause(LOOK_MS)
      else await this.#timed(async () => this.#logIn(member))
    }
  }

  /** Asks for something that brings a letter about. */
  async #owe(kind: 'verify' | 'reset', path: string, email: string, more: Record<string, string> = {}): Promise<void> {
    const { outcome } = await this.#asker.write('POST', path, as(email, { form: { email, ...more } }), [200])
    if (outcome === 'yes') this.#owed.set(`${kind} ${email}`, performance.now())
  }

  /** Follows the link of a letter: from then on its person can log in. Then they forget their password. */
  async #verify(email: string): Promise<void> {
    const form = { token: this.#come.get(`verify ${email}`)?.token ?? '', password: PASSWORD }
    const { outcome } = await this.#asker.write('PUT', '/email_verification', as(email, { form }), [200], [403])
    if (outcome !== 'yes') return
    this.#members.push(email)
    await this.#owe('reset', '/reset_password', email)
  }

  /** Logs in, and has the session checked. */
  async #logIn(email: string): Promise<void> {
    const form = { email, password: PASSWORD }
    const { answer } = await this.#asker.write('POST', '/sessions', as(email, { form }), [200])
    const session = answer === null ? undefined : sessionOf(answer)
    if (session !== undefined) await this.#asker.ask('GET', '/profile', { session }, [200])
  }

  /** Notes how long it took. */
  async #timed(work: () => Promise<void>): Promise<void> {
    const beganMs = performance.now()
    await work()
    this.#slowestMs = Math.max(this.#slowestMs, performance.now() - beganMs)
  }

  /** Opens the letters as they come, until all are there. */
  async #watch(): Promise<void> {
    while (!this.#isLookedFor) {
      for (const letter of this.#letters().slice(this.#seen)) {
        this.#seen++
        this.#open(letter)
      }
      await pause(LOOK_MS)
    }
  }

  /** Opens a letter. One without a link that we asked for is of no interest. */
  #open({ to: [email = ''], text }: ReceivedLetter): void {
    const [, kind, token = ''] = /\/(verify|reset)\?token=([\w.-]+)/.exec(text) ?? []
    if (kind !== 'verify' && kind !== 'reset') return
    const known = this.#come.get(`${kind} ${email}`)
    if (known !== undefined) known.times++
    else {
      this.#come.set(`${kind} ${email}`, { token, atMs: performance.now(), times: 1 })
      if (kind === 'verify') this.#verifiable.push(email)
    }
  }

  /** Whether a letter is still missing. */
  #isMissing(): boolean {
    return [...this.#owed.keys()].some((name) => !this.#come.has(name))
  }

  /** Whether a letter came, and its link works: once, unless it was followed already. */
  async #works(name: Name): Promise<boolean> {
    const [kind, email = ''] = name.split(' ')
    const token = this.#come.get(name)?.token ?? ''
    const [path, form]: [string, Record<string, string>] =
      kind === 'verify'
        ? ['/email_verification', { token, password: PASSWORD }]
        : ['/reset_password', { email, reset_token: token, new_password: 'second' }]
    const tries = [
      await this.#asker.send('PUT', path, as(email, { form })),
      await this.#asker.send('PUT', path, as(email, { form })),
    ]
    const statuses = tries.map((answer) => answer?.status)
    const isFollowed = kind === 'verify' && this.#members.includes(email)
    return statuses[0] === (isFollowed ? 403 : 200) && statuses[1] === 403
  }
}

/** What a person sends, from a place of their own. */
function as(email: string, options: RequestOptions): RequestOptions {
  const [, client = '0', round = 0] = /^c(\d+)-(\d+)/.exec(email) ?? []
  const source = `10.${client}.${String(Number(round) >> 8)}.${String(Number(round) & 255)}`
  return { ...options, headers: { 'x-forwarded-for': source } }
}
