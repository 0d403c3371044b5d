/** Letting go of what the audit has kept long enough: from its beginning on, never out of its middle, so that the rest can still be verified. [ASVS 14.2.7] */
import { DatabaseForbids } from '../errors.ts'
import type { SealedPair, StoredSeal } from '../db/seals.ts'
import type { Deps } from './deps.ts'
import { checkpointText, sealText } from './seals-text.ts'

const HOUR = 60 * 60_000
const DAY = 24 * HOUR
const PAGE = 500
const FORBIDDEN =
  'the audit has entries that are older than audit.days, and the database does not let our user delete them: somebody who may has to'

/** What a seal goes on from. */
type Link = Pick<StoredSeal, 'seq' | 'mac'>

/** Letting go. */
export class Retention {
  readonly #deps: Deps
  /** Up to this number a genuine seal has shown that all is old enough. */
  #oldUpTo = 0
  /** Up to here no seal has shown that, as after an exchange of the secret: it is not looked at again. */
  #lookedAt: Link = { seq: 0, mac: '' }
  #forbiddenAt = Number.NEGATIVE_INFINITY

  /** Works with the days of the settings. */
  constructor(deps: Deps) {
    this.#deps = deps
  }

  /**
   * Lets go of up to `most` of the oldest entries whose time is over, and returns how many went. What the chain goes on with becomes the
   * checkpoint. Where the database does not let us delete, the log hears of it, and nothing goes.
   */
  async letGo(most: number): Promise<number> {
    const { db, now, settings, log } = this.#deps
    const at = now().getTime()
    const before = new Date(at - settings.audit.days * DAY)
    if (Math.abs(at - this.#forbiddenAt) < HOUR || !(await db.audit.hasOlder(before))) return 0
    try {
      const gone = await this.#letGoSealed(before, most)
      return gone > 0 ? gone : await db.audit.removeUnsealed(before, most)
    } catch (error) {
      if (!(error instanceof DatabaseForbids)) throw error
      this.#forbiddenAt = at
      log.warn({ before }, FORBIDDEN)
      return 0
    }
  }

  /** The same for entries that were sealed before this instant. */
  async #letGoSealed(before: Date, most: number): Promise<number> {
    const { db } = this.#deps
    const { seq: start } = await this.#findStart()
    const [oldest] = await db.seals.list(start, 1)
    if (oldest === undefined || oldest.sealedAt >= before) return 0
    if (oldest.seq > this.#oldUpTo) this.#oldUpTo = await this.#findOld(before)
    return db.transaction(async (tx) => {
      const seals = (await tx.seals.list(start, most)).filter(({ seq }) => seq <= this.#oldUpTo)
      const last = seals.at(-1)
      if (last === undefined) return 0
      const kept = { seq: last.seq, chain: last.mac, at: last.sealedAt }
      await tx.checkpoints.replace({ ...kept, ...db.keys.seal(checkpointText(kept)) })
      await tx.seals.remove(start, last.seq, seals.length)
      return seals.length
    })
  }

  /**
   * The number of a genuine seal that was made before this instant; 0 where there is none. What stands before it in the chain was sealed
   * before it, so it is as old. Dates alone are not believed: who can change them could have fresh entries let go.
   */
  async #findOld(limit: Date): Promise<number> {
    const { db } = this.#deps
    const start = await this.#findStart()
    let previous: Link = this.#lookedAt.seq > start.seq ? this.#lookedAt : start
    for (;;) {
      const page = await db.seals.listWithEntries(previous.seq, PAGE)
      const due = page.filter(({ seal }) => seal.sealedAt < limit)
      const before: Link = previous
      const genuine = due.findLast((pair, index) => this.#isGenuine(pair, due[index - 1]?.seal ?? before))
      if (genuine !== undefined) return genuine.seal.seq
      previous = due.at(-1)?.seal ?? previous
      this.#lookedAt = previous
      if (due.length < PAGE) return 0
    }
  }

  /** What the chain begins behind. A seal with a number below that is no part of it, and stays for verifying to find. */
  async #findStart(): Promise<Link> {
    const { db } = this.#deps
    const checkpoint = await db.checkpoints.find()
    if (checkpoint === null || db.keys.isSeal(checkpointText(checkpoint), checkpoint) !== true)
      return { seq: 0, mac: '' }
    return { seq: checkpoint.seq, mac: checkpoint.chain }
  }

  /** Whether a seal is right, behind this one. */
  #isGenuine({ seal, entry }: SealedPair, before: Link): boolean {
    if (entry === null) return false
    return this.#deps.db.keys.isSeal(sealText(before.mac, seal, entry.mac), seal) === true
  }
}
