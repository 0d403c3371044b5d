/** What several forms have, in English. */

/** The words. */
export const fields = {
  email: 'Email',
  password: 'Password',
  currentPassword: 'Current password',
  newPassword: 'New password',
  show: 'Show',
  hide: 'Hide',
  showPassword: 'Show the password',
  hidePassword: 'Hide the password',
  passwordHint: (length: number): string =>
    `At least ${length} characters. A few words that have nothing to do with each other are easy to remember.`,
  /** The script puts the number of typed characters in the place of {typed}. */
  counted: (length: number): string => `{typed} of ${length} characters`,
  enough: 'Long enough',
}
