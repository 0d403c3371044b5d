/** Taking one's data along. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Auth } from '../../auth/auth.ts'
import type { ExportedAccount } from '../../auth/export.ts'
import { circumstancesOf } from '../circumstances.ts'
import type { Cookies } from '../cookies.ts'
import { signedIn } from '../signed-in.ts'
import { NEEDS_FRESH_SESSION, NEEDS_SESSION, NOT_FRESH } from './fields.ts'
import { ListedEvent, listedEvent } from './events.ts'
import { ListedSession, listed } from './sessions.ts'

/** An export as programs and people get it. */
export const Exported = z
  .object({
    exported_at: z.string(),
    user: z.object({
      id: z.int(),
      email: z.string(),
      email_verified: z.boolean(),
      created_at: z.string(),
      admin: z.boolean(),
    }),
    password: z.object({ set_at: z.string() }).nullable().describe('The hash stays here: it is a secret.'),
    sessions: z.array(ListedSession),
    devices: z.array(z.object({ created_at: z.string(), used_at: z.string() })),
    events: z.array(ListedEvent).describe('The latest thousand of each kind of those that are kept.'),
  })
  .describe('What is stored of me, without secrets, emails that are not confirmed, and letters that wait to be sent.')
/** What browsers do with it: keep it in a file, under a name that is fixed, whatever the client says. [ASVS 5.4.1] */
export const FILE = { 'content-disposition': 'attachment; filename="bienvenue-export.json"' }
const EXPORT = {
  tags: ['export'],
  summary: 'Export my data',
  description: NEEDS_FRESH_SESSION,
  security: NEEDS_SESSION,
  response: { 200: Exported, 403: NOT_FRESH },
}

/** The route /export. */
export const exported =
  (auth: Auth, cookies: Cookies): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/', { schema: EXPORT }, async (request, reply) => {
      const session = await signedIn(auth, cookies, request)
      reply.headers(FILE)
      return asJson(await auth.exports.collect(session, circumstancesOf(request)), session.id)
    })
    return Promise.resolve()
  }

/** An export in the names of the interface, instants in ISO 8601. */
export function asJson(account: ExportedAccount, current: string): z.input<typeof Exported> {
  const { user } = account
  return {
    exported_at: account.exportedAt.toISOString(),
    user: {
      id: user.id,
      email: user.email,
      email_verified: user.emailVerified,
      created_at: user.createdAt.toISOString(),
      admin: account.isAdmin,
    },
    password: account.passwordSetAt === null ? null : { set_at: account.passwordSetAt.toISOString() },
    sessions: account.sessions.map((session) => listed(session, current)),
    devices: account.devices.map(({ createdAt, usedAt }) => ({
      created_at: createdAt.toISOString(),
      used_at: usedAt.toISOString(),
    })),
    events: account.events.map((event) => listedEvent(event, current)),
  }
}
