/**
 * The pages that links in letters lead to. A link only moves its token into a cookie, because what stands in an address gets into logs,
 * histories and referers; and nothing is spent before somebody posts, because programs that check letters open links.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod, ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Circumstances } from '../auth/circumstances.ts'
import { LINK_PAGES } from '../auth/links.ts'
import type { LinkKind } from '../auth/links.ts'
import { AuthError } from '../errors.ts'
import type { User } from '../user.ts'
import { Text } from './api/fields.ts'
import { openAsking } from './asking.ts'
import { circumstancesOf } from './circumstances.ts'
import { Cookie } from './cookies.ts'
import { keptNext } from './kept-next.ts'
import { LINK_FORMS } from './pages/link-forms.ts'
import { deadLinkPage, linkDonePage, linkFormPage, lostLinkPage } from './pages/link.tsx'
import { sendPage, sendRefusal } from './pages/send.ts'
import { page } from './pages/shape.ts'
import type { Site } from './site.ts'

const COOKIE_SECONDS = 10 * 60
const TOKEN = /^[0-9a-f-]{36}\.[\w-]{43}$/ // nothing else gets into a header
const Link = z.object({ token: z.unknown().optional().describe('Moves into a cookie; the answer is 303.') })

/** Does what a link is for, with the password that was typed, and resolves to whose account it was about. */
type Deed = (token: string, password: string, from: Circumstances) => Promise<User>

/** One page: where it is, its cookie, and what it does. */
interface LinkPage {
  readonly kind: LinkKind
  readonly site: Site
  readonly cookie: Cookie
  readonly deed: Deed
}

/** The pages, and those where people ask for another letter. */
export const links =
  (site: Site): FastifyPluginAsyncZod =>
  async (app) => {
    const { auth, settings } = site
    app.removeContentTypeParser('application/json') // pages post forms
    const cookieOf = (kind: LinkKind): Cookie => new Cookie(`${kind}_link`, settings)
    const open = (kind: LinkKind, deed: Deed): void => {
      openLinkPage(app, { kind, site, cookie: cookieOf(kind), deed })
    }
    open('reset', async (token, password, from) => auth.reset.complete(null, token, password, from))
    open('verify', async (token, password, from) => auth.verification.complete(token, password, from))
    open('undo', async (token, _password, from) => auth.email.undo(token, from))
    open('keep', async (token, _password, from) => auth.deletion.takeBack(token, from))
    openAsking(app, site, (reply, token) => {
      cookieOf('reset').write(reply, token, COOKIE_SECONDS)
    })
    return Promise.resolve()
  }

/** Adds the two routes of a page. */
function openLinkPage(app: FastifyInstance, linkPage: LinkPage): void {
  const { kind, site, cookie } = linkPage
  const { field } = LINK_FORMS[kind]
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const path = `/${LINK_PAGES[kind]}`
  const shown = {
    200: page('A form, if a link was followed.'),
    303: z.undefined().describe('On to this page, without the token.'),
  }
  const open = {
    tags: ['pages'],
    summary: `Open the page that a link leads to: ${kind}`,
    querystring: Link,
    response: shown,
  }
  routes.get(path, { schema: open }, async (request, reply) => {
    if (request.query.token !== undefined) return moveToken(linkPage, request.query.token, reply)
    const shownPage = tokenFrom(cookie, request) === null ? lostLinkPage : linkFormPage
    return sendPage(request, reply, site, (frame) => shownPage(frame, kind))
  })

  const body = z.object(field === null ? {} : { [field.name]: Text })
  const done = {
    200: page('What was done.'),
    400: page('A refusal of the password.'),
    403: page('A refusal of the link.'),
  }
  const post = { tags: ['pages'], summary: `Do what a link is for: ${kind}`, body, response: done }
  routes.post(path, { schema: post }, async (request, reply) =>
    follow(linkPage, request, request.body[field?.name ?? ''] ?? '', reply),
  )
}

/** Puts a token into the cookie, and sends the browser to the clean address. No look at the database, and nothing is repeated. */
function moveToken({ kind, site, cookie }: LinkPage, token: unknown, reply: FastifyReply): FastifyReply {
  if (typeof token === 'string' && TOKEN.test(token)) cookie.write(reply, token, COOKIE_SECONDS)
  else cookie.clear(reply) // else an older link would be followed in the place of the broken one
  return reply.redirect(`${site.home}${LINK_PAGES[kind]}`, 303)
}

/** The token of the link that was followed in this browser, or null. */
function tokenFrom(cookie: Cookie, { headers }: Pick<FastifyRequest, 'headers'>): string | null {
  const value = cookie.read(headers.cookie)
  return value !== null && TOKEN.test(value) ? value : null
}

/** Does the deed, and shows what came of it. */
async function follow(
  linkPage: LinkPage,
  request: FastifyRequest,
  password: string,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { cookie, deed, kind, site } = linkPage
  const token = tokenFrom(cookie, request)
  const outcome = await deed(token ?? '', password, circumstancesOf(request)).catch((error: unknown) => {
    if (error instanceof AuthError) return error
    throw error
  })
  if (outcome instanceof AuthError) return refuseToFollow(linkPage, outcome, request, reply)
  cookie.clear(reply)
  return sendPage(request, reply, site, (frame) => linkDonePage(frame, kind, outcome.email), {
    next: keptNext(request, site),
  })
}

/** Shows a refusal: of the password at its field, of the link on a page of its own. A link that does not work is forgotten. */
async function refuseToFollow(
  { cookie, kind, site }: LinkPage,
  error: AuthError,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (!error.code.endsWith('.invalid_token'))
    return sendRefusal(request, reply, site, error, (frame, refusal) => linkFormPage(frame, kind, refusal))
  const isDead = tokenFrom(cookie, request) !== null
  cookie.clear(reply)
  return sendRefusal(request, reply, site, error, (frame) => (isDead ? deadLinkPage : lostLinkPage)(frame, kind))
}
