/** The root: the contract's greeting for programs, a page for browsers. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { prefersPage } from '../errors.ts'
import { sendPage } from '../pages/send.ts'
import { welcomePage } from '../pages/welcome.tsx'
import type { Site } from '../site.ts'

const Greeting = z.object({ message: z.literal('Bienvenue') }).describe('The greeting.')

/** The route /. */
export const welcome =
  (site: Site): FastifyPluginAsyncZod =>
  async (app) => {
    const isClassic = site.settings.preset === 'classic' // its page tries the requests out
    const schema = {
      tags: ['welcome'],
      summary: 'Be greeted',
      description: 'A browser gets a page instead.',
      response: { 200: Greeting },
    }
    app.get('/', { schema }, async (request, reply) => {
      reply.header('vary', 'accept')
      if (prefersPage(request))
        return sendPage(request, reply, site, (frame) => welcomePage(frame, site.settings), { fetches: isClassic })
      return { message: 'Bienvenue' as const }
    })
    return Promise.resolve()
  }
