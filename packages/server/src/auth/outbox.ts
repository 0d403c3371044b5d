/** The room of letters to be sent. A deed puts its letter in within its own transaction, so neither is there without the other. */
import { canonicalEmail, mailboxOf } from '../email.ts'
import type { CanonicalEmail } from '../email.ts'
import type { LetterKind } from '../mail/letters.ts'
import type { DB } from '../db/db.ts'
import type { OutboxEntry } from '../db/outbox.ts'
import type { SessionDetails } from '../db/sessions.ts'
import type { UserId } from '../user.ts'
import type { Deps } from './deps.ts'
import type { Limits } from './limits.ts'
import { LINKS } from './links.ts'
import type { LinkLetter } from './links.ts'

/** Whom a letter goes to: a stored address, never one that was typed into this request. */
export interface Addressee {
  readonly userId: UserId | null
  /** As written. */
  readonly email: string
}

/** What a letter is to say, but for its link. */
type Facts = OutboxEntry['facts']

const MOST_LIVE_LINKS = 3
const MOST_A_DAY = 3
const MOST_A_MAILBOX_A_DAY = 10
const YOUNG_MS = 5 * 60_000

/** Letters in. */
export class Outbox {
  readonly #deps: Deps
  readonly #limits: Limits

  /** Works with the counters. */
  constructor(deps: Deps, limits: Limits) {
    this.#deps = deps
    this.#limits = limits
  }

  /** Puts in a letter, to be sent once the transaction is done. */
  async add(tx: DB, kind: LetterKind, to: Addressee, facts: Facts = {}): Promise<void> {
    const key = canonicalEmail(to.email)
    if (key === null) throw new Error('a stored email is none')
    await tx.outbox.add({ kind, ...to, key, facts }, this.#deps.now())
  }

  /** Puts in a letter of a kind that a person gets once a day at the most, because strangers can bring it about. */
  async addOnceADay(tx: DB, kind: LetterKind, to: Addressee, facts: Facts = {}): Promise<void> {
    const key = canonicalEmail(to.email)
    if (key === null) throw new Error('a stored email is none')
    if ((await this.#limits.countToday(tx, kind, key)) === 1) await this.add(tx, kind, to, facts)
    else await this.addNone(tx, key)
  }

  /**
   * Puts in a letter of a kind that a person gets once a day for the same device and place, and three times in all: a thief is not to go
   * unseen because the owner themselves came in from somewhere new that day.
   */
  async addOnceADayForEach(tx: DB, kind: LetterKind, to: Addressee, seen: SessionDetails): Promise<void> {
    const of = `${to.userId} ${seen.device} ${seen.place}`
    const isFirst = (await this.#limits.countToday(tx, kind, of)) === 1
    const isFew = isFirst && (await this.#limits.countToday(tx, kind, `${to.userId}`)) <= MOST_A_DAY
    if (isFew) await this.add(tx, kind, to, { ...seen })
  }

  /**
   * Puts in a letter with a link, unless this address has enough of them: asking again must neither flood a mailbox nor kill the link in
   * it. Writes as many rows in any case, also where there is nobody to write to. [ASVS 6.3.8]
   */
  async addLink(tx: DB, kind: LinkLetter, key: CanonicalEmail, to: Addressee | null, facts?: Facts): Promise<void> {
    const hasEnough = await this.#hasEnoughLinks(tx, kind, key, to)
    const hasRoom = await this.#takeRoom(tx, key, to !== null && to.userId === null && !hasEnough)
    if (to === null || hasEnough || !hasRoom) await this.addNone(tx, key)
    else await this.add(tx, kind, to, facts)
  }

  /** Puts in a letter with a link that an operator wants sent: what strangers asked for does not stand in its way. */
  async addOperatorsLink(tx: DB, kind: LinkLetter, to: Addressee, facts?: Facts): Promise<void> {
    const key = canonicalEmail(to.email)
    const isWaiting = key !== null && (await tx.outbox.findWaiting(kind, key)) !== null
    if (!isWaiting) await this.add(tx, kind, to, facts)
  }

  /**
   * Puts in what a registration brings about: the link for a new address, or the letter to the owner of a taken one. Whichever it is,
   * it looks at the same things and writes as many rows. [ASVS 6.3.8]
   */
  async addForRegistration(
    tx: DB,
    key: CanonicalEmail,
    owner: Addressee | null,
    { facts, language }: { readonly facts: Facts; readonly language: Facts },
  ): Promise<void> {
    const pending = { userId: null, email: key }
    const hasEnough = await this.#hasEnoughLinks(tx, 'verify_email', key, pending)
    const times = await this.#limits.countToday(tx, owner === null ? 'registration' : 'registration_tried', key)
    const hasRoom = await this.#takeRoom(tx, key, owner === null && !hasEnough)
    if (owner === null && !hasEnough && hasRoom) await this.add(tx, 'verify_email', pending, language)
    else if (owner !== null && times === 1) await this.add(tx, 'registration_tried', owner, facts)
    else await this.addNone(tx, key)
  }

  /**
   * Whether an address has enough links of a kind: one on its way, one that is young, or several that work. After the third of a day an
   * account gets another only when none works any more, so that its owner always has one; an address without an account gets none.
   */
  async #hasEnoughLinks(tx: DB, kind: LinkLetter, key: CanonicalEmail, to: Addressee | null): Promise<boolean> {
    const now = this.#deps.now()
    await tx.lock(key) // else of many who ask at once each would find no letter on its way
    const isWaiting = (await tx.outbox.findWaiting(kind, key)) !== null
    const { count, youngestAt } = await tx.tokens.liveLinks(LINKS[kind].purpose, key, now)
    const hasYoung = youngestAt !== null && now.getTime() - youngestAt.getTime() < YOUNG_MS
    const today = await this.#limits.findToday(tx, kind, key)
    const isStrangers = (to?.userId ?? null) === null
    const mustWait = today >= MOST_A_DAY && (isStrangers || count > 0)
    return isWaiting || hasYoung || count >= MOST_LIVE_LINKS || mustWait
  }

  /**
   * Takes room in a mailbox for a letter to an address without an account, and tells whether there was any: a mailbox with many spellings gets
   * few for all of them. It is counted as the letter is put in, so that a burst gets no more. The plain spelling takes none: it has its
   * own three, so that nobody who plays with the others keeps its owner from registering. One statement in any case. [ASVS 6.3.8]
   */
  async #takeRoom(tx: DB, key: CanonicalEmail, isStrangers: boolean): Promise<boolean> {
    const mailbox = mailboxOf(key)
    const isCounted = isStrangers && key !== mailbox
    const today = await this.#limits.countToday(tx, isCounted ? 'mailbox' : 'no mailbox', mailbox)
    return !isCounted || today <= MOST_A_MAILBOX_A_DAY
  }

  /** Puts in a row that is no letter, so that an answer takes as long where nobody is written to. */
  async addNone(tx: DB, key: CanonicalEmail): Promise<void> {
    await tx.outbox.add({ kind: 'none', userId: null, email: '', key, facts: {} }, this.#deps.now())
  }
}
