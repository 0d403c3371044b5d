/** Refusals as pages: for browsers, which say that they would rather have one. Programs get problem details. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Refused } from './errors.ts'
import { errorPage } from './pages/error.tsx'
import type { FrameOptions } from './pages/frame.ts'
import { sendPage } from './pages/send.ts'
import type { Site } from './site.ts'

/** Refusals of the front door: whoever is refused there is not asked who they are. */
const AT_THE_DOOR: ReadonlySet<string> = new Set([
  'http.misdirected',
  'http.forwarded_request',
  'http.remote_request',
  'http.invalid_request',
])

/** What sends a refusal as a page of this site. */
export function errorPagesOf(site: Site): (reply: FastifyReply, refused: Refused) => Promise<FastifyReply> {
  return async (reply, { status, code, waitSeconds }) => {
    const { request } = reply
    const wrong = {
      status,
      isForeign: code === 'http.foreign_request',
      waitSeconds,
      id: status >= 500 ? request.id : null,
    }
    const options = { ...(await frameOptions(request, site, status, code)), status }
    return sendPage(request, reply, site, (frame) => errorPage(frame, wrong), options)
  }
}

/** Who is signed in, where it is safe and possible to ask; and where the language form leads back to. */
async function frameOptions(
  request: FastifyRequest,
  { auth, cookies }: Site,
  status: number,
  code: string,
): Promise<FrameOptions> {
  if (AT_THE_DOOR.has(code)) return { user: null, isAlone: true, path: '' }
  const isOurs = status < 500 && code !== 'http.foreign_request'
  const token = isOurs ? cookies.session.read(request.headers.cookie) : null
  const session = await auth.sessions.find(token).catch(() => null) // a page about an outage must not need what is out
  const mayHelpAgain = status >= 500 || status === 429 // what is refused for good repeats nothing of the request
  return { user: session?.user ?? null, ...(!mayHelpAgain && { path: '' }) }
}
