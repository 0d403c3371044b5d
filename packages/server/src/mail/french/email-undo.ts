/** To the address that an account had until now: its way back. */
import type { Wording } from '../words.ts'
import { days, instant } from './facts.ts'

/** The words of this letter. */
export const emailUndo: Wording<'email_undo'> = (facts, { name }) => ({
  subject: `L’adresse de votre compte sur ${name} a changé`,
  blocks: [
    `Votre compte sur ${name} a désormais une autre adresse e-mail, et c’est là que vont les messages à son sujet.`,
    [['Date', instant(facts.at)]],
    'Si c’était vous, vous n’avez rien à faire.',
    'Si ce n’était pas vous, suivez ce lien pour rendre cette adresse au compte. Son mot de passe, que quelqu’un d’autre connaît peut-être, ne fonctionnera plus\u00a0: choisissez-en ensuite un nouveau.',
    { label: 'Annuler le changement', link: facts.link },
    `Le lien fonctionne une seule fois, pendant ${days(facts.days)}.`,
  ],
})
