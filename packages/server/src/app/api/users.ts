/** Registering. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Auth } from '../../auth/auth.ts'
import { Credentials, refusal, said } from './fields.ts'

const EmailTaken = z.object({ message: z.literal('email already registered') })

/** The routes under /users. */
export const users =
  (auth: Auth): FastifyPluginAsyncZod =>
  async (app) => {
    const response = {
      200: said('user created').describe('The account exists.'),
      400: {
        description: 'The email is taken; or, as problem details, a refusal of a field.',
        content: { 'application/json': { schema: EmailTaken }, ...refusal('').content },
      },
    }
    const schema = { tags: ['users'], summary: 'Register', body: Credentials, response }
    app.post('/', { schema }, async (request) => {
      const { email } = await auth.users.register(request.body.email, request.body.password)
      return { email, message: 'user created' as const }
    })
    return Promise.resolve()
  }
