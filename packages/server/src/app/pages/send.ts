/** Sends a page: with headers of its own, because a page runs its own script and style, and nothing else. */
import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import type { AuthError } from '../../errors.ts'
import { problem } from '../errors.ts'

/** What a page may need beyond its style and its forms: its script, or a frame with something of ours. */
export type Need = 'script' | 'frame'

const POLICIES: Readonly<Record<Need, (nonce: string) => string>> = {
  script: (nonce) => `script-src 'nonce-${nonce}'; connect-src 'self'; `,
  frame: () => "frame-src 'self'; ",
}

/** Renders a page with a fresh nonce and sends it. It may do what it needs, and nothing else. [ASVS 3.4.3, 3.4.8] */
export function sendPage(
  reply: FastifyReply,
  render: (nonce: string) => string,
  needs: readonly Need[] = ['script'],
): FastifyReply {
  const nonce = randomBytes(16).toString('base64')
  const allowed = needs.map((need) => POLICIES[need](nonce)).join('')
  const policy = `default-src 'none'; ${allowed}style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`
  return reply
    .header('content-security-policy', policy)
    .header('cross-origin-opener-policy', 'same-origin')
    .type('text/html; charset=utf-8')
    .serializer((page: string) => page)
    .send(render(nonce))
}

/** Sends a page that tells of a refusal, with the status that programs get for it. The log gets its code. */
export function sendRefusal(
  reply: FastifyReply,
  { code, retryAfterSeconds }: AuthError,
  render: (nonce: string) => string,
): FastifyReply {
  reply.request.refusal = code
  const { status, headers } = problem(code, { retryAfterSeconds })
  return sendPage(reply.code(status).headers(headers), render, [])
}
