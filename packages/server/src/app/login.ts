/** The page to log in. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AuthError } from '../errors.ts'
import { Text } from './api/fields.ts'
import { circumstancesOf } from './circumstances.ts'
import { enter } from './enter.ts'
import { changeAtLoginPage, loginPage } from './pages/login.tsx'
import { sendPage, sendRefusal } from './pages/send.ts'
import { page } from './pages/shape.ts'
import type { Site } from './site.ts'

const Form = z.object({
  email: Text,
  password: Text,
  remember: z.enum(['yes', 'no']).default('no'),
  new_password: Text.optional(),
})
const OPEN = {
  tags: ['pages'],
  summary: 'Open the page to log in',
  querystring: z.looseObject({
    next: z.unknown().optional().describe('Where to go on to; ignored if it is not on the list.'),
  }),
  response: { 200: page('A form.'), 303: z.undefined().describe('On, because somebody is logged in already.') },
}
const POST = {
  tags: ['pages'],
  summary: 'Log in on the page',
  body: Form,
  response: {
    303: z.undefined().describe('On to `next`, or to the account.'),
    401: page('The form, with the refusal.'),
    403: page('The form for a new password.'),
  },
}

/** The routes /login. */
export const login =
  (site: Site): FastifyPluginAsyncZod =>
  async (app) => {
    app.removeContentTypeParser('application/json') // pages post forms
    app.get('/login', { schema: OPEN }, async (request, reply) => {
      const session = await site.auth.sessions.find(site.cookies.session.read(request.headers.cookie))
      if (session !== null) return goOn(request, reply, site)
      return sendPage(request, reply, site, (frame) => loginPage(frame), { user: null })
    })
    app.post('/login', { schema: POST }, async (request, reply) => {
      try {
        return await site.presses.once(request, reply, async () => logIn(site, request, request.body, reply))
      } catch (error) {
        if (!(error instanceof AuthError)) throw error
        return refuse(site, request, request.body, error, reply)
      }
    })
    return Promise.resolve()
  }

/** Logs in and leads on. [ASVS 3.7.2] */
async function logIn(
  site: Site,
  request: FastifyRequest,
  { email, password, remember, new_password: newPassword }: z.output<typeof Form>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { auth, cookies } = site
  const loggedIn = await auth.login.withPassword(email, password, {
    remember: remember === 'yes',
    replaces: cookies.session.read(request.headers.cookie),
    device: cookies.device.read(request.headers.cookie),
    newPassword,
    from: circumstancesOf(request),
  })
  enter(reply, site, loggedIn, remember === 'yes')
  return goOn(request, reply, site)
}

/** Leads on to where `next` says, or to the account; what was kept for after a letter is used up. */
export function goOn(request: FastifyRequest, reply: FastifyReply, { next, home, nextCookie }: Site): FastifyReply {
  const { next: given } = request.query as { readonly next?: unknown }
  if (nextCookie.read(request.headers.cookie) !== null) nextCookie.clear(reply)
  return reply.redirect(next.allowed(given) ?? `${home}account`, 303)
}

/** Shows the form once more: with a second field where the password has to be changed first. */
async function refuse(
  site: Site,
  request: FastifyRequest,
  { email, remember, new_password: newPassword }: z.output<typeof Form>,
  error: AuthError,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const typed = { email, remember: remember === 'yes' }
  const isFirst = error.code === 'login.password_change_required'
  const changes = isFirst || (newPassword !== undefined && error.code.startsWith('passwords.'))
  return sendRefusal(
    request,
    reply,
    site,
    error,
    (frame, refusal) =>
      changes ? changeAtLoginPage(frame, typed, isFirst ? null : refusal) : loginPage(frame, typed, refusal),
    { user: null },
  )
}
