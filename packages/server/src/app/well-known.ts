/** Where password managers find the page that changes a password: they ask every site at this one address (W3C, A Well-Known URL for Changing Passwords). */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Site } from './site.ts'

const OPEN = {
  tags: ['pages'],
  summary: 'Find the page: change my password',
  response: { 302: z.undefined().describe('On to that page.') },
}

/** The route /.well-known/change-password. */
export const wellKnown =
  ({ home }: Site): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/.well-known/change-password', { schema: OPEN }, async (_request, reply) =>
      reply.redirect(`${home}account/password`, 302),
    )
    return Promise.resolve()
  }
