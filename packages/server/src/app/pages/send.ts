/** Sends a page: with headers of its own, because a page runs its own script and style, and nothing else. */
import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'

/** Renders a page with a fresh nonce and sends it. [ASVS 3.4.3, 3.4.8] */
export function sendPage(reply: FastifyReply, render: (nonce: string) => string): FastifyReply {
  const nonce = randomBytes(16).toString('base64')
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`
  return reply
    .header('content-security-policy', policy)
    .header('cross-origin-opener-policy', 'same-origin')
    .type('text/html; charset=utf-8')
    .serializer((page: string) => page)
    .send(render(nonce))
}
