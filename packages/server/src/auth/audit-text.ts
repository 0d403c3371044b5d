/** What is hashed with a key in the audit: typed emails, and entries as a whole. */
import type { AuditEntry } from '../db/audit-entries.ts'
import type { CanonicalEmail } from '../email.ts'
import type { Deps } from './deps.ts'

/** The name under which an email stands in the record. */
export function subjectOfEmail({ db }: Pick<Deps, 'db'>, email: CanonicalEmail): string {
  return db.keys.nameOf(`audit:${email}`)
}

/** The same under each key, the newest first: what was noted before an exchange of secrets stands under the older ones. */
export function subjectsOfEmail({ db }: Pick<Deps, 'db'>, email: CanonicalEmail): readonly string[] {
  return db.keys.namesOf(`audit:${email}`)
}

/** The text of an entry that its keyed hash vouches for: everything in it, in one order, so that no two entries have the same. */
export function sealedText(entry: AuditEntry): string {
  return JSON.stringify([
    entry.uid,
    entry.at.getTime(),
    entry.event,
    entry.userId,
    entry.subject,
    entry.source,
    entry.device,
    entry.agent,
    entry.requestId,
    entry.sessionId,
    entry.method,
    entry.times,
    Object.entries(entry.facts).sort(([one], [other]) => (one < other ? -1 : 1)),
  ])
}
