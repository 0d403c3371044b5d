/** The headers that every answer bears: of success and refusal, of pages, programs, and bytes that are not HTTP. */
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Each is stated by us: a framework's defaults fall short. [ASVS 3.2.1, 3.4.1, 3.4.3 to 3.4.6, 3.5.8, 14.3.2] */
export const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'same-origin', // no-referrer would make browsers send `Origin: null` with our own forms
  'strict-transport-security': 'max-age=31536000; includeSubDomains', // means nothing over http
  'x-content-type-options': 'nosniff',
}

/** Takes off what the framework appends to JSON's type: real clients compare the header whole, and JSON is UTF-8 anyway. */
export function plainJson(
  _request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: null, payload: unknown) => void,
): void {
  const type = reply.getHeader('content-type')
  if (typeof type === 'string' && type.endsWith('json; charset=utf-8'))
    reply.header('content-type', type.replace('; charset=utf-8', ''))
  done(null, payload)
}
