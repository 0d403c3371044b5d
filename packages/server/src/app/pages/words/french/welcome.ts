/** The page at /, in French. */
import type { Words } from '../words.ts'

/** The words. */
export const welcome: Words['welcome'] = {
  title: 'Bienvenue',
  lead: (name) => `Votre compte ${name}\u00a0: créez-en un, ou connectez-vous avec le vôtre.`,
  signedIn: (email) => `Votre session est ouverte avec ${email}.`,
  register: 'Créer un compte',
  logIn: 'Se connecter',
  account: 'Aller à mon compte',
  learn: 'Essayer le service',
  classic:
    'Un service d’authentification tourne ici avec le préréglage classic. Il est fait pour apprendre\u00a0: il donne les jetons de réinitialisation, dit quelles adresses existent et accepte tout mot de passe. N’y gardez pas les comptes de vraies personnes.',
  programs: 'Les programmes qui demandent cette page reçoivent',
  backstage: 'Coulisses',
  backstageLead:
    'montre ce que fait chaque requête\u00a0: chaque étape avec sa ligne dans le code, chaque instruction SQL, chaque ligne avant et après.',
  inbox: 'Boîte de réception',
  inboxLead: 'contient les messages qui auraient été envoyés\u00a0: aucun serveur de messagerie n’est configuré.',
  noScript:
    'Sans JavaScript, ces formulaires n’envoient que GET et POST\u00a0; PUT et DELETE demandent un programme comme curl.',
  noAnswer: 'Le service n’a pas répondu.',
  redirected: 'après une redirection',
  answerTo: (title) => `Réponse à\u00a0: ${title}`,
  tries: {
    register: { title: 'S’inscrire', says: 'Crée un compte.' },
    login: { title: 'Se connecter', says: 'Ouvre une session\u00a0; votre navigateur garde son cookie.' },
    profile: { title: 'Voir qui est connecté', says: 'Répond 403 à qui n’est pas connecté.' },
    logout: { title: 'Se déconnecter', says: 'Termine la session, puis ramène ici.' },
    forgot: { title: 'Demander un jeton', says: 'Avec le préréglage classic, la réponse contient le jeton.' },
    reset: { title: 'Changer le mot de passe', says: 'Dépense le jeton et termine toutes les sessions.' },
  },
}
