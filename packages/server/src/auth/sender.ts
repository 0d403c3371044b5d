/** The room that sends letters: claims them, makes the token that goes into each, writes, hands over, and takes away what was sent. */
import { parseToken } from '../crypto/token.ts'
import type { Token } from '../crypto/token.ts'
import type { StoredOutboxEntry } from '../db/outbox.ts'
import type { Account } from '../db/accounts.ts'
import { canonicalEmail, mailAddress } from '../email.ts'
import type { CanonicalEmail } from '../email.ts'
import { isLanguage } from '../language.ts'
import { writeLetter } from '../mail/letters.ts'
import type { LetterKind, Letters } from '../mail/letters.ts'
import { LetterRefused, LetterUncertain } from '../mail/mailer.ts'
import type { OutgoingLetter } from '../mail/mailer.ts'
import type { UserId } from '../user.ts'
import type { Deps } from './deps.ts'
import type { Limits } from './limits.ts'
import { linkIn, linkOf, RESET } from './links.ts'
import type { Link } from './links.ts'
import { addToken } from './tokens.ts'

const UNCERTAIN_PAUSE_SECONDS = 600
const MOST_UNCERTAIN_TRIES = 3
const NOBODY = 0 as UserId // ids begin at 1
const CLAIM_MS = 60_000 // longer than the mail server may take over one letter
const AT_ONCE = 4 // as many as there are connections to it, so that none waits for another
const FIRST_PAUSE_SECONDS = 5
const LONGEST_PAUSE_SECONDS = 90 // after an outage, letters leave within two minutes

/** A letter, and the id of the token that was made for it. */
interface Written {
  readonly letter: OutgoingLetter
  readonly tokenId: string
}

/** Letters out. */
export class Sender {
  readonly #deps: Deps
  readonly #limits: Limits
  /** The letters that are on their way. */
  readonly #underWay: StoredOutboxEntry[] = []
  #waysOut = 0
  #claiming: Promise<unknown> = Promise.resolve()
  #isStopped = false

  /** Works with the mailer; where there is none, with the inbox for development. */
  constructor(deps: Deps, limits: Limits) {
    this.#deps = deps
    this.#limits = limits
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
      const written = await this.#write(entry, account?.language ?? entry.facts['language'])
      if (written === null) return // taken back by another deed, in this instant
      const isMeant = entry.kind !== 'none' && isStillMeant(entry, account)
      const isLinked = isMeant && linkIn(entry.kind) !== undefined
      if (!isLinked) await db.tokens.spend(written.tokenId) // it goes nowhere
      if (isMeant) await this.#hand(written)
      if (isLinked) await db.tokens.setSent(written.tokenId, now()) // from now on it is a link that the address has
      await this.#limits.countToday(db, isMeant ? entry.kind : 'none', entry.key)
      await db.outbox.remove(entry.id)
    } catch (error) {
      await this.#putOff(entry, error)
    }
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

  /**
   * The letter with its text. A row that is no letter is written like one, and a letter without a link has a token made for it as well:
   * else the work behind an answer would tell what the answer does not. [ASVS 6.3.8]
   */
  async #write(entry: StoredOutboxEntry, wanted: unknown): Promise<Written | null> {
    const { settings } = this.#deps
    const kind = entry.kind === 'none' ? 'reset_password' : (entry.kind as LetterKind)
    const link = linkIn(kind)
    const token = await this.#makeToken(entry, link ?? RESET)
    if (token === null) return null
    const url = linkOf(settings, null)
    const service = { name: new URL(url).hostname, url }
    const facts = this.#factsOf(entry, link, token) as Letters[LetterKind]
    const { subject, text, html } = writeLetter(kind, facts, service, isLanguage(wanted) ? wanted : undefined)
    return { letter: { to: mailAddress(entry.email), subject, text, html }, tokenId: parseToken(token)?.id ?? '' }
  }

  /** What the letter says, with a link that works from now on. */
  #factsOf(entry: StoredOutboxEntry, link: Link | undefined, token: Token): object {
    const { settings, now } = this.#deps
    const { at = now().getTime(), ...facts } = entry.facts
    const told = { ...facts, at: new Date(at) }
    if (link === undefined) return told
    return {
      ...told,
      ...link.life(settings, this.#restMsOf(entry)).said,
      link: linkOf(settings, { kind: link.page, token }),
    }
  }

  /** The token of a letter, made only now: no row that waits holds one. Null where the letter was taken back. */
  async #makeToken(entry: StoredOutboxEntry, { purpose, life }: Link): Promise<Token | null> {
    const { id, userId, key } = entry
    const { lifeMs } = life(this.#deps.settings, this.#restMsOf(entry))
    const { from = key, newEmail = null } = entry.facts
    const binding = { purpose, userId, email: from as CanonicalEmail, newEmail: newEmail as string | null }
    return this.#deps.db.transaction(async (tx) =>
      (await tx.outbox.isThere(id)) ? addToken(this.#deps, tx, binding, { lifeMs, isMailed: true }) : null,
    )
  }

  /** How long a link may still work that ends at a certain instant, however often and however late it is mailed; undefined for all others. */
  #restMsOf({ facts: { until } }: StoredOutboxEntry): number | undefined {
    return typeof until === 'number' ? until - this.#deps.now().getTime() : undefined
  }

  /** Tries again later, each time a little later; gives up what is refused for good, or has waited too long. */
  async #putOff(entry: StoredOutboxEntry, error: unknown): Promise<void> {
    const { db, now, log } = this.#deps
    const reason = error instanceof Error ? error.message.slice(0, 200) : 'failed'
    const facts = { letter: entry.id, kind: entry.kind, tries: entry.tries, reason }
    if (this.#isHopeless(entry, error)) {
      log.warn(facts, 'a letter was given up')
      await db.outbox.giveUp(entry.id, now(), reason)
      return
    }
    const pause = Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (entry.tries - 1))
    const pauseSeconds = error instanceof LetterUncertain ? UNCERTAIN_PAUSE_SECONDS : pause
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
