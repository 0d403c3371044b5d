/** The pages of one's own account, over the same Auth as the interface for programs. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { again } from './account/again.ts'
import { deletion } from './account/deletion.ts'
import { email } from './account/email.ts'
import { events } from './account/events.ts'
import { download } from './account/export.ts'
import { overview } from './account/overview.ts'
import { password } from './account/password.ts'
import { sessions } from './account/sessions.ts'
import type { Site } from './site.ts'

/** The pages below /account, and /login/again. `now` is the clock by which times are told. */
export const account =
  (pages: Site, now: () => Date): FastifyPluginAsyncZod =>
  async (app) => {
    const site = { ...pages, now }
    app.removeContentTypeParser('application/json') // pages post forms
    app.register(overview(site), { prefix: '/account' })
    app.register(password(site), { prefix: '/account/password' })
    app.register(email(site), { prefix: '/account/email' })
    app.register(sessions(site), { prefix: '/account/sessions' })
    app.register(events(site), { prefix: '/account/events' })
    app.register(download(site), { prefix: '/account/export' })
    app.register(deletion(site), { prefix: '/account' })
    app.register(again(site), { prefix: '/login/again' })
    return Promise.resolve()
  }
