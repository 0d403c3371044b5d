/** Keeps `next` while a person looks into the mailbox: the link in a letter comes back to this browser without it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Site } from './site.ts'

const SECONDS = 24 * 60 * 60 // as long as the link of a registration works
const MOST_LENGTH = 3000 // a cookie has 4,096 bytes with its name and flags

/** Keeps a checked place for a day, or forgets an older one. */
export function keepNext(reply: FastifyReply, { nextCookie }: Pick<Site, 'nextCookie'>, next: string | null): void {
  const value = encodeURIComponent(next ?? '')
  if (next !== null && value.length <= MOST_LENGTH) nextCookie.write(reply, value, SECONDS)
}

/** The place that was kept, checked anew; null where there is none. */
export function keptNext(
  { headers }: FastifyRequest,
  { nextCookie, next }: Pick<Site, 'nextCookie' | 'next'>,
): string | null {
  const value = nextCookie.read(headers.cookie)
  try {
    return value === null ? null : next.allowed(decodeURIComponent(value))
  } catch {
    return null // somebody else wrote it
  }
}
