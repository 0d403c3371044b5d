/** Who may see the pages of an account: somebody who is signed in, and for some of them a short while ago. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Session } from '../../auth/sessions.ts'
import { AuthError } from '../../errors.ts'
import { signedIn } from '../signed-in.ts'
import type { Site } from '../site.ts'

/** What the pages of the account work with. */
export interface AccountSite extends Site {
  /** The clock by which times are told. */
  readonly now: () => Date
}

/** Where to prove first who one is, by the code of the refusal. */
const DETOURS: Readonly<Record<string, string>> = { 'sessions.required': 'login', 'sessions.not_fresh': 'login/again' }

/**
 * Answers whoever is signed in. Others are sent to log in, and who did so long ago to type the password once more [ASVS 7.5.1]; both
 * come back to this page and its form. What they posted is not kept: to do it then would be to do it unasked.
 */
export async function asSignedIn(
  { auth, cookies, home, presses }: AccountSite,
  request: FastifyRequest,
  reply: FastifyReply,
  answer: (session: Session) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await presses.once(request, reply, async () => answer(await signedIn(auth, cookies, request)))
  } catch (error) {
    const detour = error instanceof AuthError ? DETOURS[error.code] : undefined
    if (!(error instanceof AuthError) || detour === undefined) throw error
    request.refusal = error.code
    const next = `${home}${(request.routeOptions.url ?? '').replace(/^\//, '')}`
    return reply.redirect(`${home}${detour}?next=${encodeURIComponent(next)}`, 303)
  }
}

/** Does what a form asks for. A refusal is shown in the form again, but for one that leads to another page first. */
export async function doOrShow(
  deed: () => Promise<FastifyReply>,
  show: (error: AuthError) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await deed()
  } catch (error) {
    if (!(error instanceof AuthError) || Object.hasOwn(DETOURS, error.code)) throw error
    return show(error)
  }
}
