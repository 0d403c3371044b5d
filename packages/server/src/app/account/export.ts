/** The page at /account/export: taking one's data along. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { asJson, Exported, FILE } from '../api/export.ts'
import { circumstancesOf } from '../circumstances.ts'
import { exportPage } from '../pages/account/export.tsx'
import { sendPage } from '../pages/send.ts'
import { page } from '../pages/shape.ts'
import { asSignedIn } from './guard.ts'
import type { AccountSite } from './guard.ts'

const OPEN = {
  tags: ['pages'],
  summary: 'Open the page: my data',
  response: { 200: page('A button.'), 303: z.undefined().describe('On to log in first, or once more.') },
}
const DOWNLOAD = {
  tags: ['pages'],
  summary: 'Post the page: my data',
  body: z.object({}),
  response: { 200: Exported, 303: z.undefined().describe('On to log in first, or once more.') },
}

/** The routes /account/export. */
export const download =
  (site: AccountSite): FastifyPluginAsyncZod =>
  async (app) => {
    const { auth } = site
    app.get('/', { schema: OPEN }, async (request, reply) =>
      asSignedIn(site, request, reply, async (session) => {
        auth.sessions.refuseStale(session)
        const { user } = session
        return sendPage(request, reply, site, (frame) => exportPage(frame), { user })
      }),
    )
    app.post('/', { schema: DOWNLOAD }, async (request, reply) =>
      asSignedIn(site, request, reply, async (session) =>
        reply.headers(FILE).send(asJson(await auth.exports.collect(session, circumstancesOf(request)), session.id)),
      ),
    )
    return Promise.resolve()
  }
