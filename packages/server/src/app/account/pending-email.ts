/**
 * The new email that a person has asked for, as their browser remembers it. The service itself could only tell of addresses that are
 * free: whoever saw that none is pending would learn that somebody else has it.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Session } from '../../auth/sessions.ts'
import { canonicalEmail } from '../../email.ts'
import type { Settings } from '../../settings.ts'
import { Cookie } from '../cookies.ts'

const COOKIE_SECONDS = 60 * 60

/** The cookie that says it, to the session alone that asked. */
export class PendingEmail {
  readonly #cookie: Cookie

  /** With a cookie as the settings ask for it. */
  constructor(settings: Pick<Settings, 'sessions'>) {
    this.#cookie = new Cookie('new_email', settings)
  }

  /** Remembers an email for an hour. */
  remember(reply: FastifyReply, { id }: Session, email: string): void {
    this.#cookie.write(reply, `${id}.${Buffer.from(email).toString('base64url')}`, COOKIE_SECONDS)
  }

  /** What this session asked for and does not have yet, or null. */
  find({ headers }: Pick<FastifyRequest, 'headers'>, { id, user }: Session): string | null {
    const [owner, encoded = ''] = this.#cookie.read(headers.cookie)?.split('.') ?? []
    const email = Buffer.from(encoded, 'base64url').toString()
    const key = canonicalEmail(email)
    return owner === id && key !== null && key !== canonicalEmail(user.email) ? email : null
  }
}
