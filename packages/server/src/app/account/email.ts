/** The page at /account/email: asking for another email. Nothing changes before the link in its mailbox is followed. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Text } from '../api/fields.ts'
import { circumstancesOf } from '../circumstances.ts'
import { emailPage } from '../pages/account/email.tsx'
import { sendPage, sendRefusal } from '../pages/send.ts'
import { page } from '../pages/shape.ts'
import { asSignedIn, doOrShow } from './guard.ts'
import type { AccountSite } from './guard.ts'
import { PendingEmail } from './pending-email.ts'

const OPEN = {
  tags: ['pages'],
  summary: 'Open the page: change my email',
  response: {
    200: page('A form, and what is pending.'),
    303: z.undefined().describe('On to log in first, or once more.'),
  },
}
const REQUEST = {
  tags: ['pages'],
  summary: 'Post the page: change my email',
  body: z.object({ email: Text.default('') }),
  response: {
    303: z.undefined().describe('A link is on its way; on to this page.'),
    400: page('A refusal of the email.'),
  },
}

/** The routes /account/email. */
export const email =
  (site: AccountSite): FastifyPluginAsyncZod =>
  async (app) => {
    const { auth, home, settings } = site
    const pending = new PendingEmail(settings)
    app.get('/', { schema: OPEN }, async (request, reply) =>
      asSignedIn(site, request, reply, async (session) => {
        auth.sessions.refuseStale(session)
        const asked = pending.find(request, session)
        const { user } = session
        return sendPage(request, reply, site, (frame) => emailPage(frame, settings, { user, asked }), { user })
      }),
    )
    app.post('/', { schema: REQUEST }, async (request, reply) =>
      asSignedIn(site, request, reply, async (session) => {
        const { user } = session
        const { email: typed } = request.body
        return doOrShow(
          async () => {
            const requested = await auth.email.request(session, typed, circumstancesOf(request))
            pending.remember(reply, session, requested.email)
            return reply.redirect(`${home}account/email`, 303)
          },
          async (error) => {
            const asked = pending.find(request, session)
            const shown = { user, asked, typed }
            return sendRefusal(
              request,
              reply,
              site,
              error,
              (frame, refusal) => emailPage(frame, settings, shown, refusal),
              { user },
            )
          },
        )
      }),
    )
    return Promise.resolve()
  }
