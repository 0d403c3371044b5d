/** The page at /account/sessions: where one is logged in, and the end of what one does not need or know. */
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Session } from '../../auth/sessions.ts'
import { Text } from '../api/fields.ts'
import { circumstancesOf } from '../circumstances.ts'
import { HttpError } from '../errors.ts'
import { sessionsPage } from '../pages/account/sessions.tsx'
import type { SessionList } from '../pages/account/sessions.tsx'
import { sendPage, sendRefusal } from '../pages/send.ts'
import { page } from '../pages/shape.ts'
import { asSignedIn, doOrShow } from './guard.ts'
import type { AccountSite } from './guard.ts'

const OPEN = {
  tags: ['pages'],
  summary: 'Open the page: my sessions',
  response: { 200: page('The list.'), 303: z.undefined().describe('On to log in first.') },
}
const Wish = z.object({
  session: Text.optional().describe('The one that is to end.'),
  others: z.literal('yes').optional().describe('All but this one.'),
})
const END = {
  tags: ['pages'],
  summary: 'Post the page: my sessions',
  body: Wish,
  response: {
    303: z.undefined().describe('Ended; on to the list. Or on to log in once more.'),
    404: page('None of mine has this id.'),
  },
}

/** The routes /account/sessions. */
export const sessions =
  (site: AccountSite): FastifyPluginAsyncZod =>
  async (app) => {
    const { home } = site
    app.get('/', { schema: OPEN }, async (request, reply) =>
      asSignedIn(site, request, reply, async (session) => {
        const { user } = session
        const list = await listFor(site, session)
        return sendPage(request, reply, site, (frame) => sessionsPage(frame, list), { user })
      }),
    )
    app.post('/', { schema: END }, async (request, reply) =>
      asSignedIn(site, request, reply, async (session) => {
        const { user } = session
        return doOrShow(
          async () => reply.redirect(`${home}account/sessions?notice=${await end(site, session, request)}`, 303),
          async (error) => {
            const list = await listFor(site, session)
            return sendRefusal(request, reply, site, error, (frame, refusal) => sessionsPage(frame, list, refusal), {
              user,
            })
          },
        )
      }),
    )
    return Promise.resolve()
  }

/** What the page lists for whoever asks. */
async function listFor({ auth, settings, now }: AccountSite, session: Session): Promise<SessionList> {
  const { hours, idleMinutes, rememberedDays, rememberedIdleDays } = settings.sessions
  const idleEnds = idleMinutes < hours * 60 || rememberedIdleDays < rememberedDays
  return { current: session.id, sessions: await auth.sessions.list(session), idleEnds, now: now() }
}

/** Ends what the form names: one, or all others. Resolves to the name of what to say of it. */
async function end(
  { auth, cookies }: AccountSite,
  session: Session,
  request: FastifyRequest<{ Body: z.infer<typeof Wish> }>,
): Promise<'session-ended' | 'others-ended'> {
  const { session: id, others } = request.body
  const from = circumstancesOf(request)
  if ((id === undefined) === (others === undefined)) throw new HttpError('http.missing_field', { field: 'session' })
  if (id === undefined) {
    await auth.sessions.closeOthers(session, cookies.device.read(request.headers.cookie), from)
    return 'others-ended'
  }
  await auth.sessions.closeOne(session, id, from)
  return 'session-ended'
}
