/** The page at /login/again: the password once more, before what a borrowed browser must not do. [ASVS 7.5.1] */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Session } from '../../auth/sessions.ts'
import { AuthError } from '../../errors.ts'
import { Text } from '../api/fields.ts'
import { circumstancesOf } from '../circumstances.ts'
import { enter } from '../enter.ts'
import { againPage } from '../pages/account/again.tsx'
import { sendPage, sendRefusal } from '../pages/send.ts'
import { page } from '../pages/shape.ts'
import { doOrShow } from './guard.ts'
import type { AccountSite } from './guard.ts'

const HOUR = 60 * 60_000
const Onwards = z.object({ next: z.unknown().optional().describe('Where to go on to.') })
const OPEN = {
  tags: ['pages'],
  summary: 'Open the page: log in once more',
  querystring: Onwards,
  response: {
    200: page('A form.'),
    303: z.undefined().describe('On, for whoever has just logged in; or to log in first.'),
  },
}
const PROVE = {
  tags: ['pages'],
  summary: 'Post the page: log in once more',
  querystring: Onwards,
  body: z.object({ password: Text.default('') }),
  response: { 303: z.undefined().describe('A new session; on to where `next` says.'), 401: page('A wrong password.') },
}

/** The routes /login/again. */
export const again =
  (site: AccountSite): FastifyPluginAsyncZod =>
  async (app) => {
    const { home, next } = site
    const onwards = (given: unknown): string => next.allowed(given) ?? `${home}account`
    app.get('/', { schema: OPEN }, async (request, reply) =>
      orToLogin(site, request, reply, request.query.next, async (session) => {
        if (isFresh(site, session)) return reply.redirect(onwards(request.query.next), 303)
        const { user } = session
        return sendPage(request, reply, site, (frame) => againPage(frame, user), { user })
      }),
    )
    app.post('/', { schema: PROVE }, async (request, reply) =>
      orToLogin(site, request, reply, request.query.next, async (session) =>
        doOrShow(
          async () => {
            await renew(site, session, request.body.password, request, reply)
            return reply.redirect(onwards(request.query.next), 303)
          },
          async (error) => {
            const { user } = session
            const show = sendRefusal.bind(null, request, reply, site, error)
            return show((frame, refusal) => againPage(frame, user, { code: error.code, refusal }), { user })
          },
        ),
      ),
    )
    return Promise.resolve()
  }

/** Answers whoever is signed in; others log in, which is as good, and go on from there. */
async function orToLogin(
  { auth, cookies, home, next, presses }: AccountSite,
  request: FastifyRequest,
  reply: FastifyReply,
  given: unknown,
  answer: (session: Session) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  return presses.once(request, reply, async () => {
    const session = await auth.sessions.find(cookies.session.read(request.headers.cookie))
    if (session !== null) return answer(session)
    return reply.redirect(`${home}login?next=${encodeURIComponent(next.allowed(given) ?? `${home}account`)}`, 303)
  })
}

/** Whether somebody logged in a short while ago. */
function isFresh({ auth }: AccountSite, session: Session): boolean {
  try {
    auth.sessions.refuseStale(session)
    return true
  } catch (error) {
    if (error instanceof AuthError) return false
    throw error
  }
}

/** Opens a new session in the place of this one, for as long as this one was to last. */
async function renew(
  { auth, cookies, settings }: AccountSite,
  { user, createdAt, expiresAt }: Session,
  password: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const remember = expiresAt.getTime() - createdAt.getTime() > settings.sessions.hours * HOUR
  const loggedIn = await auth.login.withPassword(user.email, password, {
    remember,
    replaces: cookies.session.read(request.headers.cookie),
    device: cookies.device.read(request.headers.cookie),
    from: circumstancesOf(request),
  })
  enter(reply, { cookies }, loggedIn, remember)
}
