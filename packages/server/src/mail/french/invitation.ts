/** To somebody whom an operator gave an account. */
import type { Wording } from '../words.ts'
import { minutes } from './facts.ts'

/** The words of this letter. */
export const invitation: Wording<'invitation'> = (facts, { name }) => ({
  subject: `Votre compte sur ${name}`,
  blocks: [
    `Un compte sur ${name} a été créé pour cette adresse e-mail. Suivez ce lien pour choisir son mot de passe.`,
    { label: 'Choisir un mot de passe', link: facts.link },
    `Le lien fonctionne une seule fois, pendant ${minutes(facts.minutes)}. Ensuite, demandez à ${name} un nouveau mot de passe avec cette adresse.`,
    'Si vous n’attendiez pas de compte, vous n’avez rien à faire\u00a0: sans ce lien, personne ne peut s’y connecter.',
  ],
})
