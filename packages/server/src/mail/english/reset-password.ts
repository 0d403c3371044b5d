/** To somebody who forgot the password. */
import type { Wording } from '../words.ts'
import { minutes } from './facts.ts'

/** The words of this letter. */
export const resetPassword: Wording<'reset_password'> = (facts, { name }) => ({
  subject: `Reset your password for ${name}`,
  blocks: [
    `Somebody, most likely you, asked for a new password for this email at ${name}. Follow this link to choose one.`,
    { label: 'Choose a new password', link: facts.link },
    `The link works once, for ${minutes(facts.minutes)}. A new password ends all sessions, on every device.`,
    'If it was not you, you need not do anything: your password stays as it is. Give the link to nobody.',
  ],
})
