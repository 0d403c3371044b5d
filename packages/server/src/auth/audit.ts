/** The room of the record: every authentication act, good or bad, with when, who, from where and how. No secret is ever in it. */
import { randomUUID } from 'node:crypto'
import { placeOf } from '../addresses.ts'
import type { AuditEntry, StoredEntry } from '../db/audit-entries.ts'
import type { DB } from '../db/db.ts'
import type { CanonicalEmail } from '../email.ts'
import type { User, UserId } from '../user.ts'
import { AuditSearch } from './audit-search.ts'
import type { AuditQuery } from './audit-search.ts'
import { EVENTS, OWN_EVENTS } from './audit-events.ts'
import type { AuditEvent, Method, Outcome, OwnAuditEvent } from './audit-events.ts'
import type { Verdict } from './audit-findings.ts'
import { sealedText, subjectOfEmail } from './audit-text.ts'
import { Verification } from './audit-verification.ts'
import type { VerifyOptions } from './audit-verification.ts'
import { inOurWords, UNKNOWN } from './circumstances.ts'
import type { Circumstances } from './circumstances.ts'
import type { Deps } from './deps.ts'

/** What is known of an act. */
export interface Act {
  /** Whose account it is about; null where nobody is. */
  readonly userId?: UserId | null
  /** The email that was typed: it is kept as a keyed hash, because people type passwords there. */
  readonly email?: CanonicalEmail | null
  /** The same, where it is a keyed hash already. */
  readonly subject?: string | null
  readonly from?: Circumstances | undefined
  /** The session that acts, or that was opened or ended. */
  readonly sessionId?: string | null
  readonly method?: Method | null
  /** For how many acts the entry stands; 1 if left out. */
  readonly times?: number
  /** What else there is to say, in words of ours and numbers alone. */
  readonly facts?: AuditEntry['facts']
}

/** An event as the person whose account it is about may see it: without addresses, which may be another's. */
export interface OwnEvent {
  readonly at: Date
  readonly event: OwnAuditEvent
  readonly outcome: Outcome
  /** In words of ours; null where an operator acted. */
  readonly device: string | null
  /** A network, or near places in words of ours; null where an operator acted. */
  readonly place: string | null
  readonly method: string | null
  /** How many acts it stands for. */
  readonly times: number
  /** The session that acted, or that was opened or ended. */
  readonly sessionId: string | null
}

const LONGEST = 256
const LIKE_A_TOKEN = /[\w-]{43,}/g
const MOST_OF_A_KIND = 20

/** The record, from outside. */
export class Audit {
  readonly #deps: Deps

  /** Works with the clock and the keys of the storage. */
  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Notes an act, within the transaction that does it where it was done. [ASVS 16.2.1, 16.3.1] */
  async note(tx: DB, event: AuditEvent, act: Act = {}): Promise<void> {
    const { db, now } = this.#deps
    const { from } = act
    const entry: AuditEntry = {
      uid: randomUUID(),
      at: now(),
      event,
      userId: act.userId ?? null,
      subject:
        act.email === undefined || act.email === null ? (act.subject ?? null) : subjectOfEmail(this.#deps, act.email),
      source: textOf(from?.source),
      device: textOf(from?.device),
      agent: textOf(from?.agent?.replaceAll(LIKE_A_TOKEN, '…')), // a token there is one that nobody should have sent [ASVS 16.2.5]
      requestId: textOf(from?.requestId),
      sessionId: act.sessionId ?? null,
      method: act.method ?? null,
      times: act.times ?? 1,
      facts: act.facts ?? {},
    }
    await tx.audit.add({ ...entry, ...db.keys.seal(sealedText(entry)) })
  }

  /**
   * The latest events of each kind of whoever is signed in, twenty where no other number is given; the latest first. What strangers or a thief
   * do again and again pushes out no more than its own kind.
   */
  async listOwn(
    { user }: { readonly user: Pick<User, 'id'> },
    mostOfAKind = MOST_OF_A_KIND,
  ): Promise<readonly OwnEvent[]> {
    const entries = await this.#deps.db.audit.listOf(user.id, OWN_EVENTS, mostOfAKind)
    return entries.map(ownEventFrom)
  }

  /** A search for operators. */
  search(query: AuditQuery): AuditSearch {
    return new AuditSearch(this.#deps, query)
  }

  /** Goes through the whole audit, and names the first entry that a hand has changed, removed or put in. [ASVS 16.4.2] */
  async verify(options: VerifyOptions = {}): Promise<Verdict> {
    return new Verification(this.#deps, options).run()
  }
}

/** Text of strangers as every database takes it: well-formed, without NUL, and cut short. */
function textOf(given: string | undefined): string | null {
  return given?.slice(0, LONGEST).replaceAll('\0', '').toWellFormed() ?? null
}

/** An entry as its person may see it. */
function ownEventFrom({ at, event, device, source, method, times, sessionId }: StoredEntry): OwnEvent {
  const seen = device === null ? null : inOurWords({ device, place: placeOf(source ?? '') ?? UNKNOWN.place })
  const known = event as OwnAuditEvent // it was asked for by its name
  const { outcome } = EVENTS[known]
  return {
    at,
    event: known,
    outcome,
    device: seen?.device ?? null,
    place: seen?.place ?? null,
    method,
    times,
    sessionId,
  }
}
