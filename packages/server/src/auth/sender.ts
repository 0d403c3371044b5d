/** The room that sends letters: claims them, has them written, hands them over, and takes away what was sent. */
import type { StoredOutboxEntry } from '../db/outbox.ts'
import type { Account } from '../db/accounts.ts'
import { canonicalEmail } from '../email.ts'
import { DatabaseUnavailable } from '../errors.ts'
import { LetterNotTaken, LetterRefused, LetterUncertain } from '../mail/mailer.ts'
import type { UserId } from '../user.ts'
import type { Deps } from './deps.ts'
import { LetterWriter } from './letter-writer.ts'
import type { Written } from './letter-writer.ts'
import type { Limits } from './limits.ts'
import { linkIn } from './links.ts'

const FORESEEN = [LetterNotTaken, LetterRefused, LetterUncertain, DatabaseUnavailable]
const UNCERTAIN_PAUSE_SECONDS = 600
const HOPELESS_PAUSE_SECONDS = 3600
const MOST_UNCERTAIN_TRIES = 3
const NOBODY = 0 as UserId // ids begin at 1
const CLAIM_MS = 60_000 // longer than the mail server may take over one letter
const AT_ONCE = 4 // as many as there are connections to it, so that none waits for another
const FIRST_PAUSE_SECONDS = 5
const LONGEST_PAUSE_SECONDS = 90 // after an outage, letters leave within two minutes

/** Letters out. */
export class Sender {
  readonly #deps: Deps
  readonly #limits: Limits
  readonly #writer: LetterWriter
  /** The letters that are on their way. */
  readonly #underWay: StoredOutboxEntry[] = []
  #waysOut = 0
  #claiming: Promise<unknown> = Promise.resolve()
  #isStopped = false

  /** Works with the mailer; where there is none, with the inbox for development. */
  constructor(deps: Deps, limits: Limits) {
    this.#deps = deps
    this.#limits = limits
    this.#writer = new LetterWriter(deps)
  }

