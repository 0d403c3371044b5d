/**
 * The room of seals. Each entry of the audit bears a keyed hash of its own; the seals chain these in the order in which they were found,
 * so that what is changed, removed or put in by hand shows. [ASVS 16.4.2]
 */
import type { StoredCheckpoint } from '../db/checkpoints.ts'
import type { StoredEntry } from '../db/audit-entries.ts'
import type { StoredSeal } from '../db/seals.ts'
import { sealedText } from './audit-text.ts'
import type { Deps } from './deps.ts'
import { sealText } from './seals-text.ts'

/** Where a chain ends: how many entries it has had, and its last seal. Whoever keeps it elsewhere can tell a chain that was cut. */
export interface Head {
  readonly count: number
  readonly hash: string
  readonly at: Date
}

/** What was to be sealed has been sealed by somebody else meanwhile. */
class SealedElsewhere extends Error {}

const BEGINNING = { seq: 0, mac: '' }
const BATCH = 500
const MOST_BATCHES = 20
const LOOK_BACK = 1000 // ids may become visible out of their order, where several write at once
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const OTHER_SECRET =
  'the database was last used with another secret than that of this service, which takes no session or link of before: give all services on one database the same BIENVENUE_SECRET; after an exchange give the old one too, BIENVENUE_SECRET=new,old'

/** Sealing, and where the chain ends. */
export class Seals {
  readonly #deps: Deps
  #sealing: Promise<void> | null = null
  #head: Head | null = null
  #loggedAt = Number.NEGATIVE_INFINITY
  #isLogged = true
  #complainedOf = 0

  /** Works with the clock and the keys of the storage. */
  constructor(deps: Deps) {
    this.#deps = deps
  }

  /**
   * Seals what has no seal yet, and resolves when it is done or has done its share. The head goes to the log once a minute, or at once
   * where this is the last time. [ASVS 16.4.3]
   */
  async seal({ isLast = false }: { readonly isLast?: boolean } = {}): Promise<void> {
    if (isLast) await this.#sealing
    this.#sealing ??= this.#sealAll().finally(() => (this.#sealing = null))
    await this.#sealing
    this.#logHead(isLast)
  }

  /** Warns where the last seal is under a key that this service does not have: then another secret was or is in use on the database. */
  async warnOfOtherSecret(): Promise<void> {
    const { db, log } = this.#deps
    const last = await db.seals.findLast()
    if (last !== null && !db.keys.keyIds.includes(last.keyId)) log.warn({ keyId: last.keyId }, OTHER_SECRET)
  }

  /** Seals batch by batch. An entry that nobody could have written who has the key is left as it is: verifying names it. */
  async #sealAll(): Promise<void> {
    const { db } = this.#deps
    let after = Math.max(0, (await db.seals.findGreatestAuditId()) - LOOK_BACK)
    for (let batch = 0; batch < MOST_BATCHES; batch++) {
      const entries = await db.seals.listUnsealed(after, BATCH)
      if (entries.length > 0 && !(await this.#add(entries))) return
      if (entries.length < BATCH) return
      after = entries.at(-1)?.id ?? after
    }
  }

  /** Puts the genuine ones of these entries at the end of the chain. False when somebody else did so in the same instant. */
  async #add(entries: readonly StoredEntry[]): Promise<boolean> {
    const { db } = this.#deps
    const last = await db.seals.findLast()
    const checkpoint = await db.checkpoints.find() // in this order: where the last seal was let go meanwhile, this one tells of it
    const fit = entries.filter((entry) => this.#isFit(entry, checkpoint))
    if (fit.length === 0) return true
    const start = last ?? (checkpoint === null ? BEGINNING : { seq: checkpoint.seq, mac: checkpoint.chain })
    const seals = this.#chain(fit, start)
    if (!(await this.#store(seals))) return false
    const [newest] = seals.slice(-1)
    if (newest !== undefined) this.#head = { count: newest.seq, hash: newest.mac, at: newest.sealedAt }
    this.#isLogged = false
    return true
  }

  /** Stores seals, all or none. False when one of them was there already: another service sealed the same, and this one looks again later. */
  async #store(seals: readonly StoredSeal[]): Promise<boolean> {
    try {
      await this.#deps.db.transaction(async (tx) => {
        if (!(await tx.seals.add(seals))) throw new SealedElsewhere()
      })
      return true
    } catch (error) {
      if (error instanceof SealedElsewhere) return false
      throw error
    }
  }

  /**
   * Whether an entry may be sealed: its keyed hash is right, and it is not so old that it must have been let go. Else an old entry, kept
   * somewhere and put in again, would count as new.
   */
  #isFit(entry: StoredEntry, checkpoint: StoredCheckpoint | null): boolean {
    const { db, now, settings, log } = this.#deps
    const letGo = Math.max(now().getTime() - settings.audit.days * DAY, checkpoint?.at.getTime() ?? 0)
    const isGenuine = db.keys.isSeal(sealedText(entry), entry) === true
    if (!isGenuine && entry.id > this.#complainedOf) {
      this.#complainedOf = entry.id
      log.error(
        { entry: entry.id },
        'the audit has an entry that no service with this key has written: run bienvenue audit verify',
      )
    }
    return isGenuine && entry.at.getTime() >= letGo
  }

  /** The seals of these entries, which go on with the chain from its last one. */
  #chain(entries: readonly StoredEntry[], from: Pick<StoredSeal, 'seq' | 'mac'>): readonly StoredSeal[] {
    const { db, now } = this.#deps
    const sealedAt = now()
    let last = from
    return entries.map((entry) => {
      const seal = { seq: last.seq + 1, auditId: entry.id, sealedAt }
      const sealed = { ...seal, ...db.keys.seal(sealText(last.mac, seal, entry.mac)) }
      last = sealed
      return sealed
    })
  }

  /** Tells the log where the chain ends, if that is news, and a minute has passed since the last time. */
  #logHead(isLast: boolean): void {
    const at = this.#deps.now().getTime()
    if (this.#head === null || this.#isLogged || (!isLast && at - this.#loggedAt < MINUTE)) return
    this.#loggedAt = at
    this.#isLogged = true
    this.#deps.log.info(this.#head, 'audit head')
  }
}
