/** Forgotten passwords. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Auth } from '../../auth/auth.ts'
import { circumstancesOf } from '../circumstances.ts'
import { refusal, said, Text } from './fields.ts'

const Requested = z
  .object({ email: z.string(), reset_token: z.string().optional().describe('In classic alone.') })
  .describe('In classic the token; in hardened the same for any email, and a letter to its owner.')
const NewPassword = z.object({ email: Text, reset_token: Text, new_password: Text })

/** The routes under /reset_password. */
export const reset =
  (auth: Auth): FastifyPluginAsyncZod =>
  async (app) => {
    const asked = {
      200: Requested,
      403: refusal('`reset.unknown_email`: nobody is registered with this email. In classic alone.'),
    }
    const request = {
      tags: ['reset'],
      summary: 'Ask for a reset token',
      body: z.object({ email: Text }),
      response: asked,
    }
    app.post('/', { schema: request }, async (asking) => {
      const { email, token } = await auth.reset.request(asking.body.email, circumstancesOf(asking))
      return { email, ...(token !== null && { reset_token: token }) }
    })

    const completed = {
      200: said('Password updated').describe('The password is set, and every session of this person has ended.'),
      400: refusal('A refusal of the new password, or of a field.'),
      403: refusal('`reset.invalid_token`: the token is wrong, used up, expired, or not for this email.'),
    }
    const complete = { tags: ['reset'], summary: 'Set a new password', body: NewPassword, response: completed }
    app.put('/', { schema: complete }, async (request) => {
      const { email: given, reset_token: token, new_password: password } = request.body
      const { email } = await auth.reset.complete(given, token, password, circumstancesOf(request))
      return { email, message: 'Password updated' as const }
    })
    return Promise.resolve()
  }
