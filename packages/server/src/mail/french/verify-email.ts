/** To an address that registered: proves that it is theirs. */
import type { Wording } from '../words.ts'
import { hours } from './facts.ts'

/** The words of this letter. */
export const verifyEmail: Wording<'verify_email'> = (facts, { name }) => ({
  subject: `Confirmez votre adresse e-mail pour ${name}`,
  blocks: [
    `Quelqu’un, sans doute vous, s’est inscrit sur ${name} avec cette adresse e-mail. Suivez ce lien pour montrer qu’elle est à vous.`,
    { label: 'Confirmer cette adresse', link: facts.link },
    `Le lien fonctionne une seule fois, pendant ${hours(facts.hours)}.`,
    'Si ce n’était pas vous, vous n’avez rien à faire\u00a0: sans le lien, cette adresse reste non confirmée.',
  ],
})
