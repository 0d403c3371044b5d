/** The pages where people ask for a letter, in French. */
import type { Words } from '../words.ts'

/** The words. */
export const asking: Words['asking'] = {
  reset: {
    title: 'Mot de passe oublié\u00a0?',
    lead: 'Saisissez l’adresse de votre compte. Un message avec un lien pour choisir un nouveau mot de passe y sera envoyé.',
    sent: 'Si un compte existe pour cette adresse, un message avec un lien est en route.',
  },
  verification: {
    title: 'Un autre message de confirmation',
    lead: 'Un message avec un lien est envoyé à votre adresse, si elle attend d’être confirmée.',
    sent: 'Si cette adresse attend d’être confirmée, un message avec un lien est en route.',
  },
  button: 'Envoyer le message',
  back: 'Retour à la connexion',
  mailbox: 'Regardez votre messagerie',
  patience:
    'Toujours rien après une minute\u00a0? Regardez dans les indésirables et vérifiez l’orthographe de l’adresse. Vous pourrez redemander après cinq minutes\u00a0; les liens déjà reçus restent valables.',
  inbox: 'Aucun serveur de messagerie n’est configuré\u00a0: les messages sont dans la boîte de ce service',
  again: 'Redemander',
  noLetter: 'Aucun message n’est nécessaire',
  handedOut:
    'Ce service est réglé pour donner une réinitialisation à qui la demande, comme le fait le préréglage classic.',
  choose: 'Choisir un nouveau mot de passe',
}
