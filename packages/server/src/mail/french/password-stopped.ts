/** To the owner of an account whose password strangers have guessed at until it stopped for them. */
import type { Wording } from '../words.ts'
import { instant } from './facts.ts'

/** The words of this letter. */
export const passwordStopped: Wording<'password_stopped'> = (facts, { name, url }) => ({
  subject: `Votre mot de passe pour ${name} ne fonctionne plus que sur vos appareils`,
  blocks: [
    `Quelqu’un a essayé encore et encore de se connecter à votre compte sur ${name} avec de mauvais mots de passe. Chacun de ces essais a été refusé.`,
    [
      ['Date', instant(facts.at)],
      ['Essais', `${facts.tries}`],
    ],
    'Pour que personne ne puisse continuer à deviner, le mot de passe ne fonctionne plus que dans les navigateurs où vous avez déjà ouvert une session. Si ce n’était pas vous, vous n’avez rien d’autre à faire.',
    'Pour vous connecter avec un autre, choisissez un nouveau mot de passe\u00a0: vous recevrez un message avec un lien, et il fonctionnera de nouveau partout.',
    { label: 'Choisir un nouveau mot de passe', link: `${url}forgot` },
  ],
})
