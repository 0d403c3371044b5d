/** The pages to make an account, in French. */
import type { Words } from '../words.ts'

/** The words. */
export const register: Words['register'] = {
  title: 'Créer un compte',
  button: 'Créer le compte',
  haveAccount: 'Vous en avez déjà un\u00a0?',
  logIn: 'Se connecter',
  sent: 'Un message vous a été envoyé. Ouvrez son lien et saisissez encore une fois votre mot de passe\u00a0: le compte est alors à vous.',
}
