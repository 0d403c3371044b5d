/** Verifying an email. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Auth } from '../../auth/auth.ts'
import { circumstancesOf } from '../circumstances.ts'
import { refusal, said, Text } from './fields.ts'

/** The routes under /email_verification. */
export const verification =
  (auth: Auth): FastifyPluginAsyncZod =>
  async (app) => {
    const sent = z
      .object({ email: z.string() })
      .describe('The same for any email. One that waits to be verified gets a letter.')
    const request = {
      tags: ['verification'],
      summary: 'Ask for another letter',
      body: z.object({ email: Text }),
      response: { 200: sent, 400: refusal('`users.invalid_email`: that is none.') },
    }
    app.post('/', { schema: request }, async (asking) =>
      auth.verification.request(asking.body.email, circumstancesOf(asking)),
    )

    const verified = {
      200: said('email verified').describe('The account is there, under this email.'),
      403: refusal('`verification.invalid_token`, `email.invalid_token`, `verification.wrong_password`.'),
    }
    const complete = {
      tags: ['verification'],
      summary: 'Verify an email',
      description: 'By the token of a mailed link, and the password that was chosen for this email.',
      body: z.object({ token: Text, password: Text }),
      response: verified,
    }
    app.put('/', { schema: complete }, async (request) => {
      const { token, password } = request.body
      const { email } = await auth.verification.complete(token, password, circumstancesOf(request))
      return { email, message: 'email verified' as const }
    })
    return Promise.resolve()
  }
