/** Every code with its status and its advice. */
import type { AuthErrorCode } from '../errors.ts'

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

/** Any code. */
export type Code = AuthErrorCode | HttpErrorCode

/** For each code its status, and what the caller may do about it. Add a code, forget it here: the build fails. */
export const REFUSALS: Readonly<Record<Code, readonly [status: number, detail: string]>> = {
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
  'limits.exceeded': [
    429,
    'That was too often. Wait as long as Retry-After says; a browser from which you have logged in before, and a link by email, still work.',
  ],
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
  'http.unavailable': [
    503,
    'The database does not answer right now. What you asked for may or may not have been done: look first, then try again in a few seconds.',
  ],
}

/** The one refusal whose body the contract fixes: real clients compare the whole of it. */
export const CONTRACT_BODIES: Partial<Record<Code, object>> = {
  'users.email_taken': { message: 'email already registered' },
}
