/** The page with what happened to one’s account, in French. */
import type { Words } from '../words.ts'

/** The words. */
export const events: Words['events'] = {
  title: 'Activité récente',
  lead: 'Les connexions et les changements de votre compte, du plus récent au plus ancien.',
  none: 'Rien n’a encore été noté.',
  current: 'Cette connexion',
  times: (count) => `${count} fois`,
  stranger: 'L’une de ces lignes ne vient pas de vous\u00a0? Alors',
  changePassword: 'changez de mot de passe',
  what: {
    'users.registered': 'Le compte a été créé',
    'users.registration_refused': 'Quelqu’un a tenté de s’inscrire avec votre adresse',
    'login.succeeded': 'Une connexion avec votre mot de passe',
    'login.failed': 'Une connexion a été refusée',
    'login.password_change_required': 'Le mot de passe donné était juste, mais il fallait d’abord en changer',
    'login.stopped':
      'Après de nombreux mots de passe faux, les appareils inconnus sont écartés jusqu’à ce que vous en choisissiez un nouveau',
    'sessions.ended': 'Un appareil a été déconnecté',
    'sessions.moved': 'Une session a continué depuis un autre appareil ou réseau',
    'sessions.others_ended': 'Tous les autres appareils ont été déconnectés',
    'sessions.all_ended': 'Tous les appareils ont été déconnectés',
    'passwords.changed': 'Le mot de passe a été changé',
    'passwords.change_failed': 'Un changement de mot de passe a été refusé',
    'reset.requested': 'Quelqu’un a demandé un lien pour choisir un nouveau mot de passe',
    'reset.completed': 'Un nouveau mot de passe a été choisi grâce au lien d’un message',
    'verification.completed': 'L’adresse e-mail a été confirmée',
    'email.change_requested': 'Un changement d’adresse a été demandé',
    'email.changed': 'L’adresse e-mail a été changée',
    'email.change_failed': 'Un changement d’adresse a été refusé',
    'email.undone': 'Un changement d’adresse a été annulé',
    'deletion.requested': 'La suppression du compte a été demandée',
    'deletion.taken_back': 'Le compte est finalement conservé',
    'export.made': 'Vos données ont été téléchargées',
    'admin.disabled': 'Le compte a été désactivé par les responsables du service',
    'admin.enabled': 'Le compte a été réactivé',
    'admin.granted': 'Vous avez reçu les droits d’administration',
    'admin.revoked': 'Vous n’avez plus les droits d’administration',
    'admin.reset_started': 'Les responsables du service vous ont envoyé un lien pour choisir un nouveau mot de passe',
    'admin.sessions_ended': 'Les responsables du service ont déconnecté tous vos appareils',
  },
}
