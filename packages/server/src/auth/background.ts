/** What goes on by itself: letters leave, and what has come to its end is cleared away, a little at a time. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { DatabaseUnavailable } from '../errors.ts'
import type { Deps } from './deps.ts'
import type { Audit } from './audit.ts'
import { UNKNOWN } from './circumstances.ts'
import type { Counters } from './counters.ts'
import { STOPPED_DAYS } from './guard-numbers.ts'
import type { Seals } from './seals.ts'
import { Retention } from './seals-retention.ts'
import type { Sender } from './sender.ts'

const SHORTEST_PAUSE_MS = 300
const LONGEST_PAUSE_MS = 1500
const TIDY_MS = 60_000
const SEAL_MS = 1000
const DAY = 24 * 60 * 60_000
const COUNTS_KEPT_DAYS = 2
const FAILURES_KEPT_DAYS = 90
const GIVEN_UP_KEPT_DAYS = 30
const BATCH = 100 // as many as the storage takes away at once
const MOST_BATCHES = 300
const PAUSE_MS = 5

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
  readonly #retention: Retention
  #sendTimer: NodeJS.Timeout | undefined
  #tidyTimer: NodeJS.Timeout | undefined
  #sealTimer: NodeJS.Timeout | undefined
  readonly #sending = new Set<Promise<void>>()

  /** Prepares the work; nothing goes on yet. */
  constructor(deps: Deps, { sender, counters, audit, seals }: BackgroundRooms) {
    this.#deps = deps
    this.#sender = sender
    this.#counters = counters
    this.#audit = audit
    this.#seals = seals
    this.#retention = new Retention(deps)
  }

  /** Begins. */
  start(): void {
    if (this.#tidyTimer !== undefined) return
    const apart = AsyncLocalStorage.snapshot() // what goes on here belongs to no request
    this.#tidyTimer = setInterval(
      () => void apart(async () => this.#unharmed(async () => this.tidy())),
      TIDY_MS,
    ).unref()
    this.#sealTimer = setInterval(() => void apart(async () => this.seal()), SEAL_MS).unref()
    this.#sendLater()
  }

  /** Ends, once the letters that are on their way have left, and what was noted is sealed. */
  async stop(): Promise<void> {
    clearInterval(this.#tidyTimer)
    clearTimeout(this.#sendTimer)
    clearInterval(this.#sealTimer)
    const wasStarted = this.#tidyTimer !== undefined
    this.#tidyTimer = undefined
    this.#sender.stop()
    await Promise.all(this.#sending)
    await this.#unharmed(async () => this.#noteRefusals())
    if (wasStarted) await this.seal({ isLast: true })
  }

  /** Seals what has no seal yet. */
  async seal(options?: Parameters<Seals['seal']>[0]): Promise<void> {
    await this.#unharmed(async () => this.#seals.seal(options))
  }

  /** Sends what is due, and resolves when nothing more is: for tests, and programs that do not wait for the next look. */
  async send(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending)
    await this.#send()
  }

  /** Sends what is due, beside what is still on its way. */
  async #send(): Promise<void> {
    const sending = this.#unharmed(async () => this.#sender.send())
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

  /** Clears away, in small batches, what has come to its end: accounts whose time of grace is over, and all that has expired. [ASVS 14.2.7] */
  async tidy(): Promise<void> {
    const { db, now, settings } = this.#deps
    const at = now()
    const ago = (days: number): Date => new Date(at.getTime() - days * DAY)
    await this.#noteRefusals()
    await inBatches(async () => this.#deleteDue(at))
    await inBatches(async () => db.sessions.removeExpired(at))
    await inBatches(async () => db.tokens.removeExpired(at))
    await inBatches(async () => db.pendings.removeExpired(at))
    await inBatches(async () => db.limits.removeBefore(ago(COUNTS_KEPT_DAYS)))
    await inBatches(async () => db.budgets.removeWhole(at))
    const { stopAfterTries } = settings.limits
    await inBatches(async () => db.streaks.removeIdle(ago(FAILURES_KEPT_DAYS), stopAfterTries, 'below'))
    await inBatches(async () => db.streaks.removeIdle(ago(STOPPED_DAYS), stopAfterTries, 'at least'))
    await inBatches(async () => db.devices.removeUnused(ago(settings.devices.days)))
    await inBatches(async () => this.#retention.letGo(BATCH))
    await db.outbox.removeGivenUp(ago(GIVEN_UP_KEPT_DAYS))
  }

  /** Notes in the record what was refused since the last time, as sums: one entry for a flood. [ASVS 16.3.3] */
  async #noteRefusals(): Promise<void> {
    await this.#counters.noteSums(async ({ limited, by, source, subject, userId }, times) => {
      const from = source === null ? undefined : { ...UNKNOWN, source }
      await this.#audit.note(this.#deps.db, 'limits.exceeded', { userId, subject, from, times, facts: { limited, by } })
    })
  }

  /** Deletes some of the accounts whose time of grace is over, and returns how many. */
  async #deleteDue(at: Date): Promise<number> {
    return this.#deps.db.transaction(async (tx) => {
      const gone = await tx.users.removeDue(at, BATCH)
      for (const userId of gone) await this.#audit.note(tx, 'deletion.completed', { userId })
      return gone.length
    })
  }

  /** Does something that nobody waits for. What goes wrong is logged, and tried again at the next look. */
  async #unharmed(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const isOutage = error instanceof DatabaseUnavailable
      if (isOutage) this.#deps.log.warn({ err: error }, 'work in the background waits for the database')
      else this.#deps.log.error({ err: error }, 'work in the background failed')
    }
  }
}

/** Repeats what clears away a batch until there is less than one, or it has done its share; in between it lets everybody else go first. */
async function inBatches(clear: () => Promise<number>): Promise<void> {
  for (let batch = 0; batch < MOST_BATCHES && (await clear()) >= BATCH; batch++) await pause(PAUSE_MS)
}
