/** Verifying the audit: goes through the chain of seals and all entries, and names the first that a hand has changed, removed or put in. [ASVS 16.4.2] */
import { setImmediate as letOthersGo } from 'node:timers/promises'
import type { StoredCheckpoint } from '../db/checkpoints.ts'
import type { StoredEntry } from '../db/audit-entries.ts'
import type { SealedPair } from '../db/seals.ts'
import type { Finding, Verdict } from './audit-findings.ts'
import { sealedText } from './audit-text.ts'
import type { Deps } from './deps.ts'
import type { Head } from './seals.ts'
import { checkpointText, sealText } from './seals-text.ts'

/** What to compare, and whom to tell how far it is. */
export interface VerifyOptions {
  /** A head that was kept elsewhere. */
  readonly head?: Pick<Head, 'count' | 'hash'> | undefined
  readonly onProgress?: (entries: number) => void | Promise<void>
}

/** What is known on the way through the chain. */
interface Walk {
  entries: number
  seq: number
  chain: string
  sealedAt: Date | null
  from: Date | null
  to: Date | null
  finding: Finding | null
}

const PAGE = 500
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const MOST_RESTARTS = 10
const NOTHING = { id: null, at: null, event: null, seq: null, keyId: null }

/** Goes through everything once. */
export class Verification {
  readonly #deps: Deps
  readonly #options: VerifyOptions

  /** Works with the keys of the storage. */
  constructor(deps: Deps, options: VerifyOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** Goes through it, in pages, so that it needs the same room for a thousand entries and for a million. */
  async run(): Promise<Verdict> {
    for (let restarts = 0; ; restarts++) {
      const checkpoint = await this.#deps.db.checkpoints.find()
      const walk = startOf(checkpoint)
      walk.finding = this.#judgeStart(checkpoint)
      if (walk.finding === null) await this.#walkChain(walk)
      const isMoved = (await this.#deps.db.checkpoints.find())?.seq !== checkpoint?.seq // entries were let go meanwhile: what looked removed may be that
      if (walk.finding !== null && isMoved && restarts < MOST_RESTARTS) continue
      const { finding, waiting } = await this.#findUnsealed(walk.finding)
      const { entries, seq, chain, sealedAt, from, to } = walk
      const isAtEnd = walk.finding === null && sealedAt !== null
      return {
        entries,
        head: isAtEnd ? { count: seq, hash: chain, at: sealedAt } : null,
        from,
        to,
        checkpoint: checkpoint === null ? null : { seq: checkpoint.seq, at: checkpoint.at },
        waiting,
        finding: finding ?? this.#compareEnd(walk),
      }
    }
  }

  /** What is wrong with where the audit begins. */
  #judgeStart(checkpoint: StoredCheckpoint | null): Finding | null {
    const { head } = this.#options
    if (checkpoint === null) return null
    const isRight = this.#deps.db.keys.isSeal(checkpointText(checkpoint), checkpoint)
    const about = { ...NOTHING, seq: checkpoint.seq }
    if (isRight === null) return { ...about, kind: 'key_missing', keyId: checkpoint.keyId }
    if (!isRight) return { ...about, kind: 'checkpoint' }
    if (head?.count === checkpoint.seq && head.hash !== checkpoint.chain) return { ...about, kind: 'head_differs' }
    return null
  }

  /** Follows the chain to its end, or to the first thing that is wrong. */
  async #walkChain(walk: Walk): Promise<void> {
    const { db } = this.#deps
    let after: number | null = null // from the very first, or a seal with a number below the beginning would cover for an entry put in
    for (;;) {
      const page: readonly SealedPair[] = await db.seals.listWithEntries(after, PAGE)
      for (const pair of page) {
        walk.finding = this.#judge(pair, walk)
        if (walk.finding !== null) return
        pass(walk, pair)
      }
      await this.#options.onProgress?.(walk.entries)
      if (page.length < PAGE) return
      after = walk.seq
      await letOthersGo()
    }
  }

