/** The root: the contract's greeting for programs, a page for browsers. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import Negotiator from 'negotiator'
import { z } from 'zod'
import type { Settings } from '../../settings.ts'
import { sendPage } from '../pages/send.ts'
import { welcomePage } from '../pages/welcome.tsx'

const Greeting = z.object({ message: z.literal('Bienvenue') }).describe('The greeting.')

/** The route /. */
export const welcome =
  (settings: Settings): FastifyPluginAsyncZod =>
  async (app) => {
    const schema = {
      tags: ['welcome'],
      summary: 'Be greeted',
      description: 'A browser gets a page instead.',
      response: { 200: Greeting },
    }
    app.get('/', { schema }, async (request, reply) => {
      reply.header('vary', 'accept')
      const preferred = new Negotiator(request.raw).mediaType(['application/json', 'text/html'])
      if (preferred === 'text/html') return sendPage(reply, (nonce) => welcomePage(settings, nonce))
      return { message: 'Bienvenue' as const }
    })
    return Promise.resolve()
  }
