/** To the address that an account has from now on. */
import type { Wording } from '../words.ts'
import { instant } from './facts.ts'

/** The words of this letter. */
export const emailChanged: Wording<'email_changed'> = (facts, { name, url }) => ({
  subject: `Ceci est désormais votre adresse pour ${name}`,
  blocks: [
    `Votre compte sur ${name} a désormais cette adresse e-mail. Elle vous sert à vous connecter, et les messages au sujet du compte arrivent ici.`,
    [['Date', instant(facts.at)]],
    { label: `Ouvrir ${name}`, link: url },
    'Si ce n’était pas vous, quelqu’un d’autre peut lire vos messages\u00a0: le changement a été confirmé depuis cette boîte de réception. Changez d’abord le mot de passe de la boîte, puis celui du compte.',
  ],
})
