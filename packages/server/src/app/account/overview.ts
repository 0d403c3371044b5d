/** The page at /account: what stands there about a person, and the way to everything that they can do with it. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { overviewPage } from '../pages/account/overview.tsx'
import { sendPage } from '../pages/send.ts'
import { page } from '../pages/shape.ts'
import { asSignedIn } from './guard.ts'
import type { AccountSite } from './guard.ts'

const OPEN = {
  tags: ['pages'],
  summary: 'Open the page: my account',
  response: { 200: page('What stands there about me.'), 303: z.undefined().describe('On to log in first.') },
}

/** The route /account. */
export const overview =
  (site: AccountSite): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/', { schema: OPEN }, async (request, reply) =>
      asSignedIn(site, request, reply, async ({ user }) =>
        sendPage(request, reply, site, (frame) => overviewPage(frame, user), { user }),
      ),
    )
    return Promise.resolve()
  }
