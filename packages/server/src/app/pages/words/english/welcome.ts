/** The page at /, in English. */

/** The words. */
export const welcome = {
  title: 'Welcome',
  lead: (name: string): string => `Your account with ${name}: make one, or log in with the one you have.`,
  signedIn: (email: string): string => `You are logged in as ${email}.`,
  register: 'Create an account',
  logIn: 'Log in',
  account: 'Go to my account',
  learn: 'Try the service',
  classic:
    'A user authentication service runs here, with the preset classic. It is made for learning: it hands out reset tokens, tells which emails exist, and takes any password. Do not keep real people’s accounts in it.',
  programs: 'Programs that ask for this page get',
  backstage: 'Backstage',
  backstageLead:
    'shows what each request does: every step with its line in the source, every statement, every row before and after.',
  inbox: 'Inbox',
  inboxLead: 'holds the letters that would have been sent: no mail server is set.',
  noScript: 'Without JavaScript these forms can send GET and POST alone; PUT and DELETE need a program such as curl.',
  noAnswer: 'The service did not answer.',
  redirected: 'after a redirect',
  answerTo: (title: string): string => `Answer to: ${title}`,
  tries: {
    register: { title: 'Register', says: 'Makes an account.' },
    login: { title: 'Log in', says: 'Opens a session; your browser keeps its cookie.' },
    profile: { title: 'See who is logged in', says: 'Answers 403 to whoever is not logged in.' },
    logout: { title: 'Log out', says: 'Ends the session, then leads back here.' },
    forgot: { title: 'Ask for a reset token', says: 'In the preset classic the answer holds the token.' },
    reset: { title: 'Set a new password', says: 'Spends the token and ends every session.' },
  },
}
