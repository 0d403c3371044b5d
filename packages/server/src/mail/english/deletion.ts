/** To the owner of an account that is going to be deleted: its way back. */
import type { Wording } from '../words.ts'
import { instant } from './facts.ts'

/** The words of this letter. */
export const deletion: Wording<'deletion'> = (facts, { name }) => ({
  subject: `Your account at ${name} is going to be deleted`,
  blocks: [
    `Your account at ${name} is going to be deleted, with all that belongs to it. All its sessions have ended.`,
    [['On', instant(facts.at)]],
    'If you asked for this and still want it, you need not do anything.',
    'If it was not you, or you changed your mind, follow this link before then to keep the account.',
    { label: 'Keep the account', link: facts.link },
    'If it was not you, reset the password afterwards: somebody else may know it.',
  ],
})
