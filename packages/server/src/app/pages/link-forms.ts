/** What the pages that links in letters lead to ask for, and where they lead on to. What they say is in words/. */
import type { LinkKind } from '../../auth/links.ts'
import type { FieldProps } from './field.tsx'
import type { Words } from './words/words.ts'

/** Where a page leads on to: a path of ours, and what the link to it says. */
export interface Onward {
  readonly path: string
  readonly text: keyof Pick<Words['links'], 'logIn' | 'account' | 'goOn' | 'resetPassword' | 'again'>
}

/** What one page asks for. */
export interface LinkForm {
  /** The password that it asks for; null where the link is enough. */
  readonly field: Pick<FieldProps, 'name' | 'autocomplete'> | null
  /** Where to go on to after it is done. */
  readonly next: readonly Onward[]
  /** Where to go when the link does not work. */
  readonly again: Onward
}

const LOG_IN: Onward = { path: 'login', text: 'logIn' }
const RESET: Onward = { path: 'forgot', text: 'resetPassword' }
const FORGOT: Onward = { path: 'forgot', text: 'again' }

/** What each page asks for. */
export const LINK_FORMS: Readonly<Record<LinkKind, LinkForm>> = {
  reset: { field: { name: 'new_password', autocomplete: 'new-password' }, next: [LOG_IN], again: FORGOT },
  verify: {
    field: { name: 'password', autocomplete: 'current-password' },
    next: [LOG_IN],
    again: { path: 'verify/again', text: 'again' },
  },
  undo: { field: null, next: [RESET], again: RESET },
  keep: { field: null, next: [LOG_IN, RESET], again: FORGOT },
}
