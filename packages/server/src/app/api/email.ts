/** Changing one's email. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Auth } from '../../auth/auth.ts'
import { circumstancesOf } from '../circumstances.ts'
import type { Cookies } from '../cookies.ts'
import { signedIn } from '../signed-in.ts'
import { NEEDS_FRESH_SESSION, NEEDS_SESSION, NOT_FRESH, refusal, said, Text } from './fields.ts'

const CHANGE = {
  tags: ['email'],
  summary: 'Change my email',
  description: NEEDS_FRESH_SESSION,
  security: NEEDS_SESSION,
  body: z.object({ email: Text }),
  response: {
    200: said('confirmation sent').describe('The new address gets a link; nothing changes before it is followed.'),
    400: refusal('A refusal of the email.'),
    403: NOT_FRESH,
  },
}

/** The route /email. */
export const email =
  (auth: Auth, cookies: Cookies): FastifyPluginAsyncZod =>
  async (app) => {
    app.put('/', { schema: CHANGE }, async (request) => {
      const session = await signedIn(auth, cookies, request)
      const requested = await auth.email.request(session, request.body.email, circumstancesOf(request))
      return { email: requested.email, message: 'confirmation sent' as const }
    })
    return Promise.resolve()
  }
