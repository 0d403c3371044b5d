/** The page to log in, in English. */

/** The words. */
export const login = {
  title: 'Log in',
  remember: 'Keep me logged in on this device',
  button: 'Log in',
  forgot: 'Forgot your password?',
  instead: 'You know the password, and cannot wait?',
  byEmail: 'Set a new one by email: that lets you in at once.',
  noAccount: 'No account yet?',
  register: 'Create one',
  unverified: 'Email not verified yet?',
  letter: 'Get a letter',
  change: {
    title: 'Choose a new password',
    lead: 'Your password is right, but no longer safe enough to be taken here. Type it once more, and choose a new one.',
    button: 'Save and log in',
  },
}
