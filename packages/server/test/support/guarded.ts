/** A service in the preset hardened as strangers see it who come from many sources at once, and guess. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Lane } from '../../src/crypto/hasher.ts'
import type { SomeSettings } from '../../src/settings.ts'
import { CheapHasher } from './cheap-hasher.ts'
import { PHRASE, startHardened } from './hardened.ts'
import type { HardenedService } from './hardened.ts'
import { cookieOf } from './http.ts'
import type { Answer } from './http.ts'
import type { TestSmtp } from './smtp.ts'

/** A password that nobody has. */
export const GUESS = 'brass kettle on the moor'
/** Such a password by a number. */
export const guessOf = (number: number): string => `${GUESS} ${String(number)}`

/** Where a request comes from, and what the browser keeps. */
export interface Sender {
  readonly source?: string
  readonly device?: string | undefined
  readonly session?: string | undefined
}

/** A service, and ways to ask it as somebody from somewhere. */
export interface GuardedService extends HardenedService {
  readonly hasher: SeenHasher
  /** Sends a form as this sender, who comes from the machine itself where no source is given. */
  ask(route: string, form: Readonly<Record<string, string>>, sender?: Sender): Promise<Answer>
  /** Tries a password, from a source of its own where none is given. */
  tryLogin(email: string, password: string, sender?: Sender): Promise<Answer>
  /** Tries wrong passwords from as many sources, one after the other and each as soon as it is taken, and resolves to the answers. */
  guess(email: string, times: number): Promise<readonly Answer[]>
  /** Logs somebody in from a new browser, and resolves to what it keeps. */
  makeKnown(email: string, password?: string): Promise<string>
  /** Sets a password by a mailed link, asked for and followed from this source. */
  reset(email: string, password: string, source?: string): Promise<Answer>
}

/** A hasher that says when it is asked to check a password. */
export class SeenHasher extends CheapHasher {
  /** How long a check takes, as a real hash would: for tests in which many are under way at once. */
  checkMs = 0
  /** How many checks were under way at once, at the most. */
  mostAtOnce = 0
  /** Who was in turn with the latest check. */
  latestLane: Lane | undefined
  #underWay = 0
  #next = Promise.withResolvers<undefined>()

  /** Resolves once the next check has begun. */
  async nextCheck(): Promise<void> {
    await this.#next.promise
  }

  override async verify(password: string, hash: string, lane?: Lane): Promise<boolean> {
    this.latestLane = lane
    this.#next.resolve(undefined)
    this.#next = Promise.withResolvers()
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#underWay)
    if (this.checkMs > 0) await pause(this.checkMs)
    this.#underWay--
    return super.verify(password, hash)
  }
}

let sources = 0

/** An address that no other test has asked from. */
export function freshSource(): string {
  sources++
  return `198.18.${String(sources >> 8)}.${String(sources & 255)}`
}

/** So many of them. */
export function freshSources(count: number): readonly string[] {
  return Array.from({ length: count }, freshSource)
}

/** How many answers there are of each status. */
export function countStatuses(answers: readonly Answer[]): Readonly<Record<number, number>> {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

/** Starts it behind a trusted proxy on this machine, so that a test says in X-Forwarded-For who asks. The test closes it. */
export async function startGuarded(
  database: string,
  settings: SomeSettings = {},
  given?: TestSmtp,
): Promise<GuardedService> {
  const hasher = new SeenHasher()
  const http = { trustedProxies: ['127.0.0.1'], ...settings.http }
  const service = await startHardened(database, { ...settings, http }, { hasher }, given)
  const { accountTries, longestWaitSeconds } = service.settings.limits
  const ask: GuardedService['ask'] = async (route, form, { source, device, session } = {}) => {
    const [method = '', path = ''] = route.split(' ')
    const cookies = [
      ...(device === undefined ? [] : [`__Host-device=${device}`]),
      ...(session === undefined ? [] : [`__Host-session_id=${session}`]),
    ]
    const headers = {
      ...(source !== undefined && { 'x-forwarded-for': source }),
      ...(cookies.length > 0 && { cookie: cookies.join('; ') }),
    }
    return service.send(method, path, { form, headers })
  }
  const tryLogin: GuardedService['tryLogin'] = async (email, password, sender) =>
    ask('POST /sessions', { email, password }, { source: freshSource(), ...sender })
  return {
    ...service,
    hasher,
    ask,
    tryLogin,
    guess: async (email, times) => {
      const answers: Promise<Answer>[] = []
      for (let guess = 1; guess <= times; guess++) {
        if (guess > accountTries) service.clock.advance({ seconds: longestWaitSeconds })
        const isTaken = hasher.nextCheck()
        answers.push(tryLogin(email, guessOf(guess)))
        await isTaken
      }
      return Promise.all(answers)
    },
    makeKnown: async (email, password = PHRASE) => cookieOf(await tryLogin(email, password), 'device') ?? '',
    reset: async (email, password, source = freshSource()) => {
      await service.auth.background.send()
      const before = service.smtp.to(email).length
      await ask('POST /reset_password', { email }, { source })
      const token = await service.tokenFor(email, before + 1)
      return ask('PUT /reset_password', { email, reset_token: token, new_password: password }, { source })
    },
  }
}
