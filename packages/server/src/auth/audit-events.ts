/** What the audit knows to have happened: a closed list. Names are API: never rename one, only add. */

/** Whether what was tried was done. */
export type Outcome = 'success' | 'failure'

/** What is known of a kind of event. */
interface EventKind {
  readonly outcome: Outcome
  /** Whether the person whose account it is about sees it among their own events. */
  readonly own: boolean
}

const done = { outcome: 'success', own: true } as const
const refused = { outcome: 'failure', own: true } as const
const doneUnseen = { outcome: 'success', own: false } as const
const refusedUnseen = { outcome: 'failure', own: false } as const

/** Every kind of event, by its name: the room in which it happens, and what happens. */
export const EVENTS = {
  'users.registered': done,
  'users.registration_pending': doneUnseen,
  'users.registration_refused': refused,
  'users.removed': doneUnseen,
  'login.succeeded': done,
  'login.failed': refused,
  'login.password_change_required': refused,
  'login.stopped': refused,
  'sessions.ended': done,
  'sessions.others_ended': done,
  'sessions.all_ended': done,
  'sessions.moved': done,
  'passwords.changed': done,
  'passwords.change_failed': refused,
  'reset.requested': done,
  'reset.completed': done,
  'reset.failed': refusedUnseen,
  'verification.requested': doneUnseen,
  'verification.completed': done,
  'verification.failed': refusedUnseen,
  'email.change_requested': done,
  'email.changed': done,
  'email.change_failed': refused,
  'email.undone': done,
  'deletion.requested': done,
  'deletion.taken_back': done,
  'deletion.completed': doneUnseen,
  'export.made': done,
  'admin.disabled': done,
  'admin.enabled': done,
  'admin.granted': done,
  'admin.revoked': done,
  'admin.reset_started': done,
  'admin.sessions_ended': done,
  'admin.all_sessions_ended': doneUnseen,
  'admin.invited': doneUnseen,
  'moving.import_begun': doneUnseen,
  'moving.import_ended': doneUnseen,
  'moving.exported': doneUnseen,
  'limits.exceeded': refusedUnseen,
} as const satisfies Readonly<Record<string, EventKind>>

/** The name of a kind of event. */
export type AuditEvent = keyof typeof EVENTS

/** The name of a kind of event that people see of their own account. */
export type OwnAuditEvent = {
  [Name in AuditEvent]: (typeof EVENTS)[Name]['own'] extends true ? Name : never
}[AuditEvent]

/** By what an act was proved: a password, a mailed link or token, a live session; or an operator at the command line. */
export type Method = 'password' | 'link' | 'session' | 'operator'

/** The events that a person sees of their own account. */
export const OWN_EVENTS: readonly OwnAuditEvent[] = (Object.keys(EVENTS) as AuditEvent[]).filter(
  (event): event is OwnAuditEvent => EVENTS[event].own,
)

/** Whether this names a kind of event. */
export function isAuditEvent(name: string): name is AuditEvent {
  return Object.hasOwn(EVENTS, name)
}
