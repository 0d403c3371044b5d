/**
 * The pages that links in letters lead to. A link only moves its token into a cookie, because what stands in an address gets into logs,
 * histories and referers; and nothing is spent before somebody posts, because programs that check letters open links.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod, ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Auth } from '../auth/auth.ts'
import type { Circumstances } from '../auth/circumstances.ts'
import { LINK_PAGES } from '../auth/links.ts'
import type { LinkKind } from '../auth/links.ts'
import { AuthError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import type { User } from '../user.ts'
import { Text } from './api/fields.ts'
import { openAsking } from './asking.ts'
import { circumstancesOf } from './circumstances.ts'
import { Cookie } from './cookies.ts'
import { LINK_WORDS } from './pages/link-words.ts'
import { deadPage, donePage, formPage, lostPage } from './pages/link.tsx'
import { sentenceFor } from './pages/refusals.ts'
import { sendPage, sendRefusal } from './pages/send.ts'
import { page } from './pages/shape.ts'

const COOKIE_SECONDS = 10 * 60
const TOKEN = /^[0-9a-f-]{36}\.[\w-]{43}$/ // nothing else gets into a header
const Link = z.object({ token: z.unknown().optional().describe('Moves into a cookie; the answer is 303.') })

/** Does what a link is for, with the password that was typed, and resolves to whose account it was about. */
type Deed = (token: string, password: string, from: Circumstances) => Promise<User>

/** One page: where it is, its cookie, what it says about new passwords, and what it does. */
interface LinkPage {
  readonly kind: LinkKind
  readonly home: string
  readonly cookie: Cookie
  readonly hint: string | null
  readonly deed: Deed
}

/** The pages, and those where people ask for another letter. `home` is what the paths of the service begin with. */
export const links =
  (auth: Auth, settings: Settings, home: string): FastifyPluginAsyncZod =>
  async (app) => {
    app.removeContentTypeParser('application/json') // pages post forms
    const cookieOf = (kind: LinkKind): Cookie => new Cookie(`${kind}_link`, settings)
    const open = (kind: LinkKind, deed: Deed, hint: string | null = null): void => {
      openLinkPage(app, { kind, home, cookie: cookieOf(kind), hint, deed })
    }
    const reset: Deed = async (token, password, from) => auth.reset.complete(null, token, password, from)
    open('reset', reset, hintOf(settings))
    open('verify', async (token, password) => auth.verification.complete(token, password))
    open('undo', async (token) => auth.email.undo(token))
    open('keep', async (token) => auth.deletion.takeBack(token))
    openAsking(app, auth, settings, home, (reply, token) => {
      cookieOf('reset').write(reply, token, COOKIE_SECONDS)
    })
    return Promise.resolve()
  }

/** Adds the two routes of a page. */
function openLinkPage(app: FastifyInstance, linkPage: LinkPage): void {
  const { kind, cookie, hint } = linkPage
  const { title, field } = LINK_WORDS[kind]
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const path = `/${LINK_PAGES[kind]}`
  const shown = {
    200: page('A form, if a link was followed.'),
    303: z.undefined().describe('On to this page, without the token.'),
  }
  const open = { tags: ['pages'], summary: `Open the page: ${title}`, querystring: Link, response: shown }
  routes.get(path, { schema: open }, async (request, reply) => {
    if (request.query.token !== undefined) return moveToken(linkPage, request.query.token, reply)
    const isFollowed = tokenFrom(cookie, request) !== null
    return sendPage(reply, isFollowed ? formPage(linkPage, hint) : lostPage(linkPage), [])
  })

  const body = z.object(field === null ? {} : { [field.name]: Text })
  const done = {
    200: page('What was done.'),
    400: page('A refusal of the password.'),
    403: page('A refusal of the link.'),
  }
  const post = { tags: ['pages'], summary: `Post the page: ${title}`, body, response: done }
  routes.post(path, { schema: post }, async (request, reply) =>
    follow(linkPage, request, request.body[field?.name ?? ''] ?? '', reply),
  )
}

/** Puts a token into the cookie, and sends the browser to the clean address. No look at the database, and nothing is repeated. */
function moveToken({ kind, home, cookie }: LinkPage, token: unknown, reply: FastifyReply): FastifyReply {
  if (typeof token === 'string' && TOKEN.test(token)) cookie.write(reply, token, COOKIE_SECONDS)
  else cookie.clear(reply) // else an older link would be followed in the place of the broken one
  return reply.redirect(`${home}${LINK_PAGES[kind]}`, 303)
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
  const { cookie, deed } = linkPage
  const token = tokenFrom(cookie, request)
  const outcome = await deed(token ?? '', password, circumstancesOf(request)).catch((error: unknown) => {
    if (error instanceof AuthError) return error
    throw error
  })
  if (outcome instanceof AuthError) return refuseToFollow(linkPage, outcome, token, reply)
  cookie.clear(reply)
  return sendPage(reply, donePage(linkPage, outcome.email), [])
}

/** Shows a refusal: of the password at its field, of the link on a page of its own. A link that does not work is forgotten. */
function refuseToFollow(linkPage: LinkPage, error: AuthError, token: string | null, reply: FastifyReply): FastifyReply {
  const isOfLink = error.code.endsWith('.invalid_token')
  if (!isOfLink) return sendRefusal(reply, error, formPage(linkPage, linkPage.hint, sentenceFor(error)))
  linkPage.cookie.clear(reply)
  return sendRefusal(reply, error, token === null ? lostPage(linkPage) : deadPage(linkPage))
}

/** What to know before choosing a password, where there is anything to know. */
function hintOf({ passwords: { minimumLength } }: Settings): string | null {
  if (minimumLength === 1) return null
  return `At least ${minimumLength} characters. A few words that have nothing to do with each other are easy to remember.`
}
