/** The page to log in, in English. */

/** The words. */
export const login = {
  title: 'Log in',
  remember: 'Keep me logged in on this device',
  button: 'Log in',
  forgot: 'Forgot your password?',
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
