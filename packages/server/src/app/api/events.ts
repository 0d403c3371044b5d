/** What happened to one's own account. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Auth } from '../../auth/auth.ts'
import type { OwnEvent } from '../../auth/audit.ts'
import type { Cookies } from '../cookies.ts'
import { signedIn } from '../signed-in.ts'
import { NEEDS_SESSION, refusal } from './fields.ts'

/** An event as it is listed to its person. */
export const ListedEvent = z.object({
  at: z.string(),
  event: z.string().describe('Its kind, such as `login.failed`. Kinds may be added, and are never renamed.'),
  outcome: z.enum(['success', 'failure']),
  device: z
    .string()
    .nullable()
    .describe('In a few fixed words, such as `Firefox on Windows`; null where nobody knows.'),
  place: z.string().nullable().describe('The network, such as `203.0.113.0/24`; null where nobody knows.'),
  method: z.string().nullable().describe('By what it was proved: `password`, `link`, `session` or `operator`.'),
  current: z.boolean().describe('Whether it is of the session that asks.'),
})
const LIST = {
  tags: ['events'],
  summary: 'List what happened to my account',
  security: NEEDS_SESSION,
  response: {
    200: z.object({ events: z.array(ListedEvent) }).describe('The latest twenty of each kind, the latest first.'),
    403: refusal('`sessions.required`: no live session came with the request.'),
  },
}

/** The route /events. */
export const events =
  (auth: Auth, cookies: Cookies): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/', { schema: LIST }, async (request) => {
      const session = await signedIn(auth, cookies, request)
      const found = await auth.audit.listOwn(session)
      return { events: found.map((one) => listedEvent(one, session.id)) }
    })
    return Promise.resolve()
  }

/** An event in the names of the interface, its instant in ISO 8601. */
export function listedEvent(
  { at, event, outcome, device, place, method, sessionId }: OwnEvent,
  current: string,
): z.input<typeof ListedEvent> {
  return { at: at.toISOString(), event, outcome, device, place, method, current: sessionId === current }
}
