/** Which letters there are, and what each has to be told. Nothing in them is a stranger's words. */

/** What each kind of letter tells. Links are whole addresses; the first link of a letter is the one to follow. */
export interface Letters {
  /** To an address that registered: proves that it is theirs. */
  readonly verify_email: { readonly link: string; readonly hours: number }
  /** To the verified owner of an address with which somebody tried to register. */
  readonly registration_tried: { readonly at: Date; readonly device: string; readonly place: string }
  /** To somebody who forgot the password. */
  readonly reset_password: { readonly link: string; readonly minutes: number }
  /** To somebody whom an operator gave an account. */
  readonly invitation: { readonly link: string; readonly minutes: number }
  /** To the owner of an account whose password was changed. */
  readonly password_changed: { readonly at: Date; readonly device: string; readonly place: string }
  /** To the address that an account is to have from now on: proves that it is theirs. */
  readonly confirm_email: { readonly link: string; readonly hours: number }
  /** To the address that an account has from now on. */
  readonly email_changed: { readonly at: Date }
  /** To the address that an account had until now: its way back. */
  readonly email_undo: { readonly link: string; readonly at: Date; readonly days: number }
  /** To the owner of an account that somebody logged in to from a device that it had not seen. */
  readonly new_device: { readonly at: Date; readonly device: string; readonly place: string }
  /** To the owner of an account at which somebody guesses. */
  readonly failed_tries: { readonly at: Date; readonly tries: number }
  /** To the owner of an account whose password strangers have guessed at until it stopped for them. */
  readonly password_stopped: { readonly at: Date; readonly tries: number }
  /** To the owner of an account that is going to be deleted, and when: its way back. */
  readonly deletion: { readonly link: string; readonly at: Date }
}

/** A kind of letter. */
export type LetterKind = keyof Letters
