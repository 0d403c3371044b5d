/** The page with one’s sessions, in English. */

/** The words. */
export const sessions = {
  title: 'Where you are logged in',
  lead: 'Each of these browsers and programs can use your account.',
  current: 'This device',
  place: 'Place',
  opened: 'Logged in',
  used: 'Last used',
  ends: 'Ends',
  idle: 'A session that is not used ends sooner.',
  more: (count: number): string =>
    count === 1 ? 'There is 1 more, used less lately.' : `There are ${count} more, used less lately.`,
  end: 'Log out',
  endOthers: 'Log out everywhere else',
  othersHint: 'Only this device stays logged in.',
  alone: 'You are logged in on this device alone.',
  stranger: 'Something here is not yours? End it, then',
  changePassword: 'change your password',
}
