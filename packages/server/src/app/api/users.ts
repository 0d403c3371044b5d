/** Registering. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Auth } from '../../auth/auth.ts'
import { circumstancesOf } from '../circumstances.ts'
import { Credentials, refusal, said } from './fields.ts'

const EmailTaken = z.object({ message: z.literal('email already registered') })

/** The routes under /users. */
export const users =
  (auth: Auth): FastifyPluginAsyncZod =>
  async (app) => {
    const response = {
      200: said('user created').describe(
        'In classic the account exists; in hardened, taken or not, the email has a letter.',
      ),
      400: {
        description: 'In classic: the email is taken. Or, as problem details, a refusal of a field.',
        content: { 'application/json': { schema: EmailTaken }, ...refusal('').content },
      },
    }
    const schema = { tags: ['users'], summary: 'Register', body: Credentials, response }
    app.post('/', { schema }, async (request) => {
      const { email, password } = request.body
      const registration = await auth.users.register(email, password, circumstancesOf(request))
      return { email: registration.email, message: 'user created' as const }
    })
    return Promise.resolve()
  }
