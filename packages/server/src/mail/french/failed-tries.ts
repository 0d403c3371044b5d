/** To the owner of an account at which somebody guesses. */
import type { Wording } from '../words.ts'
import { instant } from './facts.ts'

/** The words of this letter. */
export const failedTries: Wording<'failed_tries'> = (facts, { name, url }) => ({
  subject: `Nombreux essais de connexion à votre compte sur ${name}`,
  blocks: [
    `Quelqu’un a essayé de se connecter à votre compte sur ${name} avec de mauvais mots de passe. Chacun de ces essais a été refusé.`,
    [
      ['Date', instant(facts.at)],
      ['Essais', `${facts.tries}`],
    ],
    'Vous n’avez rien à faire si votre mot de passe est long et ne vous sert nulle part ailleurs. Si vous avez un doute, changez-le.',
    { label: 'Choisir un nouveau mot de passe', link: `${url}forgot` },
  ],
})
