/** The page to make an account. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AuthError } from '../errors.ts'
import { Credentials } from './api/fields.ts'
import { circumstancesOf } from './circumstances.ts'
import { enter } from './enter.ts'
import { keepNext } from './kept-next.ts'
import { goOn } from './login.ts'
import { registerPage } from './pages/register.tsx'
import { sendPage, sendRefusal } from './pages/send.ts'
import { page } from './pages/shape.ts'
import type { Site } from './site.ts'

const OPEN = {
  tags: ['pages'],
  summary: 'Open the page to make an account',
  response: { 200: page('A form.') },
}
const POST = {
  tags: ['pages'],
  summary: 'Make an account on the page',
  body: Credentials,
  response: {
    303: z.undefined().describe('On: to the mailbox where the email must be verified, else logged in.'),
    400: page('The form, with the refusal.'),
  },
}

/** The routes /register. */
export const register =
  (site: Site): FastifyPluginAsyncZod =>
  async (app) => {
    app.removeContentTypeParser('application/json') // pages post forms
    app.get('/register', { schema: OPEN }, async (request, reply) =>
      sendPage(request, reply, site, (frame) => registerPage(frame)),
    )
    app.post('/register', { schema: POST }, async (request, reply) => {
      const { email, password } = request.body
      try {
        return await site.presses.once(request, reply, async () =>
          registerAndGoOn(site, request, email, password, reply),
        )
      } catch (error) {
        if (!(error instanceof AuthError)) throw error
        return sendRefusal(request, reply, site, error, (frame, refusal) => registerPage(frame, email, refusal))
      }
    })
    return Promise.resolve()
  }

/** Registers. Where the account is there at once, its person is logged in: nobody types the same twice. */
async function registerAndGoOn(
  site: Site,
  request: FastifyRequest,
  email: string,
  password: string,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { auth, cookies, home, next } = site
  const from = circumstancesOf(request)
  const { user } = await auth.users.register(email, password, from)
  if (user === null) {
    keepNext(reply, site, next.allowed((request.query as { readonly next?: unknown }).next))
    return reply.redirect(`${home}mailbox?for=registration`, 303)
  }
  const replaces = cookies.session.read(request.headers.cookie)
  const device = cookies.device.read(request.headers.cookie)
  enter(reply, site, await auth.login.withPassword(email, password, { replaces, device, from }), false)
  return goOn(request, reply, site)
}
