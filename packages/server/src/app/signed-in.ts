/** Who is asking. */
import type { FastifyRequest } from 'fastify'
import type { Auth } from '../auth/auth.ts'
import type { Session } from '../auth/sessions.ts'
import { AuthError } from '../errors.ts'
import { circumstancesOf } from './circumstances.ts'
import type { Cookies } from './cookies.ts'

/** The live session whose cookie came with the request. @throws {AuthError} `sessions.required` when there is none. */
export async function signedIn(auth: Auth, cookies: Cookies, request: FastifyRequest): Promise<Session> {
  const token = cookies.session.read(request.headers.cookie)
  const session = await auth.sessions.find(token, () => circumstancesOf(request))
  if (session === null) throw new AuthError('sessions.required')
  return session
}
