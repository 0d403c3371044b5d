/** To the address that an account is to have from now on: proves that it is theirs. */
import type { Wording } from '../words.ts'
import { hours } from './facts.ts'

/** The words of this letter. */
export const confirmEmail: Wording<'confirm_email'> = (facts, { name }) => ({
  subject: `Confirm your new email for ${name}`,
  blocks: [
    `Somebody, most likely you, wants an account at ${name} to have this email from now on. Follow this link to confirm it.`,
    { label: 'Confirm this email', link: facts.link },
    `The link works once, for ${hours(facts.hours)}. Until then the account keeps the email that it has.`,
    'If it was not you, you need not do anything: without the link nothing changes.',
  ],
})
