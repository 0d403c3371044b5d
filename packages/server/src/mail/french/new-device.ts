/** To the owner of an account that somebody logged in to from a device that it had not seen. */
import type { Wording } from '../words.ts'
import { seen } from './facts.ts'

/** The words of this letter. */
export const newDevice: Wording<'new_device'> = (facts, { name, url }) => ({
  subject: `Un nouvel appareil s’est connecté à votre compte sur ${name}`,
  blocks: [
    `Quelqu’un s’est connecté à votre compte sur ${name} depuis un appareil qui n’y avait encore jamais été vu.`,
    seen(facts),
    'Si c’était vous, vous n’avez rien à faire.',
    'Si ce n’était pas vous, quelqu’un d’autre connaît votre mot de passe. Changez-le maintenant\u00a0: cela met fin à toutes les sessions, sur tous les appareils.',
    { label: 'Choisir un nouveau mot de passe', link: `${url}forgot` },
  ],
})
