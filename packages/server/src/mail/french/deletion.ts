/** To the owner of an account that is going to be deleted: its way back. */
import type { Wording } from '../words.ts'
import { instant } from './facts.ts'

/** The words of this letter. */
export const deletion: Wording<'deletion'> = (facts, { name }) => ({
  subject: `Votre compte sur ${name} va être supprimé`,
  blocks: [
    `Votre compte sur ${name} va être supprimé, avec tout ce qui lui appartient. Toutes ses sessions sont terminées.`,
    [['Date de suppression', instant(facts.at)]],
    'Si vous l’avez demandé et le voulez toujours, vous n’avez rien à faire.',
    'Si ce n’était pas vous, ou si vous avez changé d’avis, suivez ce lien avant cette date pour garder le compte.',
    { label: 'Garder le compte', link: facts.link },
    'Si ce n’était pas vous, changez ensuite le mot de passe\u00a0: quelqu’un d’autre le connaît peut-être.',
  ],
})
