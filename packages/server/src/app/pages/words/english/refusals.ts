/** What refusals say to people, in English. Programs are told which request to send; people are told what to type. */

/** The words, by the code of the refusal. */
export const refusals = {
  'users.email_taken': 'Somebody has registered with this email already. Log in with it, or reset its password.',
  'users.invalid_email': 'That is no email address that we can take. It looks like bob@example.com.',
  'login.invalid': 'Email or password is wrong.',
  'login.password_change_required':
    'This password is right, but no longer taken here. Type it once more, and choose a new one.',
  'passwords.too_short': (length: number): string =>
    length === 1 ? 'Type a password.' : `Choose a longer password: ${length} characters at the least.`,
  'passwords.too_long': 'This password is too long. Choose a shorter one.',
  'passwords.unusable': 'This password has a character that cannot be used. Choose another.',
  'passwords.common': 'Many people have this password. Choose one that only you would think of.',
  'passwords.contextual': 'This password is made of words of this service or of your email. Choose another.',
  'passwords.breached': 'This password is known from a breach elsewhere. Choose another.',
  'passwords.wrong': 'The current password is wrong.',
  'passwords.busy': 'Too many people are here right now. Try again in a few seconds.',
  'sessions.required': 'Log in first.',
  'sessions.not_fresh': 'Type your password once more before this.',
  'sessions.unknown': 'This session has ended already.',
  'verification.invalid_token': 'The link is used up, has expired, or was never one.',
  'verification.wrong_password': 'This is not the password that goes with this link.',
  'email.invalid_token': 'The link is used up, has expired, or was never one.',
  'deletion.invalid_token': 'The link is used up, has expired, or was never one.',
  'reset.unknown_email': 'Nobody is registered with this email.',
  'reset.invalid_token': 'The link is used up, has expired, or was never one.',
  'limits.exceeded': 'That was tried too often. Wait a little, then try again.',
  'admin.required': 'Only admins may do this.',
  'admin.unknown_user': 'There is no such person.',
}
