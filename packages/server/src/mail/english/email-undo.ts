/** To the address that an account had until now: its way back. */
import type { Wording } from '../words.ts'
import { days, instant } from './facts.ts'

/** The words of this letter. */
export const emailUndo: Wording<'email_undo'> = (facts, { name }) => ({
  subject: `Your email for ${name} was changed`,
  blocks: [
    `Your account at ${name} has another email from now on, and letters about it go there.`,
    [['When', instant(facts.at)]],
    'If it was you, you need not do anything.',
    'If it was not you, follow this link to give the account this email back. Its password ends with that, since somebody else may know it; then set a new one.',
    { label: 'Undo the change', link: facts.link },
    `The link works once, for ${days(facts.days)}.`,
  ],
})
