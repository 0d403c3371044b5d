/** The pages that links in letters lead to, in English. */

/** The words. */
export const links = {
  reset: {
    title: 'Choose a new password',
    lead: 'It takes the place of the old one. All sessions end, on every device.',
    field: 'New password',
    button: 'Set the new password',
    done: (email: string): { title: string; text: string } => ({
      title: 'The new password is set',
      text: `All sessions of ${email} have ended. Log in with the new password.`,
    }),
    otherwise: 'Otherwise ask for another letter.',
  },
  verify: {
    title: 'Verify your email',
    lead: 'Type the password that you chose for this email. If you are changing the email of your account, type the password of the account.',
    field: 'Password',
    button: 'Verify the email',
    done: (email: string): { title: string; text: string } => ({
      title: 'The email is verified',
      text: `${email} is the email of your account.`,
    }),
    otherwise:
      'Otherwise ask for another letter; if you are changing the email of your account, ask for the change again.',
  },
  undo: {
    title: 'Take your account back',
    lead: 'The email of your account was changed. If it was not you, take the account back: it gets this email again, its password no longer works, and all sessions end, on every device.',
    field: '',
    button: 'Take the account back',
    done: (email: string): { title: string; text: string } => ({
      title: 'The account is yours again',
      text: `Its email is ${email} again, and all its sessions have ended. Whoever changed it knew the password, so that no longer works: set a new one now.`,
    }),
    otherwise: 'If the account has this email again, reset its password; else write to those who run this service.',
  },
  keep: {
    title: 'Keep your account',
    lead: 'Your account is going to be deleted. You can still keep it, with all that belongs to it.',
    field: '',
    button: 'Keep the account',
    done: (email: string): { title: string; text: string } => ({
      title: 'Your account stays',
      text: `Log in as ${email}, with the same password as before. If it was not you who wanted it deleted, reset the password now: somebody else may know it.`,
    }),
    otherwise: 'If the account is still going to be deleted, asking for a reset sends this letter once more.',
  },
  dead: 'This link does not work',
  deadLead: 'It is used up, has expired, or a change of the account has ended it.',
  lostLead: 'Open the link in your letter, the whole of it. This page then works for ten minutes, and needs a cookie.',
  logIn: 'Go on and log in',
  account: 'Go to my account',
  goOn: 'Go on',
  resetPassword: 'Reset the password',
  again: 'Ask for another letter',
}
