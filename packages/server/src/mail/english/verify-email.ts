/** To an address that registered: proves that it is theirs. */
import type { Wording } from '../words.ts'
import { hours } from './facts.ts'

/** The words of this letter. */
export const verifyEmail: Wording<'verify_email'> = (facts, { name }) => ({
  subject: `Verify your email for ${name}`,
  blocks: [
    `Somebody, most likely you, registered at ${name} with this email. Follow this link to show that it is yours.`,
    { label: 'Verify this email', link: facts.link },
    `The link works once, for ${hours(facts.hours)}.`,
    'If it was not you, you need not do anything: without the link this email stays unverified.',
  ],
})
