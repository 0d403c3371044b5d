/** What several forms have, in French. */
import type { Words } from '../words.ts'

/** The words. */
export const fields: Words['fields'] = {
  email: 'Adresse e-mail',
  password: 'Mot de passe',
  currentPassword: 'Mot de passe actuel',
  newPassword: 'Nouveau mot de passe',
  show: 'Afficher',
  hide: 'Masquer',
  showPassword: 'Afficher le mot de passe',
  hidePassword: 'Masquer le mot de passe',
  passwordHint: (length) =>
    `Au moins ${length} caractères. Quelques mots sans rapport entre eux sont faciles à retenir.`,
  counted: (length) => `{typed} caractères sur ${length}`,
  enough: 'Assez long',
}
