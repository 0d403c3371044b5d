/**
 * The inbox for development: a page with the letters that a service without a mail server would have sent. It is there where the glass
 * box is: in classic alone, and only where the service can be reached from this machine alone. Elsewhere its paths are as unknown as any.
 */
import type { FastifyInstance } from 'fastify'
import { hasInbox } from '../settings-safety.ts'
import { HttpError } from './errors.ts'
import { inboxPage } from './pages/inbox.tsx'
import { sendOwnPage } from './pages/send.ts'
import { languageOf } from './pages/words/language.ts'
import type { Site } from './site.ts'
import { refuseStrangers } from './strangers.ts'

const PAGE = '/inbox'
const HIDDEN = { schema: { hide: true } } // neither in openapi.json nor in an Allow

// A letter looks as its own styles say. It loads nothing, runs nothing, sends nothing, and stands in a frame of ours alone.
const LETTER_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"

/** Adds the routes under /inbox to an app whose settings allow it. */
export function openInbox(app: FastifyInstance, { auth, settings, home, languageCookie }: Site): void {
  if (!hasInbox(settings)) return
  app.register(
    async (routes) => {
      routes.addHook('onRequest', refuseStrangers(app, settings, PAGE))
      routes.get('/', HIDDEN, async (request, reply) => {
        const letters = await auth.inbox()
        const language = languageOf(request, languageCookie.read(request.headers.cookie))
        reply.header('content-language', language).header('vary', 'accept-language, cookie')
        return sendOwnPage(reply, (nonce) => inboxPage(letters, { home, nonce, language }), ['frame'])
      })
      routes.get<{ Params: { id: string } }>('/:id', HIDDEN, async ({ params }, reply) => {
        const letter = (await auth.inbox()).find(({ id }) => String(id) === params.id)
        if (letter === undefined) throw new HttpError('http.not_found')
        reply.header('content-security-policy', LETTER_POLICY).type('text/html; charset=utf-8')
        return reply.serializer((html: string) => html).send(letter.html)
      })
      return Promise.resolve()
    },
    { prefix: PAGE },
  )
}
