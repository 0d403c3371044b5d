/** To somebody who forgot the password. */
import type { Wording } from '../words.ts'
import { minutes } from './facts.ts'

/** The words of this letter. */
export const resetPassword: Wording<'reset_password'> = (facts, { name }) => ({
  subject: `Votre nouveau mot de passe pour ${name}`,
  blocks: [
    `Quelqu’un, sans doute vous, a demandé un nouveau mot de passe sur ${name} pour cette adresse e-mail. Suivez ce lien pour en choisir un.`,
    { label: 'Choisir un nouveau mot de passe', link: facts.link },
    `Le lien fonctionne une seule fois, pendant ${minutes(facts.minutes)}. Un nouveau mot de passe met fin à toutes les sessions, sur tous les appareils.`,
    'Si ce n’était pas vous, vous n’avez rien à faire\u00a0: votre mot de passe reste le même. Ne donnez ce lien à personne.',
  ],
})
