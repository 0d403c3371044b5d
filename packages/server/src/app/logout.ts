/** The button to log out, which stands on every page. [ASVS 7.4.4] */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { circumstancesOf } from './circumstances.ts'
import { clearBrowser } from './cookies.ts'
import type { Site } from './site.ts'

/** The route /logout. */
export const logout =
  ({ auth, cookies, home }: Site): FastifyPluginAsyncZod =>
  async (app) => {
    app.removeContentTypeParser('application/json') // pages post forms
    const response = { 303: z.undefined().describe('To the page to log in.') }
    const schema = { tags: ['pages'], summary: 'Log out on a page', response }
    app.post('/logout', { schema }, async (request, reply) => {
      const session = await auth.sessions.find(cookies.session.read(request.headers.cookie))
      if (session !== null) await auth.sessions.close(session, circumstancesOf(request))
      clearBrowser(reply, cookies) // also without a session: the browser is to hold nothing of it
      return reply.redirect(`${home}login?notice=logged-out`, 303)
    })
    return Promise.resolve()
  }
