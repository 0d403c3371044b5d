/** To the verified owner of an address with which somebody tried to register. */
import type { Wording } from '../words.ts'
import { seen } from './facts.ts'

/** The words of this letter. */
export const registrationTried: Wording<'registration_tried'> = (facts, { name, url }) => ({
  subject: `Quelqu’un a voulu s’inscrire sur ${name} avec votre adresse`,
  blocks: [
    `Quelqu’un a voulu créer un compte sur ${name} avec cette adresse e-mail. Vous y avez déjà un compte, et rien n’y a été changé.`,
    seen(facts),
    'Si c’était vous, connectez-vous avec votre mot de passe, ou choisissez-en un nouveau si vous l’avez oublié.',
    { label: `Ouvrir ${name}`, link: url },
    'Si ce n’était pas vous, vous n’avez rien à faire. La personne n’a pas appris que vous avez un compte.',
  ],
})
