/** All words in French. */
import { account } from './french/account.ts'
import { asking } from './french/asking.ts'
import { errors } from './french/errors.ts'
import { events } from './french/events.ts'
import { fields } from './french/fields.ts'
import { inbox } from './french/inbox.ts'
import { links } from './french/links.ts'
import { login } from './french/login.ts'
import { notices } from './french/notices.ts'
import { refusals } from './french/refusals.ts'
import { sessions } from './french/sessions.ts'
import { register } from './french/register.ts'
import { shell } from './french/shell.ts'
import { welcome } from './french/welcome.ts'
import type { Words } from './words.ts'

/** The words. */
export const french: Words = {
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
