/** To the verified owner of an address with which somebody tried to register. */
import type { Wording } from '../words.ts'
import { seen } from './facts.ts'

/** The words of this letter. */
export const registrationTried: Wording<'registration_tried'> = (facts, { name, url }) => ({
  subject: `Somebody tried to register at ${name} with your email`,
  blocks: [
    `Somebody tried to register at ${name} with this email. You have an account there already, and nothing about it was changed.`,
    seen(facts),
    'If it was you, log in with the password that you have, or reset it if you forgot it.',
    { label: `Open ${name}`, link: url },
    'If it was not you, you need not do anything. Whoever it was has not been told that you have an account.',
  ],
})
