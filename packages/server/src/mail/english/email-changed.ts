/** To the address that an account has from now on. */
import type { Wording } from '../words.ts'
import { instant } from './facts.ts'

/** The words of this letter. */
export const emailChanged: Wording<'email_changed'> = (facts, { name, url }) => ({
  subject: `This is now your email for ${name}`,
  blocks: [
    `Your account at ${name} has this email from now on. You log in with it, and letters about the account come here.`,
    [['When', instant(facts.at)]],
    { label: `Open ${name}`, link: url },
    'If it was not you, somebody else can read your mail: the change was confirmed from this mailbox. Change the password of the mailbox first, then the one of the account.',
  ],
})
