/** The pages where people ask for a letter, in English. */

/** The words. */
export const asking = {
  reset: {
    title: 'Forgot your password?',
    lead: 'Type the email of your account. A letter with a link to choose a new password goes there.',
    sent: 'If there is an account for this email, a letter with a link is on its way.',
  },
  verification: {
    title: 'Another letter to verify your email',
    lead: 'A letter with a link goes to your email, if it waits to be verified.',
    sent: 'If this email waits to be verified, a letter with a link is on its way.',
  },
  button: 'Send the letter',
  back: 'Back to the login',
  mailbox: 'Look into your mailbox',
  patience:
    'Nothing there after a minute? Look among the unwanted letters, and at how you spelt the email. You can ask again after five minutes; the links that you have keep working.',
  inbox: 'No mail server is set, so letters are in the inbox of this service',
  again: 'Ask again',
  noLetter: 'No letter is needed',
  handedOut: 'This service is set to hand a reset to whoever asks for it, as the preset classic does.',
  choose: 'Choose a new password',
}
