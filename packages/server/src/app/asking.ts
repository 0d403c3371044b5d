/** The pages where people ask for a letter: to reset a password, or to verify an email. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Auth } from '../auth/auth.ts'
import { AuthError } from '../errors.ts'
import { hasInbox } from '../settings-safety.ts'
import type { Settings } from '../settings.ts'
import { Text } from './api/fields.ts'
import { askedPage, ASKING_PAGES, askingPage, handedOutPage } from './pages/asking.tsx'
import type { Asked } from './pages/asking.tsx'
import { sentenceFor } from './pages/refusals.ts'
import { sendPage, sendRefusal } from './pages/send.ts'
import { page } from './pages/shape.ts'

/** Puts a reset token into this browser. */
export type HandOut = (reply: FastifyReply, token: string) => void

/** Adds the pages. Where the settings hand out reset tokens, `handOut` does it. */
export function openAsking(app: FastifyInstance, auth: Auth, settings: Settings, home: string, handOut: HandOut): void {
  const sent = hasInbox(settings)
  openPage(app, 'reset', home, async (email, reply) => {
    const { token } = await auth.reset.request(email)
    if (token === null) return sendPage(reply, askedPage('reset', home, sent), [])
    handOut(reply, token)
    return sendPage(reply, handedOutPage(home), [])
  })
  openPage(app, 'verification', home, async (email, reply) => {
    await auth.verification.request(email)
    return sendPage(reply, askedPage('verification', home, sent), [])
  })
}

/** Adds the two routes of a page. */
function openPage(
  app: FastifyInstance,
  asked: Asked,
  home: string,
  answer: (email: string, reply: FastifyReply) => Promise<FastifyReply>,
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const path = `/${ASKING_PAGES[asked]}`
  const open = {
    tags: ['pages'],
    summary: `Open the page to ask for a letter: ${asked}`,
    response: { 200: page('A form.') },
  }
  routes.get(path, { schema: open }, async (_request, reply) => sendPage(reply, askingPage(asked, home), []))

  const told = { 200: page('The same for any email.'), 400: page('A refusal of the email.') }
  const body = z.object({ email: Text })
  const post = { tags: ['pages'], summary: `Ask for a letter: ${asked}`, body, response: told }
  routes.post(path, { schema: post }, async (request, reply) => {
    try {
      return await answer(request.body.email, reply)
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      return sendRefusal(reply, error, askingPage(asked, home, sentenceFor(error)))
    }
  })
}
