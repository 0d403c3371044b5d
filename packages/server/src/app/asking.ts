/** The pages where people ask for a letter: to reset a password, or to verify an email. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AuthError } from '../errors.ts'
import { hasInbox } from '../settings-safety.ts'
import { Text } from './api/fields.ts'
import { circumstancesOf } from './circumstances.ts'
import { keepNext } from './kept-next.ts'
import { ASKING_PAGES, askingPage, handedOutPage, LETTERS, mailboxPage } from './pages/asking.tsx'
import type { Asked } from './pages/asking.tsx'
import { sendPage, sendRefusal } from './pages/send.ts'
import { page } from './pages/shape.ts'
import type { Site } from './site.ts'

/** Puts a reset token into this browser. */
export type HandOut = (reply: FastifyReply, token: string) => void

/** Asks for the letter and answers. */
type Answer = (email: string, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** Adds the pages. Where the settings hand out reset tokens, `handOut` does it. */
export function openAsking(app: FastifyInstance, site: Site, handOut: HandOut): void {
  const { auth, settings } = site
  const sent = hasInbox(settings)
  openPage(app, site, 'reset', async (email, request, reply) => {
    const { token } = await auth.reset.request(email, circumstancesOf(request))
    if (token === null) return toMailbox(request, reply, site, 'reset')
    handOut(reply, token)
    return sendPage(request, reply, site, handedOutPage)
  })
  openPage(app, site, 'verification', async (email, request, reply) => {
    await auth.verification.request(email, circumstancesOf(request))
    return toMailbox(request, reply, site, 'verification')
  })
  const shown = { 200: page('The same for any email.') }
  const querystring = z.looseObject({ for: z.enum(LETTERS).catch('reset') })
  const schema = { tags: ['pages'], summary: 'Read that a letter may be on its way', querystring, response: shown }
  app
    .withTypeProvider<ZodTypeProvider>()
    .get('/mailbox', { schema }, async (request, reply) =>
      sendPage(request, reply, site, (frame) => mailboxPage(frame, request.query.for, sent)),
    )
}

/** Leads to the page that says that a letter may be on its way: nobody asks twice by loading a page again. */
function toMailbox(request: FastifyRequest, reply: FastifyReply, site: Site, asked: Asked): FastifyReply {
  keepNext(reply, site, site.next.allowed((request.query as { readonly next?: unknown }).next))
  return reply.redirect(`${site.home}mailbox?for=${asked}`, 303)
}

/** Adds the two routes of a page. */
function openPage(app: FastifyInstance, site: Site, asked: Asked, answer: Answer): void {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const path = `/${ASKING_PAGES[asked]}`
  const open = {
    tags: ['pages'],
    summary: `Open the page to ask for a letter: ${asked}`,
    response: { 200: page('A form.') },
  }
  routes.get(path, { schema: open }, async (request, reply) =>
    sendPage(request, reply, site, (frame) => askingPage(frame, asked)),
  )

  const told = {
    200: page('Where no letter is needed.'),
    303: z.undefined().describe('On to /mailbox, for any email.'),
    400: page('A refusal of the email.'),
  }
  const body = z.object({ email: Text })
  const post = { tags: ['pages'], summary: `Ask for a letter: ${asked}`, body, response: told }
  routes.post(path, { schema: post }, async (request, reply) => {
    const { email } = request.body
    try {
      return await answer(email, request, reply)
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      return sendRefusal(request, reply, site, error, (frame, refusal) => askingPage(frame, asked, email, refusal))
    }
  })
}
