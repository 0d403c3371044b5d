/** The page at /account/events: what happened to one's account lately. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { eventsPage } from '../pages/account/events.tsx'
import { sendPage } from '../pages/send.ts'
import { page } from '../pages/shape.ts'
import { asSignedIn } from './guard.ts'
import type { AccountSite } from './guard.ts'

const OPEN = {
  tags: ['pages'],
  summary: 'Open the page: what happened',
  response: { 200: page('The list.'), 303: z.undefined().describe('On to log in first.') },
}

/** The route /account/events. */
export const events =
  (site: AccountSite): FastifyPluginAsyncZod =>
  async (app) => {
    const { auth, now } = site
    app.get('/', { schema: OPEN }, async (request, reply) =>
      asSignedIn(site, request, reply, async (session) => {
        const { user } = session
        const list = { current: session.id, events: await auth.audit.listOwn(session), now: now() }
        return sendPage(request, reply, site, (frame) => eventsPage(frame, list), { user })
      }),
    )
    return Promise.resolve()
  }
