/** The pages that links in letters lead to, in French. */
import type { Words } from '../words.ts'

/** The words. */
export const links: Words['links'] = {
  reset: {
    title: 'Choisissez un nouveau mot de passe',
    lead: 'Il remplace l’ancien. Toutes les sessions se terminent, sur tous les appareils.',
    field: 'Nouveau mot de passe',
    button: 'Enregistrer le mot de passe',
    done: (email) => ({
      title: 'Le nouveau mot de passe est en place',
      text: `Toutes les sessions de ${email} sont terminées. Connectez-vous avec le nouveau mot de passe.`,
    }),
    otherwise: 'Sinon, demandez un autre message.',
  },
  verify: {
    title: 'Confirmez votre adresse',
    lead: 'Saisissez le mot de passe que vous avez choisi pour cette adresse. Si vous changez l’adresse de votre compte, saisissez le mot de passe du compte.',
    field: 'Mot de passe',
    button: 'Confirmer l’adresse',
    done: (email) => ({
      title: 'L’adresse est confirmée',
      text: `${email} est l’adresse de votre compte.`,
    }),
    otherwise:
      'Sinon, demandez un autre message\u00a0; si vous changez l’adresse de votre compte, demandez le changement à nouveau.',
  },
  undo: {
    title: 'Reprenez votre compte',
    lead: 'L’adresse de votre compte a été changée. Si ce n’était pas vous, reprenez le compte\u00a0: il retrouve cette adresse, son mot de passe ne fonctionne plus, et toutes les sessions se terminent, sur tous les appareils.',
    field: '',
    button: 'Reprendre le compte',
    done: (email) => ({
      title: 'Le compte est de nouveau à vous',
      text: `Son adresse est de nouveau ${email}, et toutes ses sessions sont terminées. Qui l’a changée connaissait le mot de passe\u00a0: il ne fonctionne plus, choisissez-en un nouveau maintenant.`,
    }),
    otherwise:
      'Si le compte a retrouvé cette adresse, réinitialisez son mot de passe\u00a0; sinon, écrivez à ceux qui gèrent ce service.',
  },
  keep: {
    title: 'Gardez votre compte',
    lead: 'Votre compte va être supprimé. Vous pouvez encore le garder, avec tout ce qui s’y trouve.',
    field: '',
    button: 'Garder le compte',
    done: (email) => ({
      title: 'Votre compte reste',
      text: `Connectez-vous avec ${email} et le même mot de passe qu’avant. Si ce n’est pas vous qui vouliez le supprimer, réinitialisez le mot de passe maintenant\u00a0: quelqu’un d’autre le connaît peut-être.`,
    }),
    otherwise:
      'Si le compte va toujours être supprimé, demander une réinitialisation envoie ce message encore une fois.',
  },
  dead: 'Ce lien ne fonctionne pas',
  deadLead: 'Il a déjà servi, a expiré, ou un changement du compte y a mis fin.',
  lostLead:
    'Ouvrez le lien de votre message, en entier. Cette page marche ensuite pendant dix minutes, et a besoin d’un cookie.',
  logIn: 'Continuer et se connecter',
  account: 'Aller à mon compte',
  goOn: 'Continuer',
  resetPassword: 'Réinitialiser le mot de passe',
  again: 'Demander un autre message',
}
