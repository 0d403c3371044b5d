/** What a page says first, after something was done, in English. An address names one by its key: a closed list, never a text. */

/** The words. */
export const notices = {
  'logged-out': 'You are logged out on this device.',
  'password-changed': 'Your password is changed.',
  'password-changed-others-ended': 'Your password is changed, and you are logged out everywhere else.',
  'session-ended': 'That session has ended.',
  'others-ended': 'You are logged out everywhere else.',
}
