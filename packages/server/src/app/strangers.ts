/** Keeps strangers from the pages that are for whoever sits at this machine: the glass box, and the inbox for development. */
import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import { isLoopback } from '../settings-safety.ts'
import type { Settings } from '../settings.ts'
import { HttpError } from './errors.ts'
import { comesFromElsewhere, ownOrigins } from './front-door.ts'

/**
 * The hook that refuses whoever is not on this machine, whatever the settings say of it: the app may be mounted in another server, or
 * made to listen elsewhere. And other sites: their pages may link to this one path, and read nothing.
 */
export function refuseStrangers(app: FastifyInstance, settings: Settings, linkable: string): onRequestHookHandler {
  const isOurs = ownOrigins(settings)
  return (request, _reply, done) => {
    const address = app.server.address()
    const listensHere = typeof address === 'object' && address !== null && isLoopback(address.address)
    if (!listensHere || !isLoopback(request.source)) throw new HttpError('http.not_found')
    const isLink =
      request.headers['sec-fetch-mode'] === 'navigate' && request.routeOptions.url?.replace(/\/$/, '') === linkable
    if (comesFromElsewhere(request, isOurs) && !isLink) throw new HttpError('http.foreign_request')
    done()
  }
}
