/** What stands around every page, in English. */

/** The words. */
export const shell = {
  skip: 'Skip to the content',
  navigation: 'Your account',
  account: 'Account',
  logIn: 'Log in',
  logOut: 'Log out',
  signedInAs: (email: string): string => `Logged in as ${email}`,
  language: 'Language',
  change: 'Change',
  notYet: (title: string): string => `Not yet: ${title}`,
}
