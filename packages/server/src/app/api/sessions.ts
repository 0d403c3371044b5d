/** Logging in and out, and the sessions that one has. */
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Auth } from '../../auth/auth.ts'
import type { ListedSession as SessionInList, Session } from '../../auth/sessions.ts'
import { circumstancesOf } from '../circumstances.ts'
import { clearBrowser } from '../cookies.ts'
import type { Cookies } from '../cookies.ts'
import { cameFromFetch } from '../front-door.ts'
import { signedIn } from '../signed-in.ts'
import { Credentials, NEEDS_FRESH_SESSION, NEEDS_SESSION, NOT_FRESH, refusal, said, Text } from './fields.ts'

const Login = Credentials.extend({
  remember: z.enum(['yes', 'no']).default('no').describe('Whether the session outlives the browser.'),
  new_password: Text.optional().describe(
    'Only where the answer was `login.password_change_required`: the one to have from now on.',
  ),
})
const LOGIN = {
  tags: ['sessions'],
  summary: 'Log in',
  body: Login,
  response: {
    200: said('logged in').describe('The session comes as a cookie.'),
    401: refusal('`login.invalid`: email or password is wrong, or the account does not let anybody in.'),
    403: refusal('`login.password_change_required`: right, but no longer taken; send `new_password` too.'),
  },
}
const Which = z
  .looseObject({ others: z.literal('yes').optional().describe('All sessions but this one, after a fresh login.') })
  .refine((query) => Object.keys(query).every((name) => name === 'others' || !/^other/i.test(name))) // a misspelt wish must not log out
const LOGOUT = {
  tags: ['sessions'],
  summary: 'Log out, or end all other sessions',
  security: NEEDS_SESSION,
  querystring: Which,
  response: {
    200: z.object({ message: z.literal('sessions ended'), ended: z.int() }).describe('With `others=yes`.'),
    302: z.undefined().describe('The session has ended; on to GET /.'),
    303: z.undefined().describe('The same, to a `fetch`: a 302 would repeat the DELETE.'),
    403: NOT_FRESH,
  },
}

/** The routes at /sessions. `home` is where a person lands after logging out. */
export const sessions =
  (auth: Auth, cookies: Cookies, home: string): FastifyPluginAsyncZod =>
  async (app) => {
    const closeOthers = async (session: Session, request: FastifyRequest): Promise<number> =>
      auth.sessions.closeOthers(session, cookies.device.read(request.headers.cookie), circumstancesOf(request))
    app.post('/', { schema: LOGIN }, async (request, reply) => {
      const { email, password, remember, new_password: newPassword } = request.body
      const { user, token, device } = await auth.login.withPassword(email, password, {
        remember: remember === 'yes',
        replaces: cookies.session.read(request.headers.cookie),
        device: cookies.device.read(request.headers.cookie),
        newPassword,
        from: circumstancesOf(request),
      })
      cookies.session.write(reply, token, remember === 'yes' ? cookies.rememberedSeconds : null)
      if (device !== null) cookies.device.write(reply, device, cookies.deviceSeconds)
      return { email: user.email, message: 'logged in' as const }
    })
    app.delete('/', { schema: LOGOUT }, async (request, reply) => {
      const session = await signedIn(auth, cookies, request)
      if (request.query.others === 'yes')
        return { message: 'sessions ended' as const, ended: await closeOthers(session, request) }
      await auth.sessions.close(session, circumstancesOf(request))
      clearBrowser(reply, cookies)
      return reply.header('vary', 'origin, sec-fetch-mode').redirect(home, cameFromFetch(request) ? 303 : 302)
    })
    return Promise.resolve()
  }

/** A session as it is listed to its person. */
export const ListedSession = z.object({
  id: z.string().describe('Names the session; nobody gets in with it.'),
  device: z.string().describe('In a few fixed words, such as `Firefox on Windows`.'),
  place: z.string().describe('The network, such as `203.0.113.0/24`.'),
  created_at: z.string(),
  used_at: z.string().describe('To within a few minutes.'),
  expires_at: z.string(),
  current: z.boolean().describe('Whether it is the one that asks.'),
})
const LIST = {
  tags: ['sessions'],
  summary: 'List my sessions',
  security: NEEDS_SESSION,
  response: {
    200: z.object({ sessions: z.array(ListedSession) }).describe('The one that was used last first.'),
    403: refusal('`sessions.required`: no live session came with the request.'),
  },
}
const END = {
  tags: ['sessions'],
  summary: 'End one of my sessions',
  description: NEEDS_FRESH_SESSION,
  security: NEEDS_SESSION,
  params: z.object({ id: z.string() }),
  response: {
    200: z.object({ message: z.literal('session ended') }).describe('It has ended.'),
    403: NOT_FRESH,
    404: refusal('`sessions.unknown`: none of yours has this id.'),
  },
}

/** The routes GET /sessions and DELETE /sessions/:id. */
export const mySessions =
  (auth: Auth, cookies: Cookies): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/', { schema: LIST }, async (request) => {
      const session = await signedIn(auth, cookies, request)
      const found = await auth.sessions.list(session)
      return { sessions: found.map((one) => listed(one, session.id)) }
    })
    app.delete('/:id', { schema: END }, async (request) => {
      const session = await signedIn(auth, cookies, request)
      await auth.sessions.closeOne(session, request.params.id, circumstancesOf(request))
      return { message: 'session ended' as const }
    })
    return Promise.resolve()
  }

/** A session in the names of the interface, instants in ISO 8601. */
export function listed(
  { id, device, place, createdAt, usedAt, expiresAt }: SessionInList,
  current: string,
): z.input<typeof ListedSession> {
  return {
    id,
    device,
    place,
    created_at: createdAt.toISOString(),
    used_at: usedAt.toISOString(),
    expires_at: expiresAt.toISOString(),
    current: id === current,
  }
}
