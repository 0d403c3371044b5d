/** The pages to make an account, in English. */

/** The words. */
export const register = {
  title: 'Create an account',
  button: 'Create the account',
  haveAccount: 'You have one already?',
  logIn: 'Log in',
  sent: 'A letter is on its way to you. Open its link and type your password once more: then the account is yours.',
}