  /**
   * Sends everything that is due by the ways out that are free, and resolves when nothing more is, or when it is told to stop and what it has
   * under way has left.
   */
  async send(): Promise<void> {
    const free = AT_ONCE - this.#waysOut
    this.#waysOut += free
    const sending = Array.from({ length: free }, async () => this.#sendSome().finally(() => this.#waysOut--))
    await Promise.all(sending)
  }

  /** Begins no further letter. */
  stop(): void {
    this.#isStopped = true
  }

  /** Sends one letter after the other, for as long as there are any. */
  async #sendSome(): Promise<void> {
    const { db, now } = this.#deps
    while (!this.#isStopped && (await db.outbox.isDue(now()))) {
      const entry = await this.#claim()
      if (entry === null) return // somebody else has it, or it goes to a domain that is busy
      await this.#deliver(entry).finally(() => {
        this.#underWay.splice(this.#underWay.indexOf(entry), 1)
      })
    }
  }

  /** Claims a letter, one way out after the other: each must see to whom the others are on their way. */
  async #claim(): Promise<StoredOutboxEntry | null> {
    const { db, now } = this.#deps
    const claimed = this.#claiming.then(async () => {
      const entry = await db.outbox.claim(now(), CLAIM_MS, this.#busyDomains())
      if (entry === null || this.#underWay.some(({ id }) => id === entry.id)) return null // slow, or the clock was moved: it is with us still
      this.#underWay.push(entry)
      return entry
    })
    this.#claiming = claimed.catch(() => undefined)
    return claimed
  }

  /** The domains to which as many letters are on their way as may be: a slow one must not hold up the rest. */
  #busyDomains(): readonly string[] {
    const domains = this.#underWay.map(({ key }) => key.slice(key.indexOf('@') + 1))
    return domains.filter((domain, index) => domains.indexOf(domain) < index)
  }

  /** Sends one letter. What goes wrong is noted with it, and is no error here. */
  async #deliver(entry: StoredOutboxEntry): Promise<void> {
    const { db, now } = this.#deps
    try {
      const account = await db.users.findAccount(entry.userId ?? NOBODY)
      const written = await this.#writer.write(entry, account?.language ?? entry.facts['language'])
      if (written === null) return // taken back by another deed, in this instant
      const isMeant = entry.kind !== 'none' && isStillMeant(entry, account)
      const isLinked = isMeant && linkIn(entry.kind) !== undefined
      if (!isLinked) await db.tokens.spend(written.tokenId) // it goes nowhere
      if (isMeant) await this.#hand(written)
      if (isLinked) await db.tokens.setSent(written.tokenId, now()) // from now on it is a link that the address has
      await this.#limits.countToday(db, isMeant ? entry.kind : 'none', entry.key)
      await db.outbox.remove(entry.id)
    } catch (error) {
      this.#tellBug(entry, error)
      await this.#putOff(entry, error)
    }
  }

  /** Tells what neither the mail server nor the database can be blamed for as the bug it is, with its stack. */
  #tellBug({ id: letter, kind, tries }: StoredOutboxEntry, error: unknown): void {
    if (FORESEEN.some((foreseen) => error instanceof foreseen)) return
    this.#deps.log.error({ letter, kind, tries, err: error }, 'a letter could not be written, or handed over')
  }

  /** Hands a letter over, and takes its token away where it certainly did not leave. */
  async #hand({ letter, tokenId }: Written): Promise<void> {
    const { mailer, db, now } = this.#deps
    try {
      if (mailer === null) await db.inbox.add({ ...letter, sentAt: now() })
      else await mailer.send(letter)
    } catch (error) {
      if (!(error instanceof LetterUncertain)) await db.tokens.spend(tokenId)
      throw error
    }
  }

  /** Tries again later, each time a little later; gives up what is refused for good, or has waited too long, unless it is a way back. */
  async #putOff(entry: StoredOutboxEntry, error: unknown): Promise<void> {
    const { db, now, log } = this.#deps
    const reason = error instanceof Error ? error.message.slice(0, 200) : 'failed'
    const facts = { letter: entry.id, kind: entry.kind, tries: entry.tries, reason }
    const isHopeless = this.#isHopeless(entry, error)
    if (isHopeless && !isWayBack(entry, now())) {
      log.warn(facts, 'a letter was given up')
      await db.outbox.giveUp(entry.id, now(), reason)
      return
    }
    const pause = Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (entry.tries - 1))
    const longer = error instanceof LetterUncertain ? UNCERTAIN_PAUSE_SECONDS : pause
    const pauseSeconds = isHopeless ? HOPELESS_PAUSE_SECONDS : longer
    log.warn({ ...facts, againInSeconds: pauseSeconds }, 'a letter could not be sent')
    await db.outbox.postpone(entry.id, new Date(now().getTime() + pauseSeconds * 1000), reason)
  }

  /** Whether there is no sense in another try: refused for good, too old, or perhaps taken several times already. */
  #isHopeless({ createdAt, tries }: StoredOutboxEntry, error: unknown): boolean {
    const { now, settings } = this.#deps
    const ageHours = (now().getTime() - createdAt.getTime()) / 3_600_000
    const isOften = error instanceof LetterUncertain && tries >= MOST_UNCERTAIN_TRIES
    return error instanceof LetterRefused || isOften || ageHours >= settings.mail.giveUpHours
  }
}

/** Whether the account is still what it was when the letter was put in: enabled, and reached at this address where a link is bound to it. */
function isStillMeant({ kind, userId, key }: StoredOutboxEntry, account: Account | null): boolean {
  if (userId === null) return true
  if (account?.disabledAt !== null) return false
  return kind !== 'reset_password' || canonicalEmail(account.user.email) === key
}

/** Whether a letter is somebody's way back to an account, and open still: it is open for as long as its letter waits, or its link lives. */
function isWayBack({ kind, facts }: StoredOutboxEntry, now: Date): boolean {
  return kind === 'email_undo' && now.getTime() < Number(facts['until'])
}
