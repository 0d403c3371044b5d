/** Looking things up in the audit, for operators: by person, kind, time and source; page by page, so that it needs little room. */
import { isWithin } from '../addresses.ts'
import type { Network } from '../addresses.ts'
import type { AuditFilter } from '../db/audit.ts'
import type { StoredEntry } from '../db/audit-entries.ts'
import { canonicalEmail } from '../email.ts'
import type { UserId } from '../user.ts'
import { subjectsOfEmail } from './audit-text.ts'
import { EVENTS, isAuditEvent } from './audit-events.ts'
import type { AuditEvent, Outcome } from './audit-events.ts'
import type { Deps } from './deps.ts'

/** What is looked for. What is left out takes all. */
export interface AuditQuery {
  /** An email, or an id. Of an email are the entries of the account that has it now, and those in which it was typed. */
  readonly person?: string | undefined
  readonly events?: readonly AuditEvent[] | undefined
  readonly outcome?: Outcome | undefined
  /** At this instant or after it. */
  readonly since?: Date | undefined
  /** Before this instant. */
  readonly until?: Date | undefined
  readonly source?: Network | undefined
}

/** An entry as operators see it. */
export type AuditRecord = Omit<StoredEntry, 'uid' | 'mac' | 'keyId'> & { readonly outcome: Outcome | null }

const PAGE = 500
const LOOK_BACK = 1000 // ids may become visible out of their order, where several write at once
const END = Number.MAX_SAFE_INTEGER

/** One search, which can be gone on with. */
export class AuditSearch {
  readonly #deps: Deps
  readonly #query: AuditQuery
  #firstId = 0
  #lastId = 0
  readonly #latest = new Set<number>()

  /** Prepares a search; nothing is read yet. */
  constructor(deps: Deps, query: AuditQuery) {
    this.#deps = deps
    this.#query = query
  }

  /** What is found, the oldest first: the latest `most` entries, or all where that is 0. */
  async *find(most: number): AsyncGenerator<AuditRecord, void> {
    const filter = await this.#filter()
    if (most > 0) this.#firstId = await this.#findStart(filter, most)
    yield* this.#read(filter, this.#firstId)
  }

  /** What was added since the last look, the oldest first. Where the database was lost in the middle, the next look goes on from there. */
  async *findNew(): AsyncGenerator<AuditRecord, void> {
    yield* this.#read(await this.#filter(), this.#lookBack())
  }

  /** What is found from this id on, but for what was found before. */
  async *#read(filter: AuditFilter, fromId: number): AsyncGenerator<AuditRecord, void> {
    const greatest = await this.#deps.db.audit.findGreatestId()
    let next = fromId
    for (;;) {
      const page = await this.#deps.db.audit.list(filter, next, PAGE)
      for (const entry of page) if (this.#isAsked(entry) && this.#isNew(entry)) yield recordOf(entry)
      if (page.length < PAGE) break
      next = (page.at(-1)?.id ?? next) + 1
    }
    this.#lastId = Math.max(this.#lastId, greatest)
  }

  /** The id of the first of the latest `most` entries that are asked for. */
  async #findStart(filter: AuditFilter, most: number): Promise<number> {
    let [before, left, start] = [END, most, 0]
    for (;;) {
      const page = await this.#deps.db.audit.listBack(filter, before, PAGE)
      for (const { id } of page.filter((entry) => this.#isAsked(entry))) {
        start = id
        if (--left === 0) return start
      }
      if (page.length < PAGE) return start
      before = page.at(-1)?.id ?? before
    }
  }

  /** Whether an entry comes from where it is asked for. */
  #isAsked({ source }: Pick<StoredEntry, 'source'>): boolean {
    const { source: network } = this.#query
    return network === undefined || (source !== null && isWithin(source, network))
  }

  /** Whether an entry was not found before; from now on it was. */
  #isNew({ id }: StoredEntry): boolean {
    if (this.#latest.has(id)) return false
    this.#latest.add(id)
    this.#lastId = Math.max(this.#lastId, id)
    const from = this.#lookBack()
    for (const old of this.#latest) {
      if (old >= from) break
      this.#latest.delete(old)
    }
    return true
  }

  /** The id from which on the next look begins: what was found from there on is remembered, and not found again. */
  #lookBack(): number {
    return Math.max(this.#firstId, this.#lastId - LOOK_BACK)
  }

  /** The search as the storage knows it. */
  async #filter(): Promise<AuditFilter> {
    const { person, events, outcome, since, until } = this.#query
    const kinds = outcome === undefined ? events : (events ?? ALL).filter((event) => EVENTS[event].outcome === outcome)
    return {
      ...(person !== undefined && { about: await this.#aboutOf(person) }),
      ...(kinds !== undefined && { events: kinds }),
      ...(since !== undefined && { since }),
      ...(until !== undefined && { until }),
    }
  }

  /** Under which names somebody stands in the audit. Where nobody has the email there may still be entries in which it was typed. */
  async #aboutOf(person: string): Promise<NonNullable<AuditFilter['about']>> {
    if (/^\d{1,15}$/.test(person)) return { userId: Number(person) as UserId, subjects: [] }
    const email = canonicalEmail(person)
    if (email === null) return { userId: null, subjects: [] }
    const account = await this.#deps.db.users.findAccountByEmail(email)
    return { userId: account?.user.id ?? null, subjects: subjectsOfEmail(this.#deps, email) }
  }
}

const ALL = Object.keys(EVENTS) as AuditEvent[]

/** An entry without what vouches for it. */
function recordOf(entry: StoredEntry): AuditRecord {
  const { id, at, event, userId, subject, source, device, agent, requestId, sessionId, method, times, facts } = entry
  const outcome = isAuditEvent(event) ? EVENTS[event].outcome : null
  return { id, at, event, outcome, userId, subject, source, device, agent, requestId, sessionId, method, times, facts }
}
