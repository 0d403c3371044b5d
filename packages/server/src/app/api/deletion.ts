/** Leaving. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Auth } from '../../auth/auth.ts'
import { circumstancesOf } from '../circumstances.ts'
import { clearBrowser } from '../cookies.ts'
import type { Cookies } from '../cookies.ts'
import { signedIn } from '../signed-in.ts'
import { NEEDS_FRESH_SESSION, NEEDS_SESSION, NOT_FRESH, said } from './fields.ts'

const LEAVE = {
  tags: ['deletion'],
  summary: 'Delete my account',
  description: NEEDS_FRESH_SESSION,
  security: NEEDS_SESSION,
  response: {
    200: said('account will be deleted')
      .extend({ delete_at: z.string().describe('When it will be gone.') })
      .describe('Out everywhere at once; a letter has the way back.'),
    403: NOT_FRESH,
  },
}

/** The route /users/me. */
export const deletion =
  (auth: Auth, cookies: Cookies): FastifyPluginAsyncZod =>
  async (app) => {
    app.delete('/', { schema: LEAVE }, async (request, reply) => {
      const session = await signedIn(auth, cookies, request)
      const deleteAt = await auth.deletion.request(session, circumstancesOf(request))
      clearBrowser(reply, cookies)
      const { email } = session.user
      return { email, message: 'account will be deleted' as const, delete_at: deleteAt.toISOString() }
    })
    return Promise.resolve()
  }
