/** The page at /account/password: changing a password that one knows. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Text } from '../api/fields.ts'
import { circumstancesOf } from '../circumstances.ts'
import { passwordPage } from '../pages/account/password.tsx'
import { sendPage, sendRefusal } from '../pages/send.ts'
import { page } from '../pages/shape.ts'
import { asSignedIn, doOrShow } from './guard.ts'
import type { AccountSite } from './guard.ts'

const OPEN = {
  tags: ['pages'],
  summary: 'Open the page: change my password',
  response: { 200: page('A form.'), 303: z.undefined().describe('On to log in first.') },
}
const CHANGE = {
  tags: ['pages'],
  summary: 'Post the page: change my password',
  body: z.object({
    password: Text.default('').describe('The current one.'),
    new_password: Text.default(''),
    end_others: z.literal('yes').optional().describe('Whether all other sessions are to end.'),
  }),
  response: {
    303: z.undefined().describe('It is changed; on to the account.'),
    400: page('A refusal of the new password.'),
    403: page('That is not the current one.'),
  },
}

/** The routes /account/password. */
export const password =
  (site: AccountSite): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/', { schema: OPEN }, async (request, reply) =>
      asSignedIn(site, request, reply, async ({ user }) =>
        sendPage(request, reply, site, (frame) => passwordPage(frame, user, false), { user }),
      ),
    )
    app.post('/', { schema: CHANGE }, async (request, reply) =>
      asSignedIn(site, request, reply, async (session) => {
        const { user } = session
        const { password: current, new_password: next, end_others: ends } = request.body
        const endOthers = ends === 'yes'
        return doOrShow(
          async () => {
            const device = site.cookies.device.read(request.headers.cookie)
            const options = { endOthers, device, from: circumstancesOf(request) }
            await site.auth.passwordChange.change(session, current, next, options)
            const notice = endOthers ? 'password-changed-others-ended' : 'password-changed'
            return reply.redirect(`${site.home}account?notice=${notice}`, 303)
          },
          async (error) =>
            sendRefusal(
              request,
              reply,
              site,
              error,
              (frame, refusal) => passwordPage(frame, user, endOthers, refusal),
              {
                user,
              },
            ),
        )
      }),
    )
    return Promise.resolve()
  }
