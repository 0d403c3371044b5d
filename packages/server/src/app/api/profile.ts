/** The profile of who is logged in. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Auth } from '../../auth/auth.ts'
import type { Cookies } from '../cookies.ts'
import { signedIn } from '../signed-in.ts'
import { NEEDS_SESSION, refusal } from './fields.ts'

const Profile = z.object({ email: z.string() }).describe('The email, as written at registration.')

/** The route /profile. */
export const profile =
  (auth: Auth, cookies: Cookies): FastifyPluginAsyncZod =>
  async (app) => {
    const response = { 200: Profile, 403: refusal('`sessions.required`: no live session came with the request.') }
    const schema = { tags: ['sessions'], summary: 'See who is logged in', security: NEEDS_SESSION, response }
    app.get('/', { schema }, async (request) => {
      const { user } = await signedIn(auth, cookies, request)
      return { email: user.email }
    })
    return Promise.resolve()
  }
