/** To the owner of an account that somebody logged in to from a device that it had not seen. */
import type { Wording } from '../words.ts'
import { seen } from './facts.ts'

/** The words of this letter. */
export const newDevice: Wording<'new_device'> = (facts, { name, url }) => ({
  subject: `A new device logged in to your account at ${name}`,
  blocks: [
    `Somebody logged in to your account at ${name} from a device that has not been seen there before.`,
    seen(facts),
    'If it was you, you need not do anything.',
    'If it was not you, somebody else knows your password. Reset it now; that ends all sessions, on every device.',
    { label: 'Reset your password', link: `${url}forgot` },
  ],
})
