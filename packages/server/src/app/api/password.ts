/** Changing a password that one knows. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Auth } from '../../auth/auth.ts'
import { circumstancesOf } from '../circumstances.ts'
import type { Cookies } from '../cookies.ts'
import { signedIn } from '../signed-in.ts'
import { NEEDS_SESSION, refusal, said, Text } from './fields.ts'

const CHANGE = {
  tags: ['passwords'],
  summary: 'Change my password',
  security: NEEDS_SESSION,
  body: z.object({
    password: Text.describe('The current one.'),
    new_password: Text,
    end_others: z.enum(['yes', 'no']).default('no').describe('Whether all other sessions are to end.'),
  }),
  response: {
    200: said('Password updated').describe('The password is set, and the owner gets a letter.'),
    400: refusal('A refusal of the new password, or of a field.'),
    403: refusal('`passwords.wrong`: that is not the current one; `sessions.required`.'),
  },
}

/** The route /password. */
export const password =
  (auth: Auth, cookies: Cookies): FastifyPluginAsyncZod =>
  async (app) => {
    app.put('/', { schema: CHANGE }, async (request) => {
      const session = await signedIn(auth, cookies, request)
      const { password: current, new_password: next, end_others: endOthers } = request.body
      const device = cookies.device.read(request.headers.cookie)
      const options = { endOthers: endOthers === 'yes', device, from: circumstancesOf(request) }
      await auth.passwordChange.change(session, current, next, options)
      return { email: session.user.email, message: 'Password updated' as const }
    })
    return Promise.resolve()
  }
