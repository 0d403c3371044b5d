/** To somebody whom an operator gave an account. */
import type { Wording } from '../words.ts'
import { minutes } from './facts.ts'

/** The words of this letter. */
export const invitation: Wording<'invitation'> = (facts, { name }) => ({
  subject: `Your account at ${name}`,
  blocks: [
    `You were given an account at ${name} for this email. Follow this link to choose its password.`,
    { label: 'Choose a password', link: facts.link },
    `The link works once, for ${minutes(facts.minutes)}. After that, ask ${name} for a new password with this email.`,
    'If you did not expect an account, you need not do anything: nobody can log in to it without this link.',
  ],
})
