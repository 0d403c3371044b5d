/** What a page says first, after something was done, in French. */
import type { Words } from '../words.ts'

/** The words. */
export const notices: Words['notices'] = {
  'logged-out': 'Votre session est terminée sur cet appareil.',
  'password-changed': 'Votre mot de passe est changé.',
  'password-changed-others-ended': 'Votre mot de passe est changé, et tous vos autres appareils sont déconnectés.',
  'session-ended': 'Cette session est terminée.',
  'others-ended': 'Tous vos autres appareils sont déconnectés.',
}
