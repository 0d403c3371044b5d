/** For apps that have the service in their own process: the session that came with a request of theirs. */
import type { Settings } from '../settings.ts'
import { Cookie } from './cookies.ts'

/**
 * The session's token in the header `Cookie` of a request, for `auth.sessions.find()`; null when none or more than one is there.
 * It is read as the service itself reads it. A token says nothing until a session was found with it.
 */
export function sessionTokenOf(cookieHeader: string | undefined, settings: Pick<Settings, 'sessions'>): string | null {
  return new Cookie('session_id', settings).read(cookieHeader)
}
