/** All letters in French. */
import type { Catalogue } from '../words.ts'
import { confirmEmail } from './confirm-email.ts'
import { deletion } from './deletion.ts'
import { emailChanged } from './email-changed.ts'
import { emailUndo } from './email-undo.ts'
import { failedTries } from './failed-tries.ts'
import { invitation } from './invitation.ts'
import { newDevice } from './new-device.ts'
import { passwordChanged } from './password-changed.ts'
import { passwordStopped } from './password-stopped.ts'
import { registrationTried } from './registration-tried.ts'
import { resetPassword } from './reset-password.ts'
import { verifyEmail } from './verify-email.ts'

/** The French words of letters. The sign \u00a0 is the space that French sets before : ; ? ! and that no line breaks at. */
export const FRENCH: Catalogue = {
  language: 'fr',
  colon: '\u00a0:',
  foot: (name) => `Ce message a été envoyé automatiquement par ${name}`,
  letters: {
    verify_email: verifyEmail,
    registration_tried: registrationTried,
    reset_password: resetPassword,
    invitation,
    password_changed: passwordChanged,
    confirm_email: confirmEmail,
    email_changed: emailChanged,
    email_undo: emailUndo,
    new_device: newDevice,
    failed_tries: failedTries,
    password_stopped: passwordStopped,
    deletion,
  },
}
