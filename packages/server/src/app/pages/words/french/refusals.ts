/** What refusals say to people, in French. */
import type { Words } from '../words.ts'

const DEAD = 'Le lien a déjà servi, a expiré ou n’a jamais été valable.'

/** The words, by the code of the refusal. */
export const refusals: Words['refusals'] = {
  'users.email_taken': 'Un compte existe déjà avec cette adresse. Connectez-vous, ou réinitialisez le mot de passe.',
  'users.invalid_email': 'Nous ne pouvons pas accepter cette adresse. Elle ressemble à bob@example.com.',
  'login.invalid': 'Adresse e-mail ou mot de passe incorrect.',
  'login.password_change_required':
    'Ce mot de passe est juste, mais il n’est plus accepté ici. Saisissez-le encore une fois et choisissez-en un nouveau.',
  'passwords.too_short': (length) => `Choisissez un mot de passe plus long\u00a0: au moins ${length} caractères.`,
  'passwords.too_long': 'Ce mot de passe est trop long. Choisissez-en un plus court.',
  'passwords.unusable': 'Ce mot de passe contient un caractère inutilisable. Choisissez-en un autre.',
  'passwords.common': 'Beaucoup de gens ont ce mot de passe. Choisissez-en un auquel personne d’autre ne penserait.',
  'passwords.contextual': 'Ce mot de passe est fait de mots de ce service ou de votre adresse. Choisissez-en un autre.',
  'passwords.breached': 'Ce mot de passe est connu par une fuite ailleurs. Choisissez-en un autre.',
  'passwords.wrong': 'Le mot de passe actuel est incorrect.',
  'passwords.busy': 'Il y a trop de monde en ce moment. Réessayez dans quelques secondes.',
  'sessions.required': 'Connectez-vous d’abord.',
  'sessions.not_fresh': 'Saisissez d’abord votre mot de passe encore une fois.',
  'sessions.unknown': 'Cette session est déjà terminée.',
  'verification.invalid_token': DEAD,
  'verification.wrong_password': 'Ce n’est pas le mot de passe qui va avec ce lien.',
  'email.invalid_token': DEAD,
  'deletion.invalid_token': DEAD,
  'reset.unknown_email': 'Personne n’est inscrit avec cette adresse.',
  'reset.invalid_token': DEAD,
  'limits.exceeded': 'Cela a été essayé trop souvent. Attendez un peu, puis réessayez.',
  'admin.required': 'Réservé à l’administration du service.',
  'admin.unknown_user': 'Cette personne n’existe pas.',
}
