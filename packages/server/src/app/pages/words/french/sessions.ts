/** The page with one’s sessions, in French. */
import type { Words } from '../words.ts'

/** The words. */
export const sessions: Words['sessions'] = {
  title: 'Vos connexions',
  lead: 'Chacun de ces navigateurs et programmes peut se servir de votre compte.',
  current: 'Cet appareil',
  place: 'Lieu',
  opened: 'Connexion',
  used: 'Dernière activité',
  ends: 'Fin',
  idle: 'Une session inutilisée prend fin plus tôt.',
  more: (count) => `Il y en a ${count} de plus, d’usage moins récent.`,
  end: 'Déconnecter',
  endOthers: 'Déconnecter tous les autres',
  othersHint: 'Seul cet appareil reste connecté.',
  alone: 'Seul cet appareil est connecté.',
  stranger: 'Quelque chose n’est pas à vous\u00a0? Déconnectez-le, puis',
  changePassword: 'changez de mot de passe',
}
