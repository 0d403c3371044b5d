/** For apps: who is this? Also as headers, for proxies that ask before they let a request through. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Auth } from '../../auth/auth.ts'
import { mailAddress } from '../../email.ts'
import type { Cookies } from '../cookies.ts'
import { HttpError } from '../errors.ts'
import { NEEDS_SESSION, refusal } from './fields.ts'

const Current = z
  .object({
    id: z.int(),
    email: z.string(),
    email_verified: z.boolean(),
    created_at: z.string(),
    session: z.object({ id: z.string(), created_at: z.string(), expires_at: z.string() }),
  })
  .describe('Who is logged in. The headers `X-User-Id` and `X-User-Email` say the same.')

/** The route /session. */
export const session =
  (auth: Auth, cookies: Cookies): FastifyPluginAsyncZod =>
  async (app) => {
    const response = { 200: Current, 401: refusal('`http.unauthenticated`: no live session came with the request.') }
    const schema = { tags: ['apps'], summary: 'See whose session this is', security: NEEDS_SESSION, response }
    app.get('/', { schema }, async ({ headers }, reply) => {
      const found = await auth.sessions.find(cookies.session.read(headers.cookie))
      if (found === null) throw new HttpError('http.unauthenticated')
      const { id, user, createdAt, expiresAt } = found
      reply.headers({ 'x-user-id': user.id, 'x-user-email': mailAddress(user.email) }) // headers are ASCII: the domain goes in A-labels
      return {
        id: user.id,
        email: user.email,
        email_verified: user.emailVerified,
        created_at: user.createdAt.toISOString(),
        session: { id, created_at: createdAt.toISOString(), expires_at: expiresAt.toISOString() },
      }
    })
    return Promise.resolve()
  }
