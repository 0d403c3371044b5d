/** The page to log in, in French. */
import type { Words } from '../words.ts'

/** The words. */
export const login: Words['login'] = {
  title: 'Connexion',
  remember: 'Garder ma session ouverte sur cet appareil',
  button: 'Se connecter',
  forgot: 'Mot de passe oublié\u00a0?',
  instead: 'Vous connaissez le mot de passe et ne pouvez pas attendre\u00a0?',
  byEmail: 'Choisissez-en un nouveau par e-mail\u00a0: cela ouvre aussitôt la porte.',
  noAccount: 'Pas encore de compte\u00a0?',
  register: 'Créer un compte',
  unverified: 'Adresse à confirmer\u00a0?',
  letter: 'Recevoir un message',
  change: {
    title: 'Choisissez un nouveau mot de passe',
    lead: 'Votre mot de passe est juste, mais il n’est plus assez sûr pour être accepté ici. Saisissez-le encore une fois et choisissez-en un nouveau.',
    button: 'Enregistrer et se connecter',
  },
}
