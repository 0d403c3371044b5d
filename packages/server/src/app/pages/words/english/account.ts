/** The pages of one’s own account, in English. */

/** The words. */
export const account = {
  overview: {
    title: 'Your account',
    email: 'Email',
    verified: 'Verified',
    unverified: 'Not verified yet',
    verify: 'Verify this email',
    since: 'Here since',
    changeEmail: 'Change the email',
    sessions: { title: 'Where you are logged in', text: 'See your devices, and end sessions that you do not need.' },
    events: { title: 'What happened lately', text: 'See the latest logins and changes, also those that were refused.' },
    password: { title: 'Password', text: 'Choose a new one.' },
    download: { title: 'Your data', text: 'Take a copy of what is stored about you.' },
    deletion: { title: 'Delete the account', text: 'Leave, with time to change your mind.' },
  },
  back: 'Back to your account',
  password: {
    title: 'Change your password',
    lead: 'We will tell you by email that it was changed.',
    endOthers: 'Log me out on all other devices',
    forgotten: 'Forgot the current one?',
    button: 'Change the password',
  },
  email: {
    title: 'Change your email',
    lead: 'We send a link to the new address. Nothing changes before you open it and type your password there.',
    current: 'Email now',
    next: 'New email',
    pending: (email: string, hours: number): string =>
      `A link went to ${email}. It works for ${counted(hours, 'hour')}.`,
    nothingYet: 'Until you open it, you keep logging in with the email that you have now.',
    undo: (days: number): string =>
      `Your present address gets a letter too, and can take the change back for ${counted(days, 'day')}.`,
    button: 'Send the link',
  },
  download: {
    title: 'Your data',
    lead: 'Download what is stored about you, in one file that people and programs can read (JSON).',
    /** By the members of the file. */
    contents: {
      user: 'your email, and when you joined',
      password: 'when your password was set',
      sessions: 'where you are logged in',
      devices: 'the devices that your account knows',
      events: 'what happened to your account lately',
    },
    secrets:
      'Your password is not in it, nor anything that lets somebody in. Keep the file where only you can read it.',
    leftOut:
      'Also left out are a new email that is not confirmed yet, and letters that wait to be sent: they could tell whether somebody else has that email.',
    button: 'Download my data',
  },
  deletion: {
    title: 'Delete your account',
    lead: 'This is what happens:',
    consequences: (days: number): readonly string[] => [
      'You are logged out at once, on all your devices.',
      `Nobody can log in any more, and after ${counted(days, 'day')} the account is gone for good, with everything in it.`,
      'A letter with a link goes to your email. With it you can keep the account until then.',
    ],
    confirm: 'Yes, I want to delete my account',
    unconfirmed: 'Tick this box if you really want to delete the account.',
    rather: 'Download your data first',
    button: 'Delete my account',
  },
  leaving: {
    title: 'Your account will be deleted',
    text: (days: number): string =>
      `You are logged out, and the account will be gone in ${counted(days, 'day')}. There is nothing more to do.`,
    back: 'Changed your mind? Open the link in the letter that we have just sent you, and the account stays as it was.',
    lost: 'No letter? Ask for a new password, and the link is sent to you once more.',
    ask: 'Send it once more',
    home: 'To the welcome page',
  },
  again: {
    title: 'Is it still you?',
    lead: 'What you are about to do is important, so please type your password once more.',
    forgotten: 'Forgot your password?',
    wrong: 'This is not your password. Look at capital letters, and try again.',
    outdated: 'This password is right, but no longer taken here. Change it first.',
    button: 'Go on',
  },
}

/** A number with its noun. */
function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
