/** What goes wrong becomes a status and a body here, and nowhere else. Bodies are problem details (RFC 9457). */
import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import Negotiator from 'negotiator'
import { AuthError, DatabaseUnavailable } from '../errors.ts'
import { CONTRACT_BODIES, REFUSALS } from './refusals.ts'
import type { Code, HttpErrorCode } from './refusals.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Sends a refusal as a page. */
    refusalPage: (reply: FastifyReply, refused: Refused) => Promise<FastifyReply>
  }
  interface FastifyRequest {
    /** With which code it was refused, for the log; null if it was not. */
    refusal: string | null
  }
}

/** What a refusal may say beyond its code. */
export interface ProblemOptions {
  readonly detail?: string | undefined
  readonly field?: string | undefined
  readonly retryAfterSeconds?: number | undefined
}

/** A refusal of the front door. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly code: HttpErrorCode
  readonly options: ProblemOptions

  /** Refuses with one of the codes. */
  constructor(code: HttpErrorCode, options: ProblemOptions = {}) {
    super(code)
    this.code = code
    this.options = options
  }
}

/** A refusal as it goes out: status, headers of its own, and body. */
export interface Problem {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The answer to a refusal. */
export function problem(code: Code, { detail, field, retryAfterSeconds }: ProblemOptions = {}): Problem {
  const [status, advice] = REFUSALS[code]
  const contract = CONTRACT_BODIES[code]
  const waitSeconds = retryAfterSeconds ?? (status === 503 ? 5 : null)
  const details = { type: 'about:blank', title: STATUS_CODES[status], status, code, detail: detail ?? advice, field }
  return {
    status,
    headers: {
      'content-type': contract === undefined ? 'application/problem+json' : 'application/json',
      ...(status === 401 && { 'www-authenticate': 'Session realm="bienvenue"' }), // a scheme that opens no dialog in browsers
      ...(waitSeconds !== null && { 'retry-after': String(Math.ceil(waitSeconds)) }), // whole seconds (RFC 9110 10.2.3)
    },
    body: JSON.stringify(contract ?? details),
  }
}

/** A refusal as a page tells of it. */
export interface Refused {
  readonly status: number
  readonly code: string
  readonly waitSeconds: number | null
}

/** Answers a request with a refusal: as a page if a browser would rather have one. */
export function refuse(reply: FastifyReply, code: Code, options?: ProblemOptions): FastifyReply {
  const { request } = reply
  request.refusal = code
  const { status, headers, body } = problem(code, options)
  reply.code(status).headers(headers)
  if (CONTRACT_BODIES[code] !== undefined) return reply.send(body)
  reply.header('vary', 'accept')
  if (!prefersPage(request)) return reply.send(body)
  const wait = headers['retry-after']
  void reply.server.refusalPage(reply, { status, code, waitSeconds: wait === undefined ? null : Number(wait) })
  return reply
}

/** Whether a request says that it would rather have a page than JSON; programs say nothing of the kind. */
export function prefersPage({ raw }: Pick<FastifyRequest, 'raw'>): boolean {
  return new Negotiator(raw).mediaType(['application/json', 'text/html']) === 'text/html'
}

/** Answers whatever a handler or a hook threw. What is not a refusal is logged, and the caller learns nothing of it. [ASVS 16.5.1] */
export function onError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof AuthError) {
    const { code, message, field, retryAfterSeconds } = error
    return refuse(reply, code, { detail: message === code ? undefined : message, field, retryAfterSeconds })
  }
  if (error instanceof HttpError) return refuse(reply, error.code, error.options)
  if (hasZodFastifySchemaValidationErrors(error)) return refuseField(error.validation[0], reply)
  const code = FRAMEWORK_CODES[(error as FastifyError).code]
  if (code !== undefined) return refuse(reply, code)
  request.log.error({ reqId: request.id, err: error }, 'a request failed')
  return refuse(reply, error instanceof DatabaseUnavailable ? 'http.unavailable' : 'http.internal')
}

/** What the framework refuses by itself. Its messages are not ours, so callers never see them. */
const FRAMEWORK_CODES: Readonly<Record<string, HttpErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'http.too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'http.unsupported_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'http.invalid_request',
  FST_ERR_BAD_URL: 'http.not_found',
}

/** What the schema found wrong with a field. */
interface Issue {
  readonly instancePath: string
  readonly message?: string
  readonly params?: Readonly<Record<string, unknown>>
}

/** Names the first field that is missing, of the wrong type, or none of the values that it takes. */
function refuseField(issue: Issue | undefined, reply: FastifyReply): FastifyReply {
  const field = issue?.instancePath.split('/')[1] ?? ''
  const missing = issue?.message?.endsWith('received undefined') === true
  const values = issue?.params?.['values']
  const detail = Array.isArray(values) ? `Send one of: ${values.join(', ')}.` : undefined
  return refuse(reply, missing ? 'http.missing_field' : 'http.invalid_field', { field, detail })
}
