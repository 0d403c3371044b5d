/** To the owner of an account at which somebody guesses. */
import type { Wording } from '../words.ts'
import { instant } from './facts.ts'

/** The words of this letter. */
export const failedTries: Wording<'failed_tries'> = (facts, { name, url }) => ({
  subject: `Many failed tries to log in to your account at ${name}`,
  blocks: [
    `Somebody tried to log in to your account at ${name} with wrong passwords. Each of these tries was refused.`,
    [
      ['When', instant(facts.at)],
      ['Tries', `${facts.tries}`],
    ],
    'You need not do anything if your password is long and you use it nowhere else. If you are not sure, reset it.',
    { label: 'Reset your password', link: `${url}forgot` },
  ],
})
