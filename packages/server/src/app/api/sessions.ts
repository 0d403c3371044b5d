/** Logging in and out. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Auth } from '../../auth/auth.ts'
import type { SessionCookie } from '../cookies.ts'
import { cameFromFetch } from '../front-door.ts'
import { signedIn } from '../signed-in.ts'
import { Credentials, NEEDS_SESSION, refusal, said } from './fields.ts'

const Login = Credentials.extend({
  remember: z.enum(['yes', 'no']).default('no').describe('Whether the session outlives the browser.'),
})

/** The routes under /sessions. `home` is where a person lands after logging out. */
export const sessions =
  (auth: Auth, cookie: SessionCookie, home: string): FastifyPluginAsyncZod =>
  async (app) => {
    const loggedIn = {
      200: said('logged in').describe('The session comes as a cookie.'),
      401: refusal('`login.invalid`: email or password is wrong.'),
    }
    const login = { tags: ['sessions'], summary: 'Log in', body: Login, response: loggedIn }
    app.post('/', { schema: login }, async (request, reply) => {
      const { email, password } = request.body
      const remember = request.body.remember === 'yes'
      const replaces = cookie.read(request.headers.cookie)
      const { user, token } = await auth.login.withPassword(email, password, { remember, replaces })
      cookie.write(reply, token, remember)
      return { email: user.email, message: 'logged in' as const }
    })

    const ended = {
      302: z.undefined().describe('The session has ended; on to GET /.'),
      303: z.undefined().describe('The same, to a `fetch`: a 302 would repeat the DELETE.'),
      403: refusal('`sessions.required`: no live session came with the request.'),
    }
    const logout = { tags: ['sessions'], summary: 'Log out', security: NEEDS_SESSION, response: ended }
    app.delete('/', { schema: logout }, async (request, reply) => {
      await auth.sessions.close(await signedIn(auth, cookie, request))
      cookie.clear(reply)
      return reply.header('vary', 'origin, sec-fetch-mode').redirect(home, cameFromFetch(request) ? 303 : 302)
    })
    return Promise.resolve()
  }