  /** What is wrong with a seal and its entry, behind what was passed; null where nothing is. */
  #judge({ seal, entry }: SealedPair, { seq, chain }: Walk): Finding | null {
    const { keys } = this.#deps.db
    const { head } = this.#options
    const about = { ...NOTHING, ...factsOf(entry), id: seal.auditId, seq: seal.seq }
    if (seal.seq <= seq) return { ...about, kind: 'put_in' }
    if (seal.seq !== seq + 1) return { ...NOTHING, kind: seq === 0 ? 'checkpoint' : 'removed', seq: seq + 1 }
    if (entry === null) return { ...about, at: seal.sealedAt, kind: 'removed' }
    for (const [text, sealed] of [
      [sealedText(entry), entry],
      [sealText(chain, seal, entry.mac), seal],
    ] as const) {
      const isRight = keys.isSeal(text, sealed)
      if (isRight === null) return { ...about, kind: 'key_missing', keyId: sealed.keyId }
      if (!isRight) return { ...about, kind: 'changed' }
    }
    return head?.count === seal.seq && head.hash !== seal.mac ? { ...about, kind: 'head_differs' } : null
  }

  /**
   * Looks through the entries without a seal. One with a wrong keyed hash was put in; a right one that has waited for more than a minute
   * has lost its seal, or nobody seals. The earlier of this and of what was found on the chain counts.
   */
  async #findUnsealed(found: Finding | null): Promise<{ readonly finding: Finding | null; readonly waiting: number }> {
    const { db } = this.#deps
    let after: number | null = null
    let waiting = 0
    for (;;) {
      const page: readonly StoredEntry[] = await db.seals.listUnsealed(after, PAGE)
      for (const entry of page) {
        const finding = this.#judgeUnsealed(entry)
        if (finding === null) waiting++
        else return { finding: isEarlier(finding, found) ? finding : found, waiting }
      }
      if (page.length < PAGE) return { finding: found, waiting }
      after = page.at(-1)?.id ?? after
      await letOthersGo()
    }
  }

  /** What is wrong with an entry that has no seal. */
  #judgeUnsealed(entry: StoredEntry): Finding | null {
    const { db, now, settings } = this.#deps
    const about = { ...NOTHING, ...factsOf(entry), id: entry.id }
    const isRight = db.keys.isSeal(sealedText(entry), entry)
    if (isRight === null) return { ...about, kind: 'key_missing', keyId: entry.keyId }
    if (!isRight) return { ...about, kind: 'put_in' }
    const ageMs = now().getTime() - entry.at.getTime()
    const isOver = ageMs > settings.audit.days * DAY // too old to be sealed: it is about to be let go
    return ageMs > MINUTE && !isOver ? { ...about, kind: 'unsealed' } : null
  }

  /** What a head that was kept says of the end: a chain that does not reach it was cut; one that begins after it cannot be compared. */
  #compareEnd({ seq, entries, finding }: Walk): Finding | null {
    const { head } = this.#options
    if (finding !== null || head === undefined) return finding
    if (head.count > seq) return { ...NOTHING, kind: 'cut', seq: seq + 1 }
    return head.count < seq - entries ? { ...NOTHING, kind: 'head_too_old', seq: seq - entries + 1 } : null
  }
}

/** Where the way begins. */
function startOf(checkpoint: StoredCheckpoint | null): Walk {
  const { seq = 0, chain = '', at: sealedAt = null } = checkpoint ?? {}
  return { entries: 0, seq, chain, sealedAt, from: null, to: null, finding: null }
}

/** Goes past an entry that is as it was. */
function pass(walk: Walk, { seal, entry }: SealedPair): void {
  walk.entries++
  walk.seq = seal.seq
  walk.chain = seal.mac
  walk.sealedAt = seal.sealedAt
  walk.from ??= entry?.at ?? null
  walk.to = entry?.at ?? null
}

/** What stands in an entry. */
function factsOf(entry: StoredEntry | null): Pick<Finding, 'at' | 'event'> {
  return { at: entry?.at ?? null, event: entry?.event ?? null }
}

/** Whether one finding is about an earlier entry than another. A gap in the chain, whose entry nobody can name, is later than any that can be named. */
function isEarlier({ id }: Finding, other: Finding | null): boolean {
  const otherId = other?.id ?? Number.POSITIVE_INFINITY
  return id !== null && id < otherId
}
