/** Sends a page: with headers of its own, because a page runs its own script and style, and nothing else. */
import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import type { AuthError } from '../../errors.ts'
import { problem } from '../errors.ts'
import type { Site } from '../site.ts'
import { frameFor } from './frame.ts'
import type { Frame, FrameOptions } from './frame.ts'
import { render } from './render.ts'
import { refusalOf } from './refusals.ts'
import type { Refusal } from './refusals.ts'

/** What a page may say of itself, and of its answer. */
export interface PageOptions extends FrameOptions {
  readonly status?: number
  /** Whether its script asks the service for something (fetch). */
  readonly fetches?: boolean
}

/** Renders a page with a fresh nonce and sends it. It may load our own files, post to us, and nothing else. [ASVS 3.4.3, 3.4.8] */
export async function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  site: Site,
  page: (frame: Frame) => VNode,
  { status, fetches = false, ...options }: PageOptions = {},
): Promise<FastifyReply> {
  const frame = await frameFor(request, site, options)
  if (status !== undefined) reply.code(status)
  return reply
    .header('content-security-policy', policyOf(frame, fetches))
    .header('cross-origin-opener-policy', 'same-origin')
    .header('content-language', frame.language)
    .header('vary', variedBy(reply.getHeader('vary')))
    .type('text/html; charset=utf-8')
    .serializer((text: string) => text)
    .send(render(page(frame)))
}

/** What the answer depends on, with what it depended on already: the language by two headers, and who is signed in by one of them. */
function variedBy(before: ReturnType<FastifyReply['getHeader']>): string {
  return [before ?? [], 'accept-language', 'cookie'].flat().join(', ')
}

/** Sends a page that tells of a refusal, with the status that programs get for it. The log gets its code. */
export async function sendRefusal(
  request: FastifyRequest,
  reply: FastifyReply,
  site: Site,
  error: AuthError,
  page: (frame: Frame, refusal: Refusal) => VNode,
  options: FrameOptions = {},
): Promise<FastifyReply> {
  request.refusal = error.code
  const { status, headers } = problem(error.code, { retryAfterSeconds: error.retryAfterSeconds })
  return sendPage(request, reply.headers(headers), site, (frame) => page(frame, refusalOf(error, frame)), {
    ...options,
    status,
  })
}

/** What the browser lets the page do. A form may lead on to `next`: browsers hold redirects after a post to this list too. */
function policyOf({ nonce, next, brand }: Frame, fetches: boolean): string {
  const away = next === null || next.startsWith('/') ? '' : ` ${new URL(next).origin}`
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    ...(brand.logo === null ? [] : ["img-src 'self'"]),
    ...(fetches ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    `form-action 'self'${away}`,
    "frame-ancestors 'none'",
  ].join('; ')
}

/** What a page with a look of its own may need: its script, or a frame with something of ours. */
export type Need = 'script' | 'frame'

const POLICIES: Readonly<Record<Need, (nonce: string) => string>> = {
  script: (nonce) => `script-src 'nonce-${nonce}'; connect-src 'self'; `,
  frame: () => "frame-src 'self'; ",
}

/** Sends a page for learners that brings its own style along. */
export function sendOwnPage(
  reply: FastifyReply,
  page: (nonce: string) => string,
  needs: readonly Need[] = ['script'],
): FastifyReply {
  const nonce = randomBytes(16).toString('base64')
  const allowed = needs.map((need) => POLICIES[need](nonce)).join('')
  const policy = `default-src 'none'; ${allowed}style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`
  return reply
    .header('content-security-policy', policy)
    .header('cross-origin-opener-policy', 'same-origin')
    .type('text/html; charset=utf-8')
    .serializer((text: string) => text)
    .send(page(nonce))
}
