/** The pages of one’s own account, in French. */
import type { Words } from '../words.ts'

/** The words. */
export const account: Words['account'] = {
  overview: {
    title: 'Votre compte',
    email: 'Adresse e-mail',
    verified: 'Confirmée',
    unverified: 'Pas encore confirmée',
    verify: 'Confirmer cette adresse',
    since: 'Inscription',
    changeEmail: 'Changer d’adresse',
    sessions: {
      title: 'Vos connexions',
      text: 'Voyez vos appareils, et déconnectez ceux dont vous n’avez plus besoin.',
    },
    events: {
      title: 'Activité récente',
      text: 'Voyez les dernières connexions et les derniers changements, même refusés.',
    },
    password: { title: 'Mot de passe', text: 'Choisissez-en un nouveau.' },
    download: { title: 'Vos données', text: 'Emportez une copie de ce qui est enregistré à votre sujet.' },
    deletion: { title: 'Supprimer le compte', text: 'Partez, avec le temps de changer d’avis.' },
  },
  back: 'Revenir à votre compte',
  password: {
    title: 'Changer de mot de passe',
    lead: 'Un message vous confirmera le changement.',
    endOthers: 'Me déconnecter de tous mes autres appareils',
    forgotten: 'Vous avez oublié l’actuel\u00a0?',
    button: 'Changer le mot de passe',
  },
  email: {
    title: 'Changer d’adresse e-mail',
    lead: 'Nous envoyons un lien à la nouvelle adresse. Rien ne change tant que vous ne l’avez pas suivi et tapé votre mot de passe.',
    current: 'Adresse actuelle',
    next: 'Nouvelle adresse e-mail',
    pending: (email, hours) => `Un lien a été envoyé à ${email}. Il fonctionne pendant ${counted(hours, 'heure')}.`,
    nothingYet: 'D’ici là, vous vous connectez avec votre adresse actuelle.',
    undo: (days) =>
      `Votre adresse actuelle reçoit aussi un message, et permet d’annuler le changement pendant ${counted(days, 'jour')}.`,
    button: 'Envoyer le lien',
  },
  download: {
    title: 'Vos données',
    lead: 'Téléchargez ce qui est enregistré à votre sujet, dans un seul fichier lisible par vous et par des programmes (JSON).',
    contents: {
      user: 'votre adresse e-mail et la date de votre inscription',
      password: 'la date de votre mot de passe',
      sessions: 'vos connexions',
      devices: 'les appareils que votre compte connaît',
      events: 'l’activité récente de votre compte',
    },
    secrets:
      'Votre mot de passe n’y figure pas, ni rien qui permette d’entrer dans votre compte. Gardez ce fichier là où personne d’autre ne peut le lire.',
    leftOut:
      'N’y figurent pas non plus une nouvelle adresse qui n’est pas encore confirmée, ni les messages qui attendent d’être envoyés\u00a0: ils pourraient révéler que quelqu’un d’autre a cette adresse.',
    button: 'Télécharger mes données',
  },
  deletion: {
    title: 'Supprimer votre compte',
    lead: 'Voici ce qui va se passer\u00a0:',
    consequences: (days) => [
      'Vos sessions prennent fin aussitôt, sur tous vos appareils.',
      `Plus personne ne peut se connecter et, après ${counted(days, 'jour')}, le compte disparaît pour de bon, avec tout ce qu’il contient.`,
      'Un message avec un lien part vers votre adresse e-mail. Jusque-là, il vous permet de garder le compte.',
    ],
    confirm: 'Oui, je veux supprimer mon compte',
    unconfirmed: 'Cochez cette case si vous voulez vraiment supprimer le compte.',
    rather: 'Télécharger d’abord vos données',
    button: 'Supprimer mon compte',
  },
  leaving: {
    title: 'Votre compte va être supprimé',
    text: (days) =>
      `Votre session est terminée, et le compte disparaîtra dans ${counted(days, 'jour')}. Vous n’avez plus rien à faire.`,
    back: 'Vous avez changé d’avis\u00a0? Suivez le lien du message que nous venons de vous envoyer, et le compte reste tel qu’il était.',
    lost: 'Pas de message\u00a0? Demandez un nouveau mot de passe, et le lien vous sera renvoyé.',
    ask: 'Le renvoyer',
    home: 'Vers la page d’accueil',
  },
  again: {
    title: 'Est-ce toujours vous\u00a0?',
    lead: 'Ce que vous allez faire est important. Tapez donc votre mot de passe encore une fois.',
    forgotten: 'Mot de passe oublié\u00a0?',
    wrong: 'Ce n’est pas votre mot de passe. Vérifiez les majuscules, puis réessayez.',
    outdated: 'Ce mot de passe est juste, mais il n’est plus accepté ici. Choisissez-en d’abord un autre.',
    button: 'Continuer',
  },
}

/** A number with its noun: in French, none of them is singular too. */
function counted(number: number, noun: string): string {
  return `${number} ${noun}${number < 2 ? '' : 's'}`
}
