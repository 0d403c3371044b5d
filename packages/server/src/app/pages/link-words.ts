/** The words of the pages that links in letters lead to. */
import type { LinkKind } from '../../auth/links.ts'
import type { FieldProps } from './field.tsx'

/** Where a page leads on to: a path of ours, and what the link to it says. */
export interface Onward {
  readonly path: string
  readonly text: string
}

/** What was done. */
interface Done {
  readonly title: string
  readonly text: string
  readonly next: readonly Onward[]
}

/** The words of one page. */
export interface LinkWords {
  readonly title: string
  readonly lead: string
  /** The password that it asks for; null where the link is enough. */
  readonly field: Pick<FieldProps, 'name' | 'label' | 'autocomplete'> | null
  readonly button: string
  readonly done: (email: string) => Done
  /** What to do when the link does not work. */
  readonly otherwise: string
  readonly again: Onward
}

const LOG_IN: Onward = { path: '', text: 'Go on and log in' }
const RESET: Onward = { path: 'forgot', text: 'Reset the password' }

/** The words of each page. */
export const LINK_WORDS: Readonly<Record<LinkKind, LinkWords>> = {
  reset: {
    title: 'Choose a new password',
    lead: 'It takes the place of the old one. All sessions end, on every device.',
    field: { name: 'new_password', label: 'New password', autocomplete: 'new-password' },
    button: 'Set the new password',
    done: (email) => ({
      title: 'The new password is set',
      text: `All sessions of ${email} have ended. Log in with the new password.`,
      next: [LOG_IN],
    }),
    otherwise: 'Otherwise ask for another letter.',
    again: { path: 'forgot', text: 'Ask for another letter' },
  },
  verify: {
    title: 'Verify your email',
    lead: 'Type the password that you chose for this email. If you are changing the email of your account, type the password of the account.',
    field: { name: 'password', label: 'Password', autocomplete: 'current-password' },
    button: 'Verify the email',
    done: (email) => ({
      title: 'The email is verified',
      text: `${email} is shown to be yours. You can log in with it.`,
      next: [LOG_IN],
    }),
    otherwise:
      'Otherwise ask for another letter; if you are changing the email of your account, ask for the change again.',
    again: { path: 'verify/again', text: 'Ask for another letter' },
  },
  undo: {
    title: 'Take your account back',
    lead: 'The email of your account was changed. If it was not you, take the account back: it gets this email again, and all sessions end, on every device.',
    field: null,
    button: 'Take the account back',
    done: (email) => ({
      title: 'The account is yours again',
      text: `Its email is ${email} again, and all its sessions have ended. Whoever changed it knew the password, so reset the password now.`,
      next: [RESET],
    }),
    otherwise: 'If the account has this email again, reset its password; else write to those who run this service.',
    again: RESET,
  },
  keep: {
    title: 'Keep your account',
    lead: 'Your account is going to be deleted. You can still keep it, with all that belongs to it.',
    field: null,
    button: 'Keep the account',
    done: (email) => ({
      title: 'Your account stays',
      text: `Log in as ${email}, with the same password as before. If it was not you who wanted it deleted, reset the password now: somebody else may know it.`,
      next: [LOG_IN, RESET],
    }),
    otherwise: 'If the account is still going to be deleted, asking for a reset sends this letter once more.',
    again: { path: 'forgot', text: 'Ask for another letter' },
  },
}
