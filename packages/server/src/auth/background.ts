/** What goes on by itself: letters leave, and what has come to its end is cleared away, a little at a time. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomInt, randomUUID } from 'node:crypto'
import { DatabaseUnavailable } from '../errors.ts'
import type { Deps } from './deps.ts'
import type { Audit } from './audit.ts'
import { UNKNOWN } from './circumstances.ts'
import { BackgroundOutage } from './background-outage.ts'
import { CleanUp } from './clean-up.ts'
import type { Counters } from './counters.ts'
import type { Seals } from './seals.ts'
import type { Sender } from './sender.ts'

const SHORTEST_PAUSE_MS = 300
const LONGEST_PAUSE_MS = 1500
const TIDY_MS = 60_000
const SEAL_MS = 1000
const CLAIM_MS = 90_000 // longer than from look to look, so that a service keeps it
const CLAIMED_ANEW_MS = 30_000

/** The rooms for which there is work in the background. */
export interface BackgroundRooms {
  readonly sender: Sender
  readonly counters: Counters
  readonly audit: Audit
  readonly seals: Seals
}

/** The work of one service in the background. It keeps no program alive. */
export class Background {
  readonly #deps: Deps
  readonly #sender: Sender
  readonly #counters: Counters
  readonly #audit: Audit
  readonly #seals: Seals
  readonly #cleanUp: CleanUp
  readonly #outage: BackgroundOutage
  readonly #id = randomUUID()
  #sendTimer: NodeJS.Timeout | undefined
  #tidyTimer: NodeJS.Timeout | undefined
  #sealTimer: NodeJS.Timeout | undefined
  readonly #sending = new Set<Promise<void>>()
  #clearing: Promise<void> | null = null
  #claimedAt = Number.NEGATIVE_INFINITY
  readonly #end = new AbortController()

  /** Prepares the work; nothing goes on yet. */
  constructor(deps: Deps, { sender, counters, audit, seals }: BackgroundRooms) {
    this.#deps = deps
    this.#sender = sender
    this.#counters = counters
    this.#audit = audit
    this.#seals = seals
    this.#cleanUp = new CleanUp(deps, audit)
    this.#outage = new BackgroundOutage(deps)
  }

  /** Begins. */
  start(): void {
    if (this.#tidyTimer !== undefined) return
    const apart = AsyncLocalStorage.snapshot() // what goes on here belongs to no request
    this.#tidyTimer = setInterval(() => {
      apart(() => {
        this.#look()
      })
    }, TIDY_MS).unref()
    void this.#unharmed('sealing', async () => this.#seals.warnOfOtherSecret())
    this.#sealTimer = setInterval(() => void apart(async () => this.seal()), SEAL_MS).unref()
    this.#sendLater()
  }

  /** Ends, once the letters that are on their way have left, the batch that is being cleared away is gone, and what was noted is sealed. */
  async stop(): Promise<void> {
    clearInterval(this.#tidyTimer)
    clearTimeout(this.#sendTimer)
    clearInterval(this.#sealTimer)
    const wasStarted = this.#tidyTimer !== undefined
    this.#tidyTimer = undefined
    this.#sender.stop()
    this.#end.abort()
    await Promise.all([...this.#sending, this.#clearing])
    await this.#unharmed('noting', async () => this.#noteRefusals())
    await this.#unharmed('clearing', async () => this.#giveBack())
    if (wasStarted) await this.seal({ isLast: true })
  }

  /** Seals what has no seal yet. */
  async seal(options?: Parameters<Seals['seal']>[0]): Promise<void> {
    await this.#unharmed('sealing', async () => this.#seals.seal(options))
  }

  /** Sends what is due, and resolves when nothing more is: for tests, and programs that do not wait for the next look. */
  async send(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending)
    await this.#send()
  }

  /** Sends what is due, beside what is still on its way. */
  async #send(): Promise<void> {
    const sending = this.#unharmed('sending', async () => this.#sender.send())
    this.#sending.add(sending)
    await sending
    this.#sending.delete(sending)
  }

  /**
   * Looks for letters after a while that nobody can foretell. Were they sent at once, whoever sends a request right behind another
   * could tell by its time whether there was a letter to write. [ASVS 6.3.8]
   */
  #sendLater(): void {
    const pauseMs = randomInt(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS)
    this.#sendTimer = setTimeout(() => {
      void this.#send() // nobody waits for it: letters that are slow to leave must not hold up the next look
      this.#sendLater()
    }, pauseMs).unref()
  }

  /**
   * Clears away what has come to its end: accounts whose time of grace is over, and all that has expired. Resolves when nothing is left,
   * or after the signal. [ASVS 14.2.7]
   */
  async tidy(signal?: AbortSignal): Promise<void> {
    await this.#noteRefusals()
    await this.#cleanUp.run(async () => Promise.resolve(true), signal === undefined ? {} : { signal })
  }

  /** Looks what there is to do, unless this service is still at it, or another one is. */
  #look(): void {
    void this.#unharmed('noting', async () => this.#noteRefusals())
    this.#clearing ??= this.#unharmed('clearing', async () => this.#clear()).finally(() => (this.#clearing = null))
  }

  /** Clears away, for as long as that is up to this service. */
  async #clear(): Promise<void> {
    await this.#cleanUp.run(async () => this.#claim(), { signal: this.#end.signal, ref: false })
  }

  /** Whether clearing away is up to this service, of all on the database: it has claimed it a short while ago, or does so now. */
  async #claim(): Promise<boolean> {
    const { db, now } = this.#deps
    const at = now().getTime()
    if (Math.abs(at - this.#claimedAt) < CLAIMED_ANEW_MS) return true
    const isOurs = await db.claims.take('clean-up', this.#id, new Date(at), CLAIM_MS)
    this.#claimedAt = isOurs ? at : Number.NEGATIVE_INFINITY
    return isOurs
  }

  /** Leaves clearing away to others. */
  async #giveBack(): Promise<void> {
    if (this.#claimedAt === Number.NEGATIVE_INFINITY) return
    this.#claimedAt = Number.NEGATIVE_INFINITY
    await this.#deps.db.claims.giveBack('clean-up', this.#id)
  }

  /** Notes in the record what was refused since the last time, as sums: one entry for a flood. [ASVS 16.3.3] */
  async #noteRefusals(): Promise<void> {
    await this.#counters.noteSums(async ({ limited, by, source, subject, userId }, times) => {
      const from = source === null ? undefined : { ...UNKNOWN, source }
      await this.#audit.note(this.#deps.db, 'limits.exceeded', { userId, subject, from, times, facts: { limited, by } })
    })
  }

  /** Does something that nobody waits for. What goes wrong is logged, and tried again at the next look. */
  async #unharmed(kind: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
      this.#outage.pass(kind)
    } catch (error) {
      if (error instanceof DatabaseUnavailable) this.#outage.meet(kind, error)
      else this.#deps.log.error({ err: error }, 'work in the background failed')
    }
  }
}
