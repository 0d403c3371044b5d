/** The shapes that several routes share, and that openapi.json is made from. */
import { z } from 'zod'

/** The text of a field. Longer ones than any email or password are refused by their rooms, with a better word. */
export const Text = z.string()

/** The body of a refusal (RFC 9457). */
export const Problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Stable: programs may rely on it.'),
    detail: z.string().describe('What to do about it.'),
    field: z.string().optional().describe('The field that is meant.'),
  })
  .meta({ id: 'Problem', description: 'A refusal (RFC 9457).' })

/** What openapi.json says of a refusal. The bodies themselves come from errors.ts. */
export function refusal(description: string): {
  description: string
  content: { 'application/problem+json': { schema: typeof Problem } }
} {
  return { description, content: { 'application/problem+json': { schema: Problem } } }
}

/** The mark of a route that asks for the session cookie. */
export const NEEDS_SESSION = [{ session: [] }]

/** What openapi.json says of routes that ask for more than a session. */
export const NEEDS_FRESH_SESSION = 'After a fresh login: `POST /sessions` a few minutes ago at the most.'

/** The refusal of a session that is missing, or not fresh. */
export const NOT_FRESH = refusal('`sessions.required`: no live session came with the request; `sessions.not_fresh`.')

/** Email and password, as they come in to register and to log in. */
export const Credentials = z.object({ email: Text, password: Text })

/** An answer that names a person and says what happened. */
export function said<const Message extends string>(
  message: Message,
): z.ZodObject<{ email: z.ZodString; message: z.ZodLiteral<Message> }> {
  return z.object({ email: z.string(), message: z.literal(message) })
}
