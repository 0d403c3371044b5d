/** What goes wrong becomes a status and a body here, and nowhere else. Bodies are problem details (RFC 9457). */
import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import Negotiator from 'negotiator'
import { AuthError, DatabaseUnavailable } from '../errors.ts'
import type { AuthErrorCode } from '../errors.ts'

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

/** Refusals of the front door: what is wrong with a request before anyone asks Auth. Codes are API. */
export type HttpErrorCode =
  | 'http.invalid_request'
  | 'http.invalid_body'
  | 'http.invalid_field'
  | 'http.missing_field'
  | 'http.repeated_field'
  | 'http.unauthenticated'
  | 'http.foreign_request'
  | 'http.forwarded_request'
  | 'http.remote_request'
  | 'http.not_found'
  | 'http.method_not_allowed'
  | 'http.timeout'
  | 'http.too_large'
  | 'http.unsupported_type'
  | 'http.unsupported_expectation'
  | 'http.misdirected'
  | 'http.headers_too_large'
  | 'http.internal'
  | 'http.unavailable'

type Code = AuthErrorCode | HttpErrorCode

/** For each code its status, and what the caller may do about it. Add a code, forget it here: the build fails. */
const REFUSALS: Readonly<Record<Code, readonly [status: number, detail: string]>> = {
  'users.email_taken': [400, 'Log in with this email, or reset its password.'],
  'users.invalid_email': [400, 'Send an email address such as bob@example.com.'],
  'login.invalid': [401, 'Email or password is wrong.'],
  'login.password_change_required': [
    403,
    'This password is right, but no longer taken here. Send it once more together with new_password, or reset it: POST /reset_password.',
  ],
  'passwords.too_short': [400, 'Choose a longer password.'],
  'passwords.too_long': [400, 'Choose a shorter password.'],
  'passwords.unusable': [400, 'Choose another password.'],
  'passwords.common': [400, 'Many people have this password. Choose one that only you would think of.'],
  'passwords.contextual': [400, 'The password is made of words of this service or of your email. Choose another.'],
  'passwords.breached': [400, 'This password is known from a breach elsewhere. Choose another.'],
  'passwords.wrong': [403, 'The current password is wrong.'],
  'passwords.busy': [503, 'Too many people are logging in right now. Try again in a few seconds.'],
  'sessions.required': [403, 'Log in first: POST /sessions with email and password, then send the cookie.'],
  'sessions.not_fresh': [
    403,
    'This asks for a fresh login: POST /sessions with email and password once more, then try again with the new cookie.',
  ],
  'sessions.unknown': [404, 'None of your sessions has this id. GET /sessions lists them.'],
  'verification.invalid_token': [
    403,
    'The link is wrong, used up or expired. Ask for another: POST /email_verification.',
  ],
  'verification.wrong_password': [403, 'This is not the password that was chosen for this email.'],
  'email.invalid_token': [403, 'The link is wrong, used up or expired.'],
  'deletion.invalid_token': [403, 'The link is wrong, used up or expired, or the account is gone.'],
  'admin.required': [403, 'Only admins may do this.'],
  'admin.unknown_user': [404, 'There is no such person.'],
  'reset.unknown_email': [403, 'Nobody is registered with this email.'],
  'reset.invalid_token': [
    403,
    'The reset token is wrong, used up, expired, or not for this email. Ask for another: POST /reset_password.',
  ],
  'http.invalid_request': [400, 'The request is not valid HTTP/1.1.'],
  'http.invalid_body': [400, 'Send the fields as a form or as one flat JSON object, in UTF-8.'],
  'http.invalid_field': [400, 'Send this field as text.'],
  'http.missing_field': [400, 'Send this field too.'],
  'http.repeated_field': [400, 'Send this field once.'],
  'http.unauthenticated': [401, 'Log in first: POST /sessions with email and password, then send the cookie.'],
  'http.foreign_request': [
    403,
    'Requests that change something are taken from our own pages and from programs, not from other sites.',
  ],
  'http.forwarded_request': [
    403,
    'The preset classic is not to be reached through a proxy or tunnel. Leave it with BIENVENUE_PRESET=hardened, or name the proxy in BIENVENUE_TRUSTED_PROXIES.',
  ],
  'http.remote_request': [
    403,
    'The preset classic answers on this machine only. Leave it with BIENVENUE_PRESET=hardened, or say BIENVENUE_CLASSIC_ANYWHERE=yes.',
  ],
  'http.not_found': [404, 'There is nothing at this path. GET / shows what there is.'],
  'http.method_not_allowed': [405, 'This path does not take this method. The header Allow lists those that it takes.'],
  'http.timeout': [408, 'The request took too long to arrive. Send it again.'],
  'http.too_large': [413, 'The body is too large.'],
  'http.unsupported_type': [415, 'Send the body as application/x-www-form-urlencoded or application/json, in UTF-8.'],
  'http.unsupported_expectation': [417, 'Leave the header Expect out.'],
  'http.misdirected': [
    421,
    'This service does not go by that Host. Its names are set by BIENVENUE_URL and BIENVENUE_HOSTS.',
  ],
  'http.headers_too_large': [431, 'The headers are too large.'],
  'http.internal': [500, 'Something went wrong on our side. The log tells what, under the request id.'],
  'http.unavailable': [503, 'The database does not answer right now. Nothing was changed. Try again in a few seconds.'],
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
  const details = { type: 'about:blank', title: STATUS_CODES[status], status, code, detail: detail ?? advice, field }
  return {
    status,
    headers: {
      'content-type': contract === undefined ? 'application/problem+json' : 'application/json',
      ...(status === 401 && { 'www-authenticate': 'Session realm="bienvenue"' }), // a scheme that opens no dialog in browsers
      ...(status === 503 && { 'retry-after': String(retryAfterSeconds ?? 5) }),
    },
    body: JSON.stringify(contract ?? details),
  }
}

/** The one refusal whose body the contract fixes: real clients compare the whole of it. */
const CONTRACT_BODIES: Partial<Record<Code, object>> = { 'users.email_taken': { message: 'email already registered' } }

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
