/** What stands around every page, in French. */
import type { Words } from '../words.ts'

/** The words. */
export const shell: Words['shell'] = {
  skip: 'Aller au contenu',
  navigation: 'Votre compte',
  account: 'Compte',
  logIn: 'Se connecter',
  logOut: 'Se déconnecter',
  signedInAs: (email) => `Session de ${email}`,
  language: 'Langue',
  change: 'Changer',
  notYet: (title) => `Pas encore\u00a0: ${title}`,
}
