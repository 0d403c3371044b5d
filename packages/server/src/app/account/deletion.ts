/** The pages at /account/delete and /account/deleted: leaving, and how to come back. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { circumstancesOf } from '../circumstances.ts'
import { clearBrowser } from '../cookies.ts'
import { deletedPage, deletionPage } from '../pages/account/deletion.tsx'
import { sendPage } from '../pages/send.ts'
import { page } from '../pages/shape.ts'
import { asSignedIn } from './guard.ts'
import type { AccountSite } from './guard.ts'

const OPEN = {
  tags: ['pages'],
  summary: 'Open the page: delete my account',
  response: {
    200: page('What happens, and a form.'),
    303: z.undefined().describe('On to log in first, or once more.'),
  },
}
const LEAVE = {
  tags: ['pages'],
  summary: 'Post the page: delete my account',
  body: z.object({ confirm: z.string().optional().describe('`yes`, by a tick of the person.') }),
  response: { 303: z.undefined().describe('Out; on to the last page.'), 400: page('The tick is missing.') },
}
const LEFT = {
  tags: ['pages'],
  summary: 'Open the page: my account is going to be deleted',
  description: 'Says the same to everybody who is signed out: what happens now, and how to come back.',
  response: {
    200: page('The last page.'),
    303: z.undefined().describe('On to the account, for somebody who is signed in.'),
  },
}

/** The routes /account/delete and /account/deleted. */
export const deletion =
  (site: AccountSite): FastifyPluginAsyncZod =>
  async (app) => {
    const { auth, cookies, home, settings } = site
    const days = settings.users.graceDays
    app.get('/delete', { schema: OPEN }, async (request, reply) =>
      asSignedIn(site, request, reply, async (session) => {
        auth.sessions.refuseStale(session)
        const { user } = session
        return sendPage(request, reply, site, (frame) => deletionPage(frame, days, false), { user })
      }),
    )
    app.post('/delete', { schema: LEAVE }, async (request, reply) =>
      asSignedIn(site, request, reply, async (session) => {
        const { user } = session
        if (request.body.confirm !== 'yes')
          return sendPage(request, reply, site, (frame) => deletionPage(frame, days, true), { user, status: 400 })
        await auth.deletion.request(session, circumstancesOf(request))
        clearBrowser(reply, cookies)
        return reply.redirect(`${home}account/deleted`, 303)
      }),
    )
    app.get('/deleted', { schema: LEFT }, async (request, reply) => {
      const session = await auth.sessions.find(cookies.session.read(request.headers.cookie))
      if (session !== null) return reply.redirect(`${home}account`, 303) // nobody is to read that of an account that stays
      return sendPage(request, reply, site, (frame) => deletedPage(frame, days), { user: null })
    })
    return Promise.resolve()
  }
