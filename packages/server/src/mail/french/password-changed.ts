/** To the owner of an account whose password was changed. */
import type { Wording } from '../words.ts'
import { seen } from './facts.ts'

/** The words of this letter. */
export const passwordChanged: Wording<'password_changed'> = (facts, { name, url }) => ({
  subject: `Votre mot de passe pour ${name} a changé`,
  blocks: [
    `Le mot de passe de votre compte sur ${name} a été changé.`,
    seen(facts),
    'Si c’était vous, vous n’avez rien à faire.',
    'Si ce n’était pas vous, quelqu’un d’autre peut entrer dans votre compte. Choisissez maintenant un nouveau mot de passe\u00a0: cela met fin à toutes les sessions, sur tous les appareils.',
    { label: 'Choisir un nouveau mot de passe', link: `${url}forgot` },
  ],
})
