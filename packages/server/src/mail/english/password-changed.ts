/** To the owner of an account whose password was changed. */
import type { Wording } from '../words.ts'
import { seen } from './facts.ts'

/** The words of this letter. */
export const passwordChanged: Wording<'password_changed'> = (facts, { name, url }) => ({
  subject: `Your password for ${name} was changed`,
  blocks: [
    `The password of your account at ${name} was changed.`,
    seen(facts),
    'If it was you, you need not do anything.',
    'If it was not you, somebody else can get in to your account. Reset your password now; that ends all sessions, on every device.',
    { label: 'Reset your password', link: `${url}forgot` },
  ],
})
