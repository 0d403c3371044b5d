/** All words in English. */
import { account } from './english/account.ts'
import { asking } from './english/asking.ts'
import { errors } from './english/errors.ts'
import { events } from './english/events.ts'
import { fields } from './english/fields.ts'
import { inbox } from './english/inbox.ts'
import { links } from './english/links.ts'
import { login } from './english/login.ts'
import { notices } from './english/notices.ts'
import { refusals } from './english/refusals.ts'
import { sessions } from './english/sessions.ts'
import { register } from './english/register.ts'
import { shell } from './english/shell.ts'
import { welcome } from './english/welcome.ts'
import type { Words } from './words.ts'

/** The words. */
export const english: Words = {
  shell,
  fields,
  notices,
  refusals,
  welcome,
  register,
  login,
  asking,
  links,
  inbox,
  errors,
  account,
  sessions,
  events,
}
