/** Everything that pages say, one group for each page. The English groups are the model: what another language leaves out, the compiler names. */
import type { account } from './english/account.ts'
import type { asking } from './english/asking.ts'
import type { errors } from './english/errors.ts'
import type { events } from './english/events.ts'
import type { fields } from './english/fields.ts'
import type { inbox } from './english/inbox.ts'
import type { links } from './english/links.ts'
import type { login } from './english/login.ts'
import type { notices } from './english/notices.ts'
import type { refusals } from './english/refusals.ts'
import type { sessions } from './english/sessions.ts'
import type { register } from './english/register.ts'
import type { shell } from './english/shell.ts'
import type { welcome } from './english/welcome.ts'

export { LANGUAGES } from '../../../language.ts'
export type { Language } from '../../../language.ts'

/** The words of one language. */
export interface Words {
  /** What stands around every page. */
  readonly shell: typeof shell
  /** What several forms have. */
  readonly fields: typeof fields
  /** What a page says first, after something was done. */
  readonly notices: typeof notices
  readonly refusals: typeof refusals
  readonly welcome: typeof welcome
  readonly register: typeof register
  readonly login: typeof login
  readonly asking: typeof asking
  readonly links: typeof links
  readonly inbox: typeof inbox
  readonly errors: typeof errors
  readonly account: typeof account
  readonly sessions: typeof sessions
  readonly events: typeof events
}
