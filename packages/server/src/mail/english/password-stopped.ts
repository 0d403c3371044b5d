/** To the owner of an account whose password strangers have guessed at until it stopped for them. */
import type { Wording } from '../words.ts'
import { instant } from './facts.ts'

/** The words of this letter. */
export const passwordStopped: Wording<'password_stopped'> = (facts, { name, url }) => ({
  subject: `Your password for ${name} works on your own devices only, for now`,
  blocks: [
    `Somebody tried to log in to your account at ${name} with wrong passwords, again and again. Each of these tries was refused.`,
    [
      ['When', instant(facts.at)],
      ['Tries', `${facts.tries}`],
    ],
    'So that nobody can go on guessing, the password now works only in browsers from which you have logged in before. If it was not you who guessed, you need not do anything else.',
    'To log in from another, choose a new password: you get a letter with a link, which lets you in everywhere again.',
    { label: 'Choose a new password', link: `${url}forgot` },
  ],
})
