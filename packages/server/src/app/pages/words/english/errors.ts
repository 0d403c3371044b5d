/** The pages that tell what went wrong, in English. */

/** The words, by the status of the answer; what has none here is told as `other`. */
export const errors = {
  400: {
    title: 'That did not arrive well',
    text: 'Something in this request is missing or broken. Go back and try again.',
  },
  401: { title: 'Log in first', text: 'You are not logged in. Log in, then try again.' },
  403: { title: 'Not allowed', text: 'You may not see or do this. If you are not logged in, log in first.' },
  404: {
    title: 'Nothing here',
    text: 'There is no page at this address. Perhaps it is misspelt, or the page has moved.',
  },
  405: { title: 'This is no page', text: 'This address is for forms and programs. It shows nothing by itself.' },
  413: { title: 'Too much at once', text: 'This is more than we take. Go back and send less.' },
  421: {
    title: 'Wrong address',
    text: 'This service does not go by this name. Check the address, or ask those who gave it to you.',
  },
  429: { title: 'Too many tries', text: 'To keep accounts safe, you have to wait a little before you try again.' },
  500: {
    title: 'Something went wrong',
    text: 'It is our fault, not yours. Try again; if it stays, tell those who run this service.',
  },
  503: {
    title: 'One moment, please',
    text: 'The service cannot answer right now. Try again in a moment; if you were changing something, look first whether it was done.',
  },
  other: { title: 'That did not work', text: 'Go back and try again.' },
  foreign: {
    title: 'This came from another site',
    text: 'For your safety we take this only from our own pages. Nothing was changed. Open the page here and try again.',
  },
  wait: 'You can try again in',
  seconds: (seconds: number): string => (seconds === 1 ? '1 second' : `${seconds} seconds`),
  minutes: (minutes: number): string => (minutes === 1 ? '1 minute' : `${minutes} minutes`),
  hours: (hours: number): string => (hours === 1 ? '1 hour' : `${hours} hours`),
  now: 'You can try again now.',
  again: 'Try again',
  home: 'To the welcome page',
  number: (id: string): string => `If you ask for help, give this number: ${id}`,
}
