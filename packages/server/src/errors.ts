/** What can go wrong, by name: the contract's three errors, Auth's refusals with their closed list of codes, and outages. */

/** The contract's error for a value that cannot be taken: an unknown attribute, a taken email, a wrong token. */
export class ValueError extends Error {
  override readonly name: string = 'ValueError'
}

/** The contract's error of `findUserBy` when nobody matches. */
export class NoResultFound extends Error {
  override readonly name = 'NoResultFound'
}

/** The contract's error of `findUserBy` for an attribute that does not exist. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError'
}

/** Every way in which Auth can refuse. Codes are API: never rename one, only add. */
export type AuthErrorCode =
  | 'users.email_taken'
  | 'users.invalid_email'
  | 'login.invalid'
  | 'login.password_change_required'
  | 'passwords.too_short'
  | 'passwords.too_long'
  | 'passwords.unusable'
  | 'passwords.common'
  | 'passwords.contextual'
  | 'passwords.breached'
  | 'passwords.wrong'
  | 'passwords.busy'
  | 'sessions.required'
  | 'sessions.not_fresh'
  | 'sessions.unknown'
  | 'verification.invalid_token'
  | 'verification.wrong_password'
  | 'email.invalid_token'
  | 'deletion.invalid_token'
  | 'admin.required'
  | 'admin.unknown_user'
  | 'reset.unknown_email'
  | 'reset.invalid_token'
  | 'limits.exceeded'

/** What a refusal may say beyond its code. */
export interface AuthErrorOptions extends ErrorOptions {
  /** The sentence for the caller, saying what to do. No secret, and nothing of another person. */
  readonly message?: string
  /** The field of the request that is meant, by its name in the contract. */
  readonly field?: 'email' | 'password' | 'new_password' | 'reset_token' | 'token'
  /** Whole seconds after which trying again makes sense. */
  readonly retryAfterSeconds?: number
}

/** A refusal that the caller may act on. Anything else that Auth throws is a bug or an outage. */
export class AuthError extends ValueError {
  override readonly name = 'AuthError'
  readonly code: AuthErrorCode
  readonly field: AuthErrorOptions['field']
  readonly retryAfterSeconds: number | undefined

  /** Refuses with one of the codes, and a sentence where there is one to say. */
  constructor(code: AuthErrorCode, options: AuthErrorOptions = {}) {
    super(options.message ?? code, options)
    this.code = code
    this.field = options.field
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** The database cannot do its work now: locked for too long, disk full, read-only, gone. Nothing was changed, but where the connection was lost at a commit: then nobody knows. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'
}

/** The database does not let our user do this. Whoever cannot go on without takes it for an outage. */
export class DatabaseForbids extends DatabaseUnavailable {}

/** The service cannot start as it is set, or was called wrongly. The command exits with 2 and shows the message. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}
