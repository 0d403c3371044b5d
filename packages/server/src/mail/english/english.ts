/** All letters in English. */
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

/** The English words of letters. */
export const ENGLISH: Catalogue = {
  language: 'en',
  colon: ':',
  foot: (name) => `This letter was sent automatically by ${name}`,
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
