/** The page with what happened to one’s account, in English. */
import type { OwnAuditEvent } from '../../../../auth/audit-events.ts'

/** What happened, a sentence for each kind of event. */
const what: Readonly<Record<OwnAuditEvent, string>> = {
  'users.registered': 'The account was made',
  'users.registration_refused': 'Somebody tried to register with your email',
  'login.succeeded': 'A login with your password',
  'login.failed': 'A login was refused',
  'login.password_change_required': 'A login was right, but the password had to be changed first',
  'login.stopped': 'After many wrong passwords, unknown devices are kept out until you choose a new one',
  'sessions.ended': 'A device was logged out',
  'sessions.moved': 'A session went on from another device or network',
  'sessions.others_ended': 'All other devices were logged out',
  'sessions.all_ended': 'All devices were logged out',
  'passwords.changed': 'The password was changed',
  'passwords.change_failed': 'A change of the password was refused',
  'reset.requested': 'Somebody asked for a link to choose a new password',
  'reset.completed': 'A new password was chosen with a link from a letter',
  'verification.completed': 'The email was verified',
  'email.change_requested': 'A change of the email was asked for',
  'email.changed': 'The email was changed',
  'email.change_failed': 'A change of the email was refused',
  'email.undone': 'A change of the email was taken back',
  'deletion.requested': 'The account was marked to be deleted',
  'deletion.taken_back': 'The account is kept after all',
  'export.made': 'Your data was downloaded',
  'admin.disabled': 'The account was disabled by those who run the service',
  'admin.enabled': 'The account was enabled again',
  'admin.granted': 'You were made an admin',
  'admin.revoked': 'You are no longer an admin',
  'admin.reset_started': 'Those who run the service sent you a link to choose a new password',
  'admin.sessions_ended': 'Those who run the service logged out all your devices',
}

/** The words. */
export const events = {
  title: 'What happened lately',
  lead: 'Logins and changes of your account, the latest first.',
  none: 'Nothing has been noted yet.',
  current: 'This login',
  times: (count: number): string => `${count} ${count === 1 ? 'time' : 'times'}`,
  stranger: 'Was one of these not you? Then',
  changePassword: 'change your password',
  what,
}
