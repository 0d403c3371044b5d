/** To the address that an account is to have from now on: proves that it is theirs. */
import type { Wording } from '../words.ts'
import { hours } from './facts.ts'

/** The words of this letter. */
export const confirmEmail: Wording<'confirm_email'> = (facts, { name }) => ({
  subject: `Confirmez votre nouvelle adresse pour ${name}`,
  blocks: [
    `Quelqu’un, sans doute vous, souhaite que son compte sur ${name} ait désormais cette adresse e-mail. Suivez ce lien pour la confirmer.`,
    { label: 'Confirmer cette adresse', link: facts.link },
    `Le lien fonctionne une seule fois, pendant ${hours(facts.hours)}. D’ici là, le compte garde son adresse actuelle.`,
    'Si ce n’était pas vous, vous n’avez rien à faire\u00a0: sans le lien, rien ne change.',
  ],
})
