/** Where people choose the language of the pages. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Text } from './api/fields.ts'
import { LANGUAGES } from './pages/words/words.ts'
import type { Site } from './site.ts'

const COOKIE_SECONDS = 365 * 24 * 60 * 60

/** The route /language. */
export const language =
  ({ languageCookie, next, home }: Site): FastifyPluginAsyncZod =>
  async (app) => {
    app.removeContentTypeParser('application/json') // pages post forms
    const schema = {
      tags: ['pages'],
      summary: 'Choose the language of the pages',
      body: z.object({ language: z.enum(LANGUAGES), back: Text.optional() }),
      response: { 303: z.undefined().describe('Back to the page.') },
    }
    app.post('/language', { schema }, async ({ body }, reply) => {
      languageCookie.write(reply, body.language, COOKIE_SECONDS)
      return reply.redirect(next.ownPath(body.back) ?? home, 303)
    })
    return Promise.resolve()
  }
